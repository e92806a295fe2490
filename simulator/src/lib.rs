//! The IaaS service of VMware Aria Automation and VCF Automation, simulated.
//!
//! [`Simulator::handle`] takes a request and the time, and gives the response. Inside are a seeded estate of
//! machines, their snapshots, and request trackers whose progress runs in time. There is no socket, clock or
//! source of randomness in here: the same options, requests and times give the same responses.
//!
//! The crate shares no type with the client that is tested against it, so that a mistake in reading the
//! service's contract has to be made twice to go unnoticed.
//!
//! ```
//! use vra_simulator::{Options, Request, Simulator, TOKEN};
//!
//! let mut service = Simulator::new(Options::default());
//! let request = Request::new("GET", "/iaas/api/machines?$top=1").with_bearer(TOKEN);
//! let response = service.handle(&request, 0);
//! assert_eq!(response.status, 200);
//! ```

mod faults;
mod http;
mod inventory;
mod operations;
mod options;
mod service;
mod util;
#[cfg(target_arch = "wasm32")]
mod web;

pub use faults::answer::{Answer, AnswerBody, RetryAfter, RetryDate};
pub use faults::body::BodyBytes;
pub use faults::foreign::{Foreign, ForeignOperation};
pub use faults::operation::{Failure, OperationFault, Phase};
pub use faults::target::Target;
pub use faults::{Effect, Fault};
pub use http::error::ErrorBodies;
pub use http::message::{Connection, Request, Response};
pub use http::paging::TotalElements;
pub use http::route::CallName;
pub use options::{
    Busy, BusyScope, DeleteAnswer, ORGANIZATION, Options, READ_ONLY_TOKEN, REFRESH_TOKEN, TOKEN,
    TrackerOrder, TrackerPaging, TrackerResources,
};
pub use service::Simulator;
pub use service::stats::{SnapshotRecord, Stats};
pub use util::factor::{Share, Speed};
pub use util::options_error::OptionsError;
pub use util::time::DateForm;
