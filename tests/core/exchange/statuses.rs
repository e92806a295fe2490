//! What a status means.

use serde_json::json;
use vra_snapshots::{Certainty::*, Code, FailureKind, Outcome, Policy};

use super::Fate::{self, Again, Done, Over};
use super::{create, fixed_token, has_fate, read, trial};
use crate::bench::policy;
use crate::replies::{bare, failure_after, html, later, no_handler, refusal};

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
        let mut outcomes = vec![
            bare(status),
            refusal(status, "no"),
            Outcome::json(status, json!({})),
            Outcome::json(status, json!("text")),
        ];
        if status != 404 {
            outcomes.extend([html(status), no_handler(status)]);
        }
        for outcome in outcomes {
            has_fate(read(), outcome.clone(), of_read);
            has_fate(create(), outcome, of_create);
        }
    }
}

#[test]
fn a_404_of_a_gateway_is_an_outage_and_a_refusal_before_any_work() {
    for call in [read(), create()] {
        has_fate(call.clone(), no_handler(404), Again(Code::ServiceError, Refused));
        let through = trial(call.clone(), &policy(), [no_handler(404), no_handler(404), bare(202)]);
        assert!(matches!(through.end, Some(Ok(_))));
        let for_good = trial(call, &policy(), vec![no_handler(404); 9]);
        assert_eq!(for_good.sends, 4);
        let error = for_good.end.unwrap().unwrap_err().error;
        assert_eq!(
            (error.code, error.status, error.retryable),
            (Code::ServiceError, Some(404), true)
        );
        assert!(
            error.message.contains("by a gateway in front of the service: No matching handler")
        );
    }
}

#[test]
fn a_404_of_the_service_is_final_whatever_its_message() {
    let bodies = [
        json!({ "message": "No matching handler" }),
        json!({ "message": "No matching handler", "status": 404 }),
        json!({ "message": "gone", "statusCode": 404, "status": 404, "path": "/a", "timestamp": 1 }),
        json!({ "status": 500, "path": "/a", "timestamp": 1 }),
        json!({ "status": "ERROR", "path": "/a" }),
        json!({ "type": "about:blank", "title": "Not Found", "status": 404, "detail": "no" }),
        json!({ "minorErrorCode": "NOT_FOUND", "message": "no" }),
        json!([]),
        json!(null),
    ];
    for body in bodies {
        for call in [read(), create()] {
            has_fate(call, Outcome::json(404, body.clone()), Over(Code::NotFound, Refused));
        }
    }
}

#[test]
fn a_404_with_a_page_is_asked_again_if_that_is_free_and_believed_in_the_end() {
    has_fate(create(), html(404), Over(Code::NotFound, Refused));
    assert!(matches!(trial(read(), &policy(), [html(404), bare(200)]).end, Some(Ok(_))));
    let for_good = trial(read(), &policy(), vec![html(404); 9]);
    assert_eq!(for_good.sends, 4);
    let error = for_good.end.unwrap().unwrap_err().error;
    assert_eq!((error.code, error.retryable), (Code::NotFound, false));
}

#[test]
fn a_token_that_is_a_text_may_be_a_refresh_token() {
    let hint = "auth: { refreshToken }";
    let refused = |policy: &Policy| {
        trial(read(), policy, [bare(401), bare(401)])
            .end
            .unwrap()
            .unwrap_err()
            .error
            .message
            .clone()
    };
    assert!(!refused(&policy()).contains(hint));
    assert!(!refused(&fixed_token(4)).contains(hint), "nobody gave a token");
    assert!(refused(&Policy { token_is_fixed: true, ..fixed_token(4) }).contains(hint));
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
        for told in [told, should_retry(status, json!("SHOULD_RETRY"))] {
            has_fate(read(), told.clone(), Again(code, certainty));
            has_fate(create(), told, Over(code, certainty));
        }
        for details in [json!(["OTHER"]), json!([]), json!({}), json!(7), json!(["should_retry"])] {
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
