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
        (Outcome::json(400, json!("odd")), "GET /iaas/api/machines/m-1 was answered 400: odd"),
        (
            html(404),
            "GET /iaas/api/machines/m-1 was answered 404, not in JSON: <html>; check `baseUrl` if every call is \
             answered so",
        ),
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
fn the_reason_is_found_in_every_shape_of_an_error_body_and_the_body_is_kept_as_it_came() {
    let cases = [
        (json!({ "message": "no", "statusCode": "400", "errorCode": "0" }), ": no"),
        (
            json!({ "message": 20017, "messageId": 7, "serverErrorId": 8 }),
            ": 20017, message id 7, server error id 8",
        ),
        (json!({ "message": "no", "details": "the name is taken" }), ": no (the name is taken)"),
        (
            json!({ "message": "no", "details": { "name": "taken", "size": 7 } }),
            ": no (name: taken; size: 7)",
        ),
        (json!({ "message": "no", "details": { "message": "taken" } }), ": no (taken)"),
        (json!({ "message": "no", "details": ["a", "b"] }), ": no (a; b)"),
        (json!({ "message": "no", "details": ["no"] }), ": no"),
        (json!({ "message": "no", "details": ["SHOULD_RETRY"] }), ": no"),
        (
            json!({ "message": null, "details": [["SHOULD_RETRY", { "message": "deep" }]] }),
            ": deep",
        ),
        (json!({ "error": "invalid_grant", "error_description": "expired" }), ": expired"),
        (json!({ "error": "invalid_grant" }), ": invalid_grant"),
        (json!({ "error": { "code": 3, "message": "no" } }), ": no"),
        (json!({ "errors": [{ "message": "a" }, { "message": "b" }, "c"] }), ": a; b; c"),
        (
            json!({ "timestamp": 1, "status": 400, "error": "Bad Request", "path": "/a" }),
            ": Bad Request",
        ),
        (
            json!({ "minorErrorCode": "DENIED", "message": "no", "stackTrace": null }),
            ": no, message id DENIED",
        ),
        (json!({ "internalErrorCode": 12, "message": " no\n" }), ": no, message id 12"),
        (json!({ "type": "urn:a", "title": "Refused", "detail": "no" }), ": no"),
        (json!({ "title": "Refused" }), ": Refused"),
        (json!({ "message": true, "messageId": [1], "details": 1.5, "serverErrorId": {} }), ""),
        (json!({ "message": "" }), ""),
        (json!([{ "message": "a" }]), ": a"),
        (json!({ "a": { "message": "elsewhere" } }), ""),
    ];
    for (body, expected) in cases {
        let end = trial(read(), &fixed_token(1), [Outcome::json(400, body.clone())]).end;
        let error = end.unwrap().unwrap_err().error;
        assert_eq!(error.message, format!("GET /iaas/api/machines/m-1 was answered 400{expected}"));
        assert_eq!(error.service, body.is_object().then_some(body));
    }
    let deep = (0..50).fold(json!("bottom"), |inner, _| json!({ "errors": [inner] }));
    assert_eq!(message(Outcome::json(400, deep)), "GET /iaas/api/machines/m-1 was answered 400");
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
