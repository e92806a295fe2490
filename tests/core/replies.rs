//! What a service answers, and what else can come of an attempt.

use serde_json::{Value as Json, json};
use vra_snapshots::{Answer, Code, Error, Failure, FailureKind, Outcome, Payload};

/// An answer without a body.
pub(crate) fn bare(status: u16) -> Outcome<Json> {
    answer(status, Payload::Empty)
}

/// A page in place of JSON, as proxies send it.
pub(crate) fn html(status: u16) -> Outcome<Json> {
    answer(status, Payload::Other("<html>".into()))
}

fn answer(status: u16, payload: Payload<Json>) -> Outcome<Json> {
    Outcome::Answer(Answer { status, payload, retry_after: None })
}

/// The service's own error body.
pub(crate) fn refusal(status: u16, message: &str) -> Outcome<Json> {
    Outcome::json(status, json!({ "message": message, "statusCode": status, "errorCode": 0 }))
}

/// The error body of a gateway that has no handler for the request.
pub(crate) fn no_handler(status: u16) -> Outcome<Json> {
    Outcome::json(
        status,
        json!({
            "timestamp": "2026-03-01T08:00:00.000+00:00",
            "path": "/iaas/api/machines/m-1",
            "status": status,
            "error": "Not Found",
            "message": "No matching handler",
            "requestId": "5d2c6d3f",
        }),
    )
}

/// An answer that says when to come back.
pub(crate) fn later(status: u16, retry_after: &str) -> Outcome<Json> {
    let payload = Payload::Empty;
    Outcome::Answer(Answer { status, payload, retry_after: Some(retry_after.into()) })
}

/// No answer: this went wrong.
pub(crate) fn failure(kind: FailureKind) -> Outcome<Json> {
    failure_after(kind, None)
}

/// The same after the head of an answer had come.
pub(crate) fn failure_after(kind: FailureKind, status: impl Into<Option<u16>>) -> Outcome<Json> {
    let status = status.into();
    Outcome::Failure(Failure { kind, status, cause: None, detail: String::new() })
}

/// Nothing was sent, for want of a token.
pub(crate) fn unsent() -> Outcome<Json> {
    Outcome::Unsent(Error::new(Code::Unauthorized, "there is no token"))
}

pub(crate) const FAILURES: [FailureKind; 5] = [
    FailureKind::Network,
    FailureKind::Cut,
    FailureKind::Timeout,
    FailureKind::TooLarge,
    FailureKind::NoResponse,
];

/// A `RequestTracker`.
pub(crate) fn tracker(status: &str, progress: i32) -> Json {
    json!({
        "id": "t-1",
        "name": "Create snapshot",
        "status": status,
        "progress": progress,
        "resources": ["/iaas/api/machines/m-1"],
        "selfLink": "/iaas/api/request-tracker/t-1",
    })
}

/// The answer to a request that the service takes on.
pub(crate) fn accepted() -> Outcome<Json> {
    Outcome::json(202, tracker("INPROGRESS", 0))
}

/// The answer to a poll while the request runs.
pub(crate) fn running(progress: i32) -> Outcome<Json> {
    Outcome::json(200, tracker("INPROGRESS", progress))
}

/// The answer to the last poll.
pub(crate) fn finished() -> Outcome<Json> {
    Outcome::json(200, tracker("FINISHED", 100))
}

/// A `Snapshot`, by its id and name.
pub(crate) fn snapshot((id, name): (&str, &str)) -> Json {
    json!({
        "id": id,
        "name": name,
        "_links": { "self": { "href": format!("/iaas/api/machines/m-1/snapshots/{id}") } },
    })
}

/// The snapshots of a machine, by ids and names.
pub(crate) fn snapshots(list: &[(&str, &str)]) -> Outcome<Json> {
    Outcome::json(200, list.iter().copied().map(snapshot).collect())
}

/// The list of the service's trackers.
pub(crate) fn trackers(list: &[Json]) -> Outcome<Json> {
    Outcome::json(200, json!({ "content": list, "totalElements": list.len() }))
}
