//! The names that users see and states hold: they never change.

use serde_json::json;
use vra_snapshots::{Code, FailureKind, Kind, Phase};

#[test]
fn phases() {
    for (phase, name) in [
        (Phase::Prepared, "prepared"),
        (Phase::Submitting, "submitting"),
        (Phase::Reconciling, "reconciling"),
        (Phase::Tracking, "tracking"),
        (Phase::Resolving, "resolving"),
        (Phase::Finished, "finished"),
        (Phase::Failed, "failed"),
    ] {
        assert_eq!((phase.as_str(), json!(phase)), (name, json!(name)));
    }
}

#[test]
fn kinds() {
    for (kind, name) in
        [(Kind::Create, "create"), (Kind::Revert, "revert"), (Kind::Delete, "delete")]
    {
        assert_eq!((kind.as_str(), json!(kind)), (name, json!(name)));
        assert_eq!(Kind::from_name(name), Some(kind));
    }
    for name in ["", "Create", "creates", "submit"] {
        assert_eq!(Kind::from_name(name), None, "{name}");
    }
}

#[test]
fn codes() {
    for (code, name) in [
        (Code::InvalidInput, "invalid_input"),
        (Code::Unauthorized, "unauthorized"),
        (Code::Forbidden, "forbidden"),
        (Code::NotFound, "not_found"),
        (Code::Conflict, "conflict"),
        (Code::RateLimited, "rate_limited"),
        (Code::ServiceError, "service_error"),
        (Code::Network, "network"),
        (Code::Timeout, "timeout"),
        (Code::UnexpectedResponse, "unexpected_response"),
        (Code::BodyTooLarge, "body_too_large"),
        (Code::OperationFailed, "operation_failed"),
        (Code::OutcomeUnknown, "outcome_unknown"),
        (Code::AmbiguousResult, "ambiguous_result"),
    ] {
        assert_eq!((code.as_str(), json!(code)), (name, json!(name)));
    }
}

#[test]
fn failures() {
    for (kind, name) in [
        (FailureKind::Network, "network"),
        (FailureKind::Cut, "cut"),
        (FailureKind::Timeout, "timeout"),
        (FailureKind::TooLarge, "too_large"),
        (FailureKind::NoResponse, "no_response"),
    ] {
        assert_eq!(kind.as_str(), name);
    }
}
