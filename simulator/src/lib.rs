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

mod calls;
mod error;
mod estate;
mod fault;
mod filter;
mod foreign;
mod http;
mod ids;
mod list;
mod operations;
mod options;
mod paging;
mod route;
mod service;
mod specification;
mod stats;
mod tally;
mod time;
mod tokens;
#[cfg(target_arch = "wasm32")]
mod web;

pub use fault::{
    Answer, AnswerBody, BodyBytes, Effect, Failure, Fault, OperationFault, Phase, RetryAfter,
    RetryDate, Target,
};
pub use foreign::{Foreign, ForeignOperation};
pub use http::{Connection, Request, Response};
pub use options::{
    Busy, BusyScope, DeleteAnswer, ErrorBodies, Options, OptionsError, Share, Speed, TotalElements,
    TrackerOrder, TrackerPaging, TrackerResources,
};
pub use route::CallName;
pub use service::Simulator;
pub use stats::{SnapshotRecord, Stats};
pub use time::DateForm;
pub use tokens::{ORGANIZATION, READ_ONLY_TOKEN, REFRESH_TOKEN, TOKEN};
