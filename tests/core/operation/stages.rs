//! The points of an operation's life that tests begin at.

use serde_json::Value as Json;
use vra_snapshots::{
    Call, Claims, Event, Kind, Now, Operation, Outcome, Policy, SnapshotSpecification,
};

use crate::bench::{Bench, id, impatient, name};
use crate::replies::{accepted, bare, finished, later, running, snapshots, tracker, trackers};

pub(crate) const LIST: &str = "GET /iaas/api/machines/m-1/snapshots";
pub(crate) const CREATE: &str = "POST /iaas/api/machines/m-1/operations/snapshots";
pub(crate) const POLL: &str = "GET /iaas/api/request-tracker/t-1";
pub(crate) const TRACKERS: &str = "GET /iaas/api/request-tracker";

/// What the machine has before: a snapshot of the very name that is asked for.
pub(crate) const OLD: (&str, &str) = ("s-0", "before");
/// What the operation makes.
pub(crate) const NEW: (&str, &str) = ("s-1", "before");

/// A snapshot of machine `m-1` named `before`.
pub(crate) fn before() -> SnapshotSpecification {
    SnapshotSpecification { name: Some("before".into()), ..SnapshotSpecification::default() }
}

/// A snapshot of machine `m-1` to be made.
pub(crate) fn create(policy: Policy, specification: SnapshotSpecification) -> Operation<Json> {
    Operation::create("o-1".into(), policy, id("m-1"), specification)
}

/// The request behind `t-1`, which somebody else began.
pub(crate) fn track(machine: Option<&str>, kind: Kind) -> Bench<Operation<Json>> {
    let (tracker, machine) = (id("t-1"), machine.map(id));
    Bench::new(Operation::track("o-1".into(), impatient(), kind, tracker, machine))
}

/// The operation, by way of a text, in a process that knows nothing else of it.
pub(crate) fn reloaded(operation: &Operation<Json>) -> Bench<Operation<Json>> {
    reloaded_with(operation, Claims::default())
}

/// The same where other operations have been taken up before.
pub(crate) fn reloaded_with(operation: &Operation<Json>, claims: Claims) -> Bench<Operation<Json>> {
    let text = serde_json::to_string(&operation.state()).unwrap();
    let state = serde_json::from_str(&text).unwrap();
    Bench::new(Operation::resume(&state, impatient(), claims).unwrap())
}

/// Where an operation is, and what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not submitted.
    Prepared,
    /// The list of snapshots is open.
    Listing,
    /// The list was refused.
    NotListed,
    /// The state is to be kept.
    Persisting,
    /// The request is open.
    Posting,
    /// The request was answered 429, and will go out again.
    Delayed,
    /// The request was open when everybody left.
    Left,
    /// The request got no readable answer.
    Unknown,
    /// The request was refused.
    Refused,
    /// The request runs; it is not yet time to poll.
    Tracking,
    /// A poll is open.
    Polling,
    /// A poll was refused.
    Halted,
    /// The tracker was not found.
    Lost,
    /// The tracker has finished.
    Resolving,
    /// The tracker has finished, and the list of snapshots is open.
    Looking,
    /// The tracker has finished, and the snapshot is not to be told.
    Ambiguous,
    /// Over, and done.
    Finished,
    /// The tracker has failed.
    Failed,
}

pub(crate) const STAGES: [Stage; 18] = [
    Stage::Prepared,
    Stage::Listing,
    Stage::NotListed,
    Stage::Persisting,
    Stage::Posting,
    Stage::Delayed,
    Stage::Left,
    Stage::Unknown,
    Stage::Refused,
    Stage::Tracking,
    Stage::Polling,
    Stage::Halted,
    Stage::Lost,
    Stage::Resolving,
    Stage::Looking,
    Stage::Ambiguous,
    Stage::Finished,
    Stage::Failed,
];

/// A snapshot on its way to `s-1`, as far as this. Calls have one attempt, but for a 401 or 429.
pub(crate) fn at(stage: Stage) -> Bench<Operation<Json>> {
    use Stage::*;
    let mut bench = match stage {
        Prepared => Bench::new(create(impatient(), before())),
        Delayed => {
            let mut patient = impatient();
            patient.retry.max_attempts = 2;
            let mut bench = Bench::new(create(patient, before()));
            request(&mut bench);
            bench
        }
        Listing | NotListed => at(Prepared),
        Persisting => at(Listing),
        Posting => at(Persisting),
        Left | Unknown | Refused | Tracking => at(Posting),
        Polling => at(Tracking),
        Halted | Lost | Resolving | Failed => at(Polling),
        Looking | Ambiguous | Finished => at(Resolving),
    };
    match stage {
        Prepared => {}
        Listing => {
            bench.machine.submit().unwrap();
            bench.opens(LIST);
        }
        NotListed => {
            bench.machine.submit().unwrap();
            bench.calls(LIST, bare(403));
        }
        Persisting => bench.ends(snapshots(&[OLD])),
        Posting => {
            bench.persists();
            bench.opens(CREATE);
        }
        Delayed => bench.ends(later(429, "20")),
        Left => {
            bench.tell(Event::Abandoned);
            bench.machine.pull();
        }
        Unknown => bench.ends(bare(502)),
        Refused => bench.ends(bare(403)),
        Tracking => bench.ends(accepted()),
        Polling => {
            bench.wait();
            bench.opens(POLL);
        }
        Halted => bench.ends(bare(403)),
        Lost => bench.ends(bare(404)),
        Resolving => bench.ends(finished()),
        Failed => bench.ends(Outcome::json(200, tracker("FAILED", 60))),
        Looking => {
            bench.opens(LIST);
        }
        Ambiguous => {
            bench.run(&mut |_: &_, _| snapshots(&[OLD]));
        }
        Finished => bench.calls(LIST, snapshots(&[OLD, NEW])),
    }
    bench
}

/// A prepared operation's way to its request.
pub(crate) fn request(bench: &mut Bench<Operation<Json>>) {
    bench.machine.submit().unwrap();
    bench.calls(LIST, snapshots(&[OLD]));
    bench.persists();
    bench.opens(CREATE);
}

/// A look at a machine on which nothing runs, and which has these snapshots.
pub(crate) fn look(bench: &mut Bench<Operation<Json>>, there: &[(&str, &str)]) {
    bench.calls(TRACKERS, trackers(&[]));
    bench.calls(LIST, snapshots(there));
}

/// A machine on which nothing runs, and which has what it had.
pub(crate) fn quiet(call: &Call, _: Now) -> Outcome<Json> {
    match name(call).as_str() {
        LIST => snapshots(&[OLD]),
        TRACKERS => trackers(&[]),
        other => panic!("{other}"),
    }
}

/// The same again: its way from its request to its snapshot.
pub(crate) fn complete(bench: &mut Bench<Operation<Json>>) {
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, running(50));
    bench.wait();
    bench.calls(POLL, finished());
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
}
