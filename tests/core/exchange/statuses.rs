//! What a status means.

use serde_json::json;
use vra_snapshots::{Certainty::*, Code, FailureKind, Outcome};

use super::Fate::{self, Again, Done, Over};
use super::{create, fixed_token, has_fate, read, trial};
use crate::bench::policy;
use crate::replies::{bare, failure_after, html, later, refusal};

/// A status, and its meaning for a call that may be sent again and for one that may not.
const STATUSES: &[(u16, Fate, Fate)] = &[
    (200, Done, Done),
    (202, Done, Done),
    (204, Done, Done),
    (299, Done, Done),
    (0, Over(Code::UnexpectedResponse, Unknown), Over(Code::UnexpectedResponse, Unknown)),
    (100, Over(Code::UnexpectedResponse, Unknown), Over(Code::UnexpectedResponse, Unknown)),
    (301, Over(Code::UnexpectedResponse, Unknown), Over(Code::UnexpectedResponse, Unknown)),
    (307, Over(Code::UnexpectedResponse, Unknown), Over(Code::UnexpectedResponse, Unknown)),
    (400, Over(Code::ServiceError, Refused), Over(Code::ServiceError, Refused)),
    (401, Over(Code::Unauthorized, Refused), Over(Code::Unauthorized, Refused)),
    (403, Over(Code::Forbidden, Refused), Over(Code::Forbidden, Refused)),
    (404, Over(Code::NotFound, Refused), Over(Code::NotFound, Refused)),
    (408, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (409, Over(Code::Conflict, Refused), Over(Code::Conflict, Refused)),
    (410, Over(Code::ServiceError, Refused), Over(Code::ServiceError, Refused)),
    (422, Over(Code::ServiceError, Refused), Over(Code::ServiceError, Refused)),
    (425, Again(Code::ServiceError, Refused), Over(Code::ServiceError, Refused)),
    (429, Again(Code::RateLimited, Refused), Again(Code::RateLimited, Refused)),
    (499, Over(Code::ServiceError, Refused), Over(Code::ServiceError, Refused)),
    (500, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (501, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (502, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (503, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (504, Again(Code::ServiceError, Unknown), Over(Code::ServiceError, Unknown)),
    (600, Over(Code::UnexpectedResponse, Unknown), Over(Code::UnexpectedResponse, Unknown)),
];

#[test]
fn a_status_means_the_same_whatever_comes_with_it() {
    for (status, of_read, of_create) in STATUSES.iter().copied() {
        for outcome in [
            bare(status),
            html(status),
            refusal(status, "no"),
            Outcome::json(status, json!({})),
            Outcome::json(status, json!("text")),
        ] {
            has_fate(read(), outcome.clone(), of_read);
            has_fate(create(), outcome, of_create);
        }
    }
}

#[test]
fn an_error_is_what_its_status_says_even_if_its_body_broke_off() {
    for (status, of_read, of_create) in STATUSES.iter().copied() {
        if status != 0 && status < 300 {
            continue;
        }
        for kind in [FailureKind::Cut, FailureKind::Timeout, FailureKind::TooLarge] {
            has_fate(read(), failure_after(kind, status), of_read);
            has_fate(create(), failure_after(kind, status), of_create);
        }
    }
}

#[test]
fn a_service_that_says_so_is_asked_again_but_for_what_has_an_effect() {
    let should_retry =
        |status, details| Outcome::json(status, json!({ "message": "busy", "details": details }));
    for (status, code, certainty) in [
        (400, Code::ServiceError, Refused),
        (403, Code::Forbidden, Refused),
        (409, Code::Conflict, Refused),
    ] {
        let told = should_retry(status, json!(["OTHER", "SHOULD_RETRY"]));
        has_fate(read(), told.clone(), Again(code, certainty));
        has_fate(create(), told, Over(code, certainty));
        for details in [json!(["OTHER"]), json!([]), json!("SHOULD_RETRY"), json!(["should_retry"])]
        {
            has_fate(read(), should_retry(status, details), Over(code, certainty));
        }
    }
}

#[test]
fn another_token_is_asked_for_once() {
    for call in [read(), create()] {
        let once = trial(call.clone(), &policy(), [bare(401), bare(202)]);
        assert!(matches!(once.end, Some(Ok(_))));
        assert_eq!(once.pauses, [0], "a token runs out without anybody's fault");

        let twice = trial(call, &policy(), [bare(401), bare(401), bare(202)]);
        assert_eq!(twice.sends, 2);
        let failed = twice.end.unwrap().unwrap_err();
        assert_eq!(failed.error.code, Code::Unauthorized);
        assert_eq!((failed.certainty, failed.error.retryable), (Refused, false));
    }
}

#[test]
fn the_replay_with_another_token_costs_no_attempt() {
    let busy = || bare(503);
    let outcomes = [busy(), bare(401), busy(), busy(), busy(), bare(200)];
    let trial = trial(read(), &policy(), outcomes);
    assert_eq!(trial.sends, 5, "four attempts and the replay");
    assert_eq!(trial.end.unwrap().unwrap_err().error.status, Some(503));
}

#[test]
fn no_token_is_renewed_for_a_call_that_carries_none() {
    let login = || vra_snapshots::Call::login("secret".into());
    has_fate(login(), bare(401), Over(Code::Unauthorized, Refused));
    assert_eq!(trial(login(), &policy(), [bare(401), bare(200)]).sends, 1);
}

#[test]
fn a_call_that_was_refused_may_go_out_again_and_be_lost_then() {
    let policy = fixed_token(4);
    let lost = trial(create(), &policy, [later(429, "1"), bare(502), bare(202)]);
    assert_eq!(lost.sends, 2);
    assert_eq!(lost.end.unwrap().unwrap_err().certainty, Unknown);
}

#[test]
fn a_service_that_says_when_to_come_back_claims_to_have_refused() {
    for (status, of_read, of_create) in STATUSES.iter().copied() {
        let claims = |fate| match fate {
            Again(code, Unknown) if status == 503 => Again(code, Claimed(3_000)),
            Over(code, Unknown) if status == 503 => Over(code, Claimed(3_000)),
            other => other,
        };
        has_fate(read(), later(status, "3"), claims(of_read));
        has_fate(create(), later(status, "3"), claims(of_create));
        has_fate(create(), later(status, "soon"), of_create);
    }
}
