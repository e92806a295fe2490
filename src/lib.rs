//! Machine snapshots on VMware Aria Automation and VCF Automation: submit one, watch its request
//! tracker, get it - never twice, never lost.
//!
//! This crate is a core without I/O, for Rust programs on any target; and, on wasm32 with the feature
//! `client`, a shell around it for JavaScript, published as the npm package `vra-snapshots`.
//!
//! # The contract of the core
//!
//! Everything that decides is a [`StateMachine`]: it is told what happened and answers what to do
//! next. It has no fetch, no timer, no clock and no random numbers; time and randomness are
//! arguments. Whoever drives it repeats:
//!
//! 1. [`StateMachine::poll`] until it answers [`Action::Wait`] or [`Action::Done`], and does what it
//!    says: [`Action::Send`] one attempt of a call, [`Action::Cancel`] one, or [`Action::Persist`]
//!    the state before anything goes out that must not be repeated. While a [`Throttle`] is closed it
//!    asks [`StateMachine::next_action`] instead, and only sends wait;
//! 2. waits until the time that `Wait` names, or until something happens, whichever is first;
//! 3. tells it with [`StateMachine::handle`].
//!
//! ```
//! use serde_json::{Value, json};
//! use vra_snapshots::{
//!     Action, BaseUrl, Call, Event, Id, Now, Operation, Outcome, Phase, Policy,
//!     SnapshotSpecification, StateMachine,
//! };
//!
//! /// A driver that awaits nothing: it is given each answer at once, and turns the clock itself.
//! fn drive(machine: &mut impl StateMachine<Value>, mut send: impl FnMut(&Call) -> Outcome<Value>) {
//!     let mut now = Now { monotonic: 0, wall: 1_800_000_000_000 };
//!     let random = 0x8000_0000;
//!     loop {
//!         match machine.poll(now) {
//!             // Here the state goes to where it survives this process.
//!             Action::Persist => machine.handle(Event::Persisted, now, random),
//!             Action::Send { id, call, .. } => {
//!                 let outcome = send(&call);
//!                 machine.handle(Event::Outcome { id, outcome }, now, random);
//!             }
//!             Action::Cancel { .. } => {}
//!             Action::Wait { until: Some(until) } => now.monotonic = until,
//!             Action::Wait { until: None } | Action::Throttled { .. } | Action::Done => return,
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), vra_snapshots::InvalidInput> {
//! let policy = Policy::new(BaseUrl::new("https://vra.example", false)?);
//! let machine = Id::new("machineId", "8fe3a2b1")?;
//! let nightly = SnapshotSpecification { name: Some("nightly".into()), ..Default::default() };
//! let mut operation = Operation::create("a-random-id".into(), policy, machine, nightly);
//! operation.submit()?;
//!
//! // A service that takes no time: first it lists no snapshot, then the one that it was asked for.
//! let mut snapshots = vec![];
//! drive(&mut operation, |call| match call.method.as_str() {
//!     "POST" => {
//!         snapshots.push(json!({ "id": "s-1", "name": "nightly" }));
//!         Outcome::json(202, json!({ "id": "t-1", "status": "FINISHED", "progress": 100 }))
//!     }
//!     _ => Outcome::json(200, json!(snapshots)),
//! });
//! assert_eq!(operation.phase(), Phase::Finished);
//! assert_eq!(operation.snapshot().unwrap()["id"], "s-1");
//! # Ok(())
//! # }
//! ```
//!
//! # Taking it up again
//!
//! An operation can be written down at any moment, and goes on from there in another process.
//!
//! ```
//! use serde_json::Value;
//! use vra_snapshots::{BaseUrl, Claims, Id, Kind, Operation, Policy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let invalid = |error: vra_snapshots::InvalidInput| error.0;
//! # let policy = Policy::new(BaseUrl::new("https://vra.example", false).map_err(invalid)?);
//! # let tracker = Id::new("trackerId", "t-1").map_err(invalid)?;
//! let operation: Operation<Value> =
//!     Operation::track("a-random-id".into(), policy.clone(), Kind::Create, tracker, None);
//! let stored = serde_json::to_string(&operation.state())?;
//!
//! let state: Value = serde_json::from_str(&stored)?;
//! let resumed = Operation::resume(&state, policy, Claims::default()).map_err(invalid)?;
//! assert_eq!(resumed.id(), "a-random-id");
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `json` (on by default): `serde_json::Value` as a [`Value`]. A program with values of its own leaves it out.
//! - `client`: on wasm32, the client for JavaScript. Every program that has it on exports its classes; a program in
//!   Rust drives the core instead, as `examples/worker` does on Cloudflare Workers.
//! - `npm`: `client`, and the allocator of the npm package.

/// The README's examples in Rust.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod base_url;
mod call;
mod check;
mod claims;
mod error;
mod exchange;
mod fleet;

mod http_date;
mod index;
mod model;
mod names;
mod operation;
mod ownership;
mod pace;
mod pages;
mod plan;
mod prune;
mod retry;
mod secrets;
mod service_error;
mod single;
mod step;
mod stored_name;
mod text;
mod throttle;
mod tracking;
mod value;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod web;

pub use base_url::BaseUrl;
pub use call::{Body, Call, Id, MachineOrder, MachineQuery, Method};
pub use check::{Checking, MachineCheck, Reason, check};
pub use claims::Claims;
pub use error::{Code, Details, Error, InvalidInput};
pub use exchange::{Certainty, Exchange, Failed, Next, Read};
pub use fleet::{
    Fleet, FleetEntry, FleetGoal, FleetMachine, FleetOptions, FleetState, MachineStatus, Order,
    Skipped, failure_limit,
};
pub use model::*;
pub use operation::{Goal, IdempotencyKey, Kind, Operation, OperationState, Phase};
pub use ownership::{Owner, Owners};
pub use pace::{Polling, Progress};
pub use pages::{Pages, Paging, id_of};
pub use plan::{FleetPlan, PlannedMachine, Planning};
pub use prune::{Keep, Pruning};
pub use retry::{Retry, heeds_retry_after};
pub use secrets::Secrets;
pub use service_error::ServiceError;
pub use single::{Check, Single, body_of, list_of, no_body};
pub use step::{
    Action, Answer, Event, Failure, FailureKind, Ms, Now, Outcome, Payload, Policy, SendId,
    StateMachine,
};
pub use throttle::Throttle;
pub use tracking::{Poll, Told, Tracking};
pub use value::{FromValue, Unreadable, Value};
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub use web::{Reader, SnapshotClient, SnapshotFleet, SnapshotOperation};
