//! Machine snapshots on VMware Aria Automation and VCF Automation: submit one, watch its request
//! tracker, get it - never twice, never lost.
//!
//! This crate is a core without I/O, and a shell around it that is compiled for wasm32 only and
//! published as the npm package `vra-snapshots`.
//!
//! # The contract of the core
//!
//! Everything that decides is a [`StateMachine`]: it is told what happened and answers what to do
//! next. It has no fetch, no timer, no clock and no random numbers; time and randomness are
//! arguments. Whoever drives it repeats:
//!
//! 1. [`StateMachine::poll`] until it answers [`Action::Wait`] or [`Action::Done`], and does what it
//!    says: [`Action::Send`] one attempt of a call, [`Action::Cancel`] one, or [`Action::Persist`]
//!    the state before anything goes out that must not be repeated;
//! 2. waits until the time that `Wait` names, or until something happens, whichever is first;
//! 3. tells it with [`StateMachine::handle`].
//!
//! ```
//! use vra_snapshots::{
//!     Action, BaseUrl, Event, Id, Now, Operation, Outcome, Policy, SnapshotSpecification, StateMachine,
//! };
//!
//! # fn main() -> Result<(), vra_snapshots::InvalidInput> {
//! let policy = Policy::new(BaseUrl::new("https://vra.example", false)?);
//! let machine = Id::new("machineId", "8fe3a2b1")?;
//! let mut operation: Operation<serde_json::Value> =
//!     Operation::create("a-random-id".into(), policy, machine, SnapshotSpecification::default());
//!
//! let now = Now { monotonic: 0, wall: 1_800_000_000_000 };
//! operation.submit()?;
//! // First it lists the snapshots that are there already ...
//! let Action::Send { id, call, .. } = operation.poll(now) else { unreachable!() };
//! assert_eq!(call.method.as_str(), "GET");
//! operation.handle(Event::Outcome { id, outcome: Outcome::json(200, serde_json::json!([])) }, now, 0);
//! // ... then it asks for its state to be kept, and only then it sends.
//! assert!(matches!(operation.poll(now), Action::Persist));
//! operation.handle(Event::Persisted, now, 0);
//! let Action::Send { call, .. } = operation.poll(now) else { unreachable!() };
//! assert_eq!(call.method.as_str(), "POST");
//! # Ok(())
//! # }
//! ```

mod base_url;
mod call;
mod check;
mod claims;
mod error;
mod exchange;
mod gate;
mod http_date;
mod model;
mod names;
mod operation;
mod pace;
mod pages;
mod prune;
mod retry;
mod single;
mod step;
mod text;
mod value;

#[cfg(target_arch = "wasm32")]
mod web;

pub use base_url::BaseUrl;
pub use call::{Body, Call, Id, MachineQuery, Method};
pub use check::{Checking, MachineCheck, Reason, check};
pub use claims::Claims;
pub use error::{Code, Details, Error, InvalidInput};
pub use exchange::{Certainty, Exchange, Failed, Next, Read};
pub use gate::Gate;
pub use model::*;
pub use operation::{Goal, IdempotencyKey, Kind, Operation, OperationState, Phase};
pub use pace::{Polling, Progress};
pub use pages::{Pages, Paging, id_of};
pub use prune::{Keep, Pruning};
pub use retry::Retry;
pub use single::{Check, Single, body_of, list_of, no_body};
pub use step::{
    Action, Answer, Event, Failure, FailureKind, Ms, Now, Outcome, Payload, Policy, SendId,
    StateMachine,
};
pub use value::{FromValue, Unreadable, Value};
