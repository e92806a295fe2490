//! An operation written down as text, and taken up by another process.

use serde_json::Value as Json;
use vra_snapshots::{Code, Event, Goal, Kind, Operation, Pairs, Phase, SnapshotSpecification};

use super::ends_with;
use super::stages::{
    CREATE, LIST, NEW, OLD, POLL, STAGES, Stage, TRACKERS, at, before, complete, create, look,
    quiet, reloaded, request, track,
};
use crate::bench::{Bench, impatient};
use crate::replies::{bare, running, snapshot, snapshots, tracker, trackers};

/// All that a user can see of an operation, but for what ended an earlier wait.
fn seen(operation: &Operation<Json>) -> (Json, bool, bool, bool) {
    let state = serde_json::to_value(operation.state()).unwrap();
    let has_seen = operation.revision() > 0;
    (state, operation.has_tracker(), has_seen, operation.is_over())
}

#[test]
fn it_is_the_same_wherever_it_stood() {
    for stage in STAGES {
        let bench = at(stage);
        let again = reloaded(&bench.machine);
        assert_eq!(seen(&again.machine), seen(&bench.machine), "{stage:?}");
        assert_eq!(again.machine.id(), "o-1", "{stage:?}");
        assert_eq!(again.machine.tracker(), bench.machine.tracker(), "{stage:?}");
        assert_eq!(again.machine.snapshot(), bench.machine.snapshot(), "{stage:?}");
        assert_eq!(again.machine.progress(), bench.machine.progress(), "{stage:?}");
        let (error, expected) = (again.machine.error(), bench.machine.error());
        assert_eq!(error.map(|it| &it.message), expected.map(|it| &it.message), "{stage:?}");

        // That somebody waits, and what ended a wait, is of the process.
        let waits = matches!(stage, Stage::Listing);
        let halted =
            matches!(stage, Stage::NotListed | Stage::Unknown | Stage::Halted | Stage::Ambiguous);
        if !waits && !halted {
            assert_eq!(answers(&again.machine), answers(&bench.machine), "{stage:?}");
        }
    }
}

fn answers(operation: &Operation<Json>) -> [Option<Result<(), Code>>; 4] {
    let (revision, polls) = (operation.revision(), operation.polls());
    [Goal::Accepted, Goal::Ended, Goal::Changed(revision), Goal::Polled(polls)]
        .map(|goal| operation.answer(goal).map(|answer| answer.map_err(|error| error.code)))
}

#[test]
fn it_goes_on_where_it_stood() {
    for stage in STAGES {
        let mut again = reloaded(&at(stage).machine);
        match stage {
            Stage::Prepared | Stage::Listing | Stage::NotListed => {
                again.done();
                request(&mut again);
                complete(&mut again);
            }
            Stage::Persisting | Stage::Posting | Stage::Delayed | Stage::Left | Stage::Unknown => {
                again.run(&mut quiet);
                ends_with(&mut again, Code::OutcomeUnknown);
                assert_eq!(again.machine.phase(), Phase::Reconciling);
                assert!(again.machine.submit().is_err());
            }
            Stage::Tracking | Stage::Polling | Stage::Halted => again.calls(POLL, running(20)),
            Stage::Lost => {
                look(&mut again, &[OLD]);
                again.waits(2_000);
                again.calls(TRACKERS, trackers(&[tracker("INPROGRESS", 20)]));
                assert_eq!(again.machine.phase(), Phase::Tracking);
            }
            Stage::Resolving | Stage::Looking | Stage::Ambiguous => {
                again.calls(LIST, snapshots(&[OLD, NEW]));
                again.done();
                assert_eq!(again.machine.snapshot(), Some(&snapshot(NEW)));
            }
            Stage::Finished => again.done(),
            Stage::Failed => drop(ends_with(&mut again, Code::OperationFailed)),
            Stage::Refused => drop(ends_with(&mut again, Code::Forbidden)),
        }
        // What may have been sent is not sent again.
        let unsent = matches!(stage, Stage::Prepared | Stage::Listing | Stage::NotListed);
        assert_eq!(again.count(CREATE), usize::from(unsent), "{stage:?}");
    }
}

#[test]
fn what_another_process_may_have_sent_is_not_sent_again_by_who_leaves_and_comes_back() {
    for stage in [Stage::Persisting, Stage::Posting, Stage::Delayed, Stage::Left] {
        let mut again = reloaded(&at(stage).machine);
        for event in [Event::NotPersisted, Event::Abandoned, Event::Persisted, Event::Abandoned] {
            assert!(again.machine.submit().is_err(), "{stage:?}");
            again.tell(event);
        }
        again.run(&mut quiet);
        ends_with(&mut again, Code::OutcomeUnknown);
    }
}

#[test]
fn a_tracker_lost_before_it_was_ever_seen_is_still_lost() {
    let mut bench = track(Some("m-1"), Kind::Create);
    bench.calls(LIST, snapshots(&[]));
    bench.calls(POLL, bare(404));
    let mut again = reloaded(&bench.machine);
    assert!(again.machine.answer(Goal::Changed(0)).is_none(), "it may be found yet");
    look(&mut again, &[]);
    again.waits(2_000);
    again.calls(TRACKERS, trackers(&[tracker("INPROGRESS", 10)]));
    assert_eq!(again.machine.phase(), Phase::Tracking);
}

#[test]
fn a_request_of_another_is_taken_up_with_and_without_its_machine() {
    for machine in [None, Some("m-1")] {
        for kind in [Kind::Create, Kind::Revert, Kind::Delete] {
            let again = reloaded(&track(machine, kind).machine);
            assert_eq!(again.machine.kind(), kind);
            assert_eq!(again.machine.machine_id(), machine.unwrap_or_default());
            assert!(again.machine.has_tracker());
        }
    }
}

#[test]
fn the_whole_specification_survives() {
    let text = |text: &str| Some(text.to_owned());
    let whole = SnapshotSpecification {
        name: text("n"),
        description: text("d"),
        snapshot_memory: Some(true),
        custom_properties: Some(Pairs(vec![("a".into(), "1".into()), ("b".into(), "é".into())])),
        owner: text("o"),
        owner_type: text("ad_group"),
        org_id: text("org"),
        organization_id: text("old"),
        created_at: text("2012-09-27"),
        updated_at: text("2012-09-28"),
        ..before()
    };
    let mut bench = Bench::new(create(impatient(), whole));
    let mut again = reloaded(&bench.machine);
    for bench in [&mut bench, &mut again] {
        request(bench);
    }
    assert_eq!(again.sent, bench.sent);
}

#[test]
fn it_holds_what_it_needs_and_no_more() {
    let state = serde_json::to_value(at(Stage::Polling).machine.state()).unwrap();
    let fields: Vec<&str> = state.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "baseUrl",
        "baseline",
        "id",
        "kind",
        "machineId",
        "phase",
        "progress",
        "specification",
        "tracker",
        "trackerId",
        "version",
    ];
    assert_eq!(fields, expected);
    assert_eq!(state["baseUrl"], "https://vra.example/proxy");
}
