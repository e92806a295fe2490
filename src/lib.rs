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

mod engine;
mod error;
mod fleet;
mod inspect;
mod operation;
mod poll_batch;
mod protocol;
mod util;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod web;

pub use engine::contract::{Action, Event, SendId, StateMachine};
pub use engine::exchange::{Certainty, Exchange, Failed, Next, Read};
pub use engine::outcome::{Answer, Failure, FailureKind, Outcome, Payload};
pub use engine::ownership::{Owner, Owners};
pub use engine::pages::{Pages, Paging, id_of};
pub use engine::policy::Policy;
pub use engine::polling::{Polling, Progress};
pub use engine::retry::{Retry, heeds_retry_after};
pub use engine::single::{Check, Single, body_of, list_of, no_body};
pub use engine::throttle::Throttle;
pub use error::{Code, Details, Error, InvalidInput};
pub use fleet::Fleet;
pub use fleet::entry::{FleetEntry, MachineStatus, Skipped};
pub use fleet::options::{FleetMachine, FleetOptions, Order, failure_limit};
pub use fleet::plan::Planning;
pub use fleet::plan::estimate::{FleetPlan, PlannedMachine};
pub use fleet::state::FleetState;
pub use fleet::view::FleetGoal;
pub use inspect::check::{Checking, MachineCheck, Reason, check};
pub use inspect::prune::{Keep, Pruning};
pub use operation::Operation;
pub use operation::claims::Claims;
pub use operation::key::IdempotencyKey;
pub use operation::state::{Kind, OperationState, Phase};
pub use operation::view::Goal;
pub use poll_batch::{Poll, Told, Tracking};
pub use protocol::base_url::BaseUrl;
pub use protocol::call::{Body, Call, Id, MachineOrder, MachineQuery, Method};
pub use protocol::model::*;
pub use protocol::secrets::Secrets;
pub use protocol::service_error::ServiceError;
pub use util::clock::{Ms, Now};
pub use util::value::{FromValue, Unreadable, Value};
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub use web::{
    client::SnapshotClient, fleet::SnapshotFleet, iterators::Reader, operation::SnapshotOperation,
};
