//! What whoever waits is told, at every point of an operation's life.

use serde_json::Value as Json;
use vra_snapshots::{Goal, Operation, Outcome};

use super::stages::{POLL, STAGES, Stage, at};
use crate::replies::{running, tracker};

fn told(operation: &Operation<Json>, goal: Goal) -> &'static str {
    match operation.answer(goal) {
        None => "not yet",
        Some(Ok(())) => "reached",
        Some(Err(error)) => error.code.as_str(),
    }
}

#[test]
fn every_goal_at_every_stage() {
    for stage in STAGES {
        let mut bench = at(stage);
        // What ends a wait is noticed by the poll after it.
        if !matches!(stage, Stage::Tracking | Stage::Resolving | Stage::Lost) {
            bench.poll();
        }
        let operation = &bench.machine;
        let found = [
            Goal::Accepted,
            Goal::Ended,
            Goal::Changed(operation.revision()),
            Goal::Polled(operation.polls()),
        ]
        .map(|goal| told(operation, goal));
        // That it is accepted; that it is over; that its tracker changes; that it is polled again.
        let expected = match stage {
            Stage::Prepared => ["invalid_input"; 4],
            Stage::Listing
            | Stage::Persisting
            | Stage::Posting
            | Stage::Delayed
            | Stage::Left
            | Stage::Unknown => ["not yet"; 4],
            Stage::NotListed | Stage::Halted => ["forbidden"; 4],
            Stage::Refused => ["forbidden", "forbidden", "reached", "reached"],
            Stage::Tracking | Stage::Polling | Stage::Lost => {
                ["reached", "not yet", "not yet", "not yet"]
            }
            Stage::Resolving | Stage::Looking => ["reached", "not yet", "reached", "not yet"],
            Stage::Ambiguous => ["ambiguous_result"; 4],
            Stage::Finished => ["reached"; 4],
            Stage::Failed => ["reached", "operation_failed", "reached", "reached"],
        };
        assert_eq!(found, expected, "{stage:?}");
    }
}

#[test]
fn a_reader_who_has_seen_nothing_is_shown_the_last_tracker() {
    for stage in STAGES {
        let bench = at(stage);
        let seen = bench.machine.revision();
        assert_eq!(seen > 0, bench.machine.tracker().is_some(), "{stage:?}");
        if seen > 0 && stage != Stage::Halted && stage != Stage::Ambiguous {
            assert_eq!(told(&bench.machine, Goal::Changed(0)), "reached", "{stage:?}");
        }
    }
}

#[test]
fn a_poll_without_news_is_a_poll() {
    let mut bench = at(Stage::Polling);
    let (revision, polls) = (bench.machine.revision(), bench.machine.polls());
    bench.ends(running(0));
    assert_eq!(told(&bench.machine, Goal::Polled(polls)), "reached");
    assert_eq!(told(&bench.machine, Goal::Changed(revision)), "not yet");
    bench.wait();
    bench.calls(POLL, Outcome::json(200, tracker("PAUSED", 0)));
    assert_eq!(told(&bench.machine, Goal::Changed(revision)), "reached");
}
