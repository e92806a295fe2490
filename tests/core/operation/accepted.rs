//! What the answer to the request may be, besides a request that has just begun.

use serde_json::json;
use vra_snapshots::{Code, Goal, Outcome, Phase};

use super::ends_with;
use super::stages::{LIST, NEW, OLD, POLL, Stage, at};
use crate::replies::{snapshot, snapshots, tracker};

#[test]
fn it_may_be_over_already() {
    let mut bench = at(Stage::Posting);
    bench.ends(Outcome::json(200, tracker("FINISHED", 100)));
    assert_eq!(bench.machine.answer(Goal::Accepted).unwrap().ok(), Some(()));
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn it_may_have_failed_already() {
    let mut bench = at(Stage::Posting);
    bench.ends(Outcome::json(202, tracker("FAILED", 0)));
    assert_eq!(bench.machine.answer(Goal::Accepted).unwrap().ok(), Some(()), "its result tells");
    ends_with(&mut bench, Code::OperationFailed);
    assert_eq!(bench.machine.phase(), Phase::Failed);
}

#[test]
fn its_tracker_may_have_any_name_that_a_path_can_carry() {
    let mut bench = at(Stage::Posting);
    let mut body = tracker("INPROGRESS", 0);
    body["id"] = json!("../a b?c#d/é");
    bench.ends(Outcome::json(202, body));
    bench.wait();
    bench.opens("GET /iaas/api/request-tracker/..%2Fa%20b%3Fc%23d%2F%C3%A9");
}

#[test]
fn a_link_in_it_is_data_and_no_address() {
    let mut bench = at(Stage::Posting);
    let mut body = tracker("INPROGRESS", 0);
    body["selfLink"] = json!("https://evil.example/iaas/api/request-tracker/t-1");
    body["resources"] = json!(["https://evil.example/iaas/api/machines/m-1"]);
    bench.ends(Outcome::json(202, body.clone()));
    bench.wait();
    bench.opens(POLL);
    assert_eq!(bench.machine.tracker(), Some(&body));
}
