//! A delete, which may be repeated, and a revert, which may not.

use serde_json::Value as Json;
use vra_snapshots::{Call, Code, Operation, Outcome, Phase, Policy};

use super::ends_with;
use super::stages::{OLD, POLL, look, quiet, reloaded};
use crate::bench::{Bench, id, name, policy};
use crate::replies::{accepted, bare, later, refusal, tracker, trackers};

const DELETE: &str = "DELETE /iaas/api/machines/m-1/snapshots/s-0";
const REVERT: &str = "POST /iaas/api/machines/m-1/operations/revert/s-0";

fn sent(operation: Operation<Json>, call: &str) -> Bench<Operation<Json>> {
    let mut bench = Bench::new(operation);
    bench.machine.submit().unwrap();
    bench.persists();
    bench.opens(call);
    bench
}

fn delete() -> Bench<Operation<Json>> {
    sent(Operation::delete("o-1".into(), policy(), id("m-1"), id("s-0")), DELETE)
}

fn revert(policy: Policy) -> Bench<Operation<Json>> {
    sent(Operation::revert("o-1".into(), policy, id("m-1"), id("s-0")), REVERT)
}

#[test]
fn what_is_gone_at_once_is_done_and_what_never_was_is_not_found() {
    let mut bench = delete();
    bench.ends(bare(204));
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);

    let mut bench = delete();
    bench.ends(refusal(404, "no such snapshot"));
    ends_with(&mut bench, Code::NotFound);
    assert_eq!(bench.machine.phase(), Phase::Failed);
}

#[test]
fn a_delete_without_an_answer_is_looked_at_and_sent_again() {
    let mut bench = delete();
    bench.ends(bare(502));
    look(&mut bench, &[]);
    bench.done();
    assert_eq!((bench.machine.phase(), bench.count(DELETE)), (Phase::Finished, 1));

    let mut bench = delete();
    bench.ends(bare(502));
    look(&mut bench, &[OLD]);
    bench.calls(DELETE, refusal(404, "it is gone by now"));
    bench.done();
    assert_eq!((bench.machine.phase(), bench.count(DELETE)), (Phase::Finished, 2));
}

#[test]
fn a_delete_whose_tracker_is_lost_is_as_repeatable_and_its_state_can_be_taken_up() {
    let mut bench = delete();
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, bare(404));
    look(&mut bench, &[OLD]);
    bench.opens(DELETE);
    let again = reloaded(&bench.machine);
    bench.ends(refusal(404, "it is gone by now"));
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
    let mut bench = again;
    look(&mut bench, &[]);
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
}

#[test]
fn a_repeated_delete_that_fails_may_have_failed_for_the_first() {
    let mut bench = delete();
    bench.ends(bare(502));
    look(&mut bench, &[OLD]);
    bench.calls(DELETE, accepted());
    bench.wait();
    bench.calls(POLL, Outcome::json(200, tracker("FAILED", 0)));
    look(&mut bench, &[]);
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
}

#[test]
fn a_revert_is_sent_once_whatever_is_claimed_and_whatever_can_be_seen() {
    for outcome in [bare(502), later(503, "5"), later(503, "soon")] {
        for list in [trackers(&[]), bare(403)] {
            let mut bench = revert(policy());
            bench.ends(outcome.clone());
            let spent = bench.run(&mut |call: &Call, now| match name(call).as_str() {
                "GET /iaas/api/request-tracker" => list.clone(),
                _ => quiet(call, now),
            });
            assert_eq!(spent, 32_000);
            ends_with(&mut bench, Code::OutcomeUnknown);
            assert_eq!(bench.machine.phase(), Phase::Reconciling);
            assert_eq!(bench.count(REVERT), 1);
        }
    }
}
