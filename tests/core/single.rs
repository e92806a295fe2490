//! One call, from its request to what the user gets of it.

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Call, Check, Code, Error, Event, FailureKind, Machine, Outcome, Single, Snapshot, body_of,
    list_of, no_body,
};

use crate::bench::{Bench, id, policy};
use crate::fixtures::{MACHINE, SNAPSHOT, fixture};
use crate::replies::{bare, failure, html, later, refusal, unsent};

const MACHINE_PATH: &str = "GET /iaas/api/machines/m-1";

fn machine() -> Bench<Single<Json>> {
    bench(body_of::<Machine, Json>)
}

fn bench(check: Check<Json>) -> Bench<Single<Json>> {
    let call = Call::get_machine(&id("m-1"));
    Bench::new(Single::new(call, check, &policy()))
}

fn result(check: Check<Json>, outcome: Outcome<Json>) -> Result<Option<Json>, Box<Error<Json>>> {
    let mut bench = bench(check);
    assert!(bench.machine.result().is_none());
    bench.calls(MACHINE_PATH, outcome);
    bench.done();
    bench.machine.result().unwrap().clone().map_err(Box::new)
}

#[test]
fn what_came_is_given_whole() {
    let body = fixture(MACHINE);
    let given = result(body_of::<Machine, Json>, Outcome::json(200, body.clone()));
    assert_eq!(given.unwrap(), Some(body));

    let list = json!([fixture(SNAPSHOT), fixture(SNAPSHOT)]);
    let given = result(list_of::<Snapshot, Json>, Outcome::json(200, list.clone()));
    assert_eq!(given.unwrap(), Some(list.clone()));
    let given = result(list_of::<Snapshot, Json>, Outcome::json(200, json!([])));
    assert_eq!(given.unwrap(), Some(json!([])));

    let envelope = json!({ "content": list, "numberOfElements": 2, "totalElements": 2 });
    let given = result(list_of::<Snapshot, Json>, Outcome::json(200, envelope));
    assert_eq!(given.unwrap(), Some(list), "an envelope is opened");

    for outcome in [bare(204), html(200), Outcome::json(200, json!({ "any": "thing" }))] {
        assert_eq!(result(no_body, outcome).unwrap(), None);
    }
}

#[test]
fn what_is_not_what_was_promised_is_an_error() {
    let no_machine = "without what must be in the body";
    let cases: &[(Check<Json>, Outcome<Json>, &str)] = &[
        (body_of::<Machine, Json>, bare(200), "200, without a body"),
        (body_of::<Machine, Json>, bare(204), "204, without a body"),
        (body_of::<Machine, Json>, html(200), "200, not in JSON: <html>"),
        (body_of::<Machine, Json>, Outcome::json(200, json!({ "id": "m-1" })), no_machine),
        (body_of::<Machine, Json>, Outcome::json(200, json!(null)), no_machine),
        (list_of::<Snapshot, Json>, bare(200), "200, without a body"),
        (list_of::<Snapshot, Json>, Outcome::json(200, json!({ "content": {} })), no_machine),
        (
            list_of::<Snapshot, Json>,
            Outcome::json(200, json!({ "content": [{ "id": "s" }], "totalElements": 2 })),
            no_machine,
        ),
        (list_of::<Snapshot, Json>, Outcome::json(200, json!([{ "id": "s" }, {}])), no_machine),
    ];
    for (check, outcome, words) in cases {
        let error = result(*check, outcome.clone()).unwrap_err();
        assert_eq!(error.code, Code::UnexpectedResponse);
        assert!(
            error.message.starts_with(MACHINE_PATH) && error.message.contains(words),
            "{error:?}"
        );
        assert!(error.status.is_some() && !error.retryable, "{error:?}");
    }
}

#[test]
fn an_error_is_given_as_it_is() {
    for (outcome, code) in [
        (refusal(403, "forbidden"), Code::Forbidden),
        (failure(FailureKind::TooLarge), Code::BodyTooLarge),
        (unsent(), Code::Unauthorized),
    ] {
        assert_eq!(result(body_of::<Machine, Json>, outcome).unwrap_err().code, code);
    }
}

#[test]
fn it_has_its_retries() {
    let mut bench = machine();
    bench.calls(MACHINE_PATH, later(503, "2"));
    bench.waits(2_000);
    bench.calls(MACHINE_PATH, bare(503));
    bench.tell(Event::Nudge);
    bench.calls(MACHINE_PATH, Outcome::json(200, fixture(MACHINE)));
    bench.done();
    assert!(bench.machine.result().unwrap().is_ok());
}

#[test]
fn the_first_result_is_the_result() {
    let mut bench = machine();
    let id = bench.opens(MACHINE_PATH);
    bench.rests();
    bench.ends(refusal(403, "forbidden"));
    bench.tell(Event::Outcome { id, outcome: Outcome::json(200, fixture(MACHINE)) });
    bench.tell(Event::Nudge);
    bench.tell(Event::Abandoned);
    bench.done();
    assert!(bench.machine.result().unwrap().is_err());
}
