//! A fleet while nothing may be sent: only sends wait.

use vra_snapshots::{Event, FleetGoal, FleetOptions, MachineStatus};

use super::bench::{Fleets, at_once, list, made, none, poll, post, prefixed, running, tracked};
use crate::replies::refusal;

#[test]
fn the_end_of_a_fleet_and_its_last_checkpoint_do_not_wait() {
    let mut last = Fleets::new("-", at_once(1));
    last.go();
    last.ends(&post(0), running(0));
    last.pass(20_000);
    last.ends(&poll(0), tracked(0, "FINISHED"));
    last.is_closed = true;
    let key = last.key_of(0);
    last.tells(&list(0), made(0, &key));
    last.stop_at_persist();
    assert!(last.persists, "the last checkpoint is due");
    last.tell(Event::Persisted);
    last.stop_at_persist();
    assert!(last.is_done && !last.is_throttled);
    assert!(last.fleet.answer(FleetGoal::Ended).is_some(), "the result is there");
}

#[test]
fn calls_held_back_leave_in_their_order_and_once() {
    let mut bench = Fleets::new("-----", at_once(3));
    bench.is_closed = true;
    bench.go();
    assert_eq!((bench.opened().len(), bench.is_throttled), (0, true));
    assert_eq!(bench.statuses(), "sssqq", "they are prepared, and stored");
    bench.tell(Event::Nudge);
    bench.go();
    bench.is_closed = false;
    bench.go();
    assert_eq!(bench.opened(), ["POST m-0", "POST m-1", "POST m-2"]);
    assert!(!bench.is_throttled);
}

#[test]
fn a_pause_takes_back_what_has_not_left() {
    for options in [at_once(2), prefixed(2)] {
        let is_prefixed = options.key_prefix.is_some();
        let mut bench = Fleets::new("---", options);
        if is_prefixed {
            bench.go();
            bench.tells("LIST m-0", none());
            bench.tells("LIST m-1", none());
        }
        bench.is_closed = true;
        bench.go();
        assert_eq!(bench.statuses(), "ssq");
        bench.fleet.pause();
        bench.go();
        bench.is_closed = false;
        bench.go();
        assert_eq!((bench.count("POST m-0"), bench.statuses().as_str()), (0, "qqq"));
        bench.fleet.unpause();
        bench.go();
        let first = if is_prefixed { "LIST m-0" } else { "POST m-0" };
        assert_eq!(bench.opened().first(), Some(&first));
    }
}

#[test]
fn whoever_leaves_while_a_request_is_held_back_leaves_nothing_unknown() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.is_closed = true;
    bench.go();
    assert_eq!(bench.statuses(), "s");
    bench.leave();
    let mut next = bench.reloaded();
    next.go();
    assert_eq!(next.opened(), ["POST m-0"], "it is known that nothing was sent");
}

#[test]
fn failures_skip_a_request_that_is_held_back() {
    let options = FleetOptions { stop_after_failures: Some(1), ..at_once(2) };
    let mut bench = Fleets::new("---", options);
    bench.stop_at_persist();
    bench.tell(Event::Persisted);
    bench.go();
    bench.ends(&post(0), running(0));
    bench.is_closed = true;
    bench.ends(&post(1), refusal(403, "no"));
    bench.is_closed = false;
    bench.go();
    assert_eq!(bench.count("POST m-2"), 0);
    assert_eq!(bench.statuses(), "ifs");
    assert_eq!(bench.status("m-2"), MachineStatus::Skipped);
}
