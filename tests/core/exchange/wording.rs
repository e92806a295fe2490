//! What an error says: which call it was, what came, and what the service itself said.

use serde_json::{Value as Json, json};
use vra_snapshots::{Failure, FailureKind::*, Outcome};

use super::{create, fixed_token, read, trial};
use crate::replies::{FAILURES, bare, failure, html, unsent};

fn message(outcome: Outcome<Json>) -> String {
    let end = trial(read(), &fixed_token(1), [outcome]).end;
    end.unwrap().unwrap_err().error.message.clone()
}

#[test]
fn a_message_says_what_is_known() {
    let from_the_service = json!({
        "message": "no such machine",
        "messageId": "MACHINE_NOT_FOUND",
        "serverErrorId": "e-1",
        "statusCode": 404,
    });
    let cases = [
        (bare(403), "GET /iaas/api/machines/m-1 was answered 403"),
        (
            Outcome::json(404, from_the_service),
            "GET /iaas/api/machines/m-1 was answered 404: no such machine, \
             message id MACHINE_NOT_FOUND, server error id e-1",
        ),
        (
            Outcome::json(500, json!({ "serverErrorId": "e-2" })),
            "GET /iaas/api/machines/m-1 was answered 500, server error id e-2",
        ),
        (Outcome::json(400, json!("odd")), "GET /iaas/api/machines/m-1 was answered 400"),
        (html(502), "GET /iaas/api/machines/m-1 was answered 502, not in JSON: <html>"),
        (
            html(302),
            "GET /iaas/api/machines/m-1 was answered by a redirect, which is not followed with a \
             token: check `baseUrl`",
        ),
        (
            bare(0),
            "GET /iaas/api/machines/m-1 was answered by a redirect, which is not followed with a \
             token: check `baseUrl`",
        ),
        (failure(Network), "GET /iaas/api/machines/m-1 got no answer"),
        (failure(Cut), "GET /iaas/api/machines/m-1 got an answer that broke off"),
        (failure(Timeout), "GET /iaas/api/machines/m-1 took longer than `requestTimeoutMs`"),
        (failure(TooLarge), "GET /iaas/api/machines/m-1 was answered by more than `maxBodyBytes`"),
        (
            failure(NoResponse),
            "GET /iaas/api/machines/m-1 got something from `fetch` that is no Response",
        ),
        (unsent(), "there is no token"),
    ];
    for (outcome, expected) in cases {
        assert_eq!(message(outcome), expected);
    }
}

#[test]
fn what_was_thrown_is_kept() {
    let thrown = Outcome::Failure(Failure {
        kind: Network,
        status: None,
        cause: Some(json!({ "name": "TypeError" })),
        detail: "fetch failed".into(),
    });
    assert_eq!(message(thrown.clone()), "GET /iaas/api/machines/m-1 got no answer: fetch failed");
    let error = trial(read(), &fixed_token(1), [thrown]).end.unwrap().unwrap_err().error;
    assert_eq!(error.cause, Some(json!({ "name": "TypeError" })));
    let written = serde_json::to_value(error).unwrap();
    assert_eq!(written.get("cause"), None, "it does not outlive the process");
}

#[test]
fn a_message_names_neither_host_nor_query() {
    for kind in FAILURES {
        let end = trial(create(), &fixed_token(1), [failure(kind)]).end;
        let message = end.unwrap().unwrap_err().error.message.clone();
        assert!(message.starts_with("POST /iaas/api/machines/m-1/operations/snapshots "));
        assert!(!message.contains("vra.example") && !message.contains("apiVersion"), "{message}");
    }
}
