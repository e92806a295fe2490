//! What a service, a network and a clock may come up with.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use vra_snapshots::{Answer, Failure, Outcome, Payload};

use crate::replies::{FAILURES, unsent};

/// Any JSON, with the names that mean something more often than chance would have them.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let name = prop_oneof![
        select(vec![
            "id",
            "status",
            "progress",
            "message",
            "resources",
            "name",
            "content",
            "_links",
            "totalElements",
            "details",
            "powerState",
        ])
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
        select(vec!["FINISHED", "INPROGRESS", "FAILED", "SHOULD_RETRY"]).prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            vec((name.clone(), inner), 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// A tracker that can be read.
fn any_tracker() -> impl Strategy<Value = Json> {
    let id = select(vec!["t-1", "t-1", "t-1", "t/2", "", ".."]);
    let status = select(vec!["INPROGRESS", "INPROGRESS", "FINISHED", "FAILED", "PAUSED"]);
    let progress = prop_oneof![
        (-10i32..120).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e300..1e300).prop_map(Json::from),
    ];
    let resources = vec(
        select(vec![
            "/iaas/api/machines/m-1",
            "/iaas/api/machines/m-1/snapshots/s-3",
            "/iaas/api/machines/m-2",
            "/iaas/api/machines/..",
            "string",
            "",
        ]),
        0..3,
    );
    (id, status, progress, resources).prop_map(|(id, status, progress, resources)| {
        json!({ "id": id, "status": status, "progress": progress, "resources": resources })
    })
}

/// A list of snapshots that can be read.
pub(crate) fn any_list() -> impl Strategy<Value = Json> {
    let id = select(vec!["s-0", "s-1", "s-2", "s-3"]);
    let name = select(vec!["before", "nightly"]);
    vec((id, name), 0..4).prop_map(|list| {
        list.into_iter().map(|(id, name)| json!({ "id": id, "name": name })).collect()
    })
}

fn any_status() -> impl Strategy<Value = u16> {
    let usual = vec![
        0, 100, 200, 202, 204, 301, 307, 400, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504,
    ];
    prop_oneof![4 => select(usual), 1 => 0u16..1000]
}

fn any_answer() -> impl Strategy<Value = Outcome<Json>> {
    let payload = prop_oneof![
        any_json().prop_map(Payload::Json),
        ".{0,8}".prop_map(Payload::Other),
        Just(Payload::Empty),
    ];
    let retry_after = option::of(prop_oneof![
        (0u64..600).prop_map(|seconds| seconds.to_string()),
        Just("Sun, 01 Mar 2026 08:00:09 GMT".to_owned()),
        ".{0,12}",
    ]);
    (any_status(), payload, retry_after).prop_map(|(status, payload, retry_after)| {
        Outcome::Answer(Answer { status, payload, retry_after })
    })
}

fn any_failure() -> impl Strategy<Value = Outcome<Json>> {
    let status = option::of(any_status());
    (select(FAILURES.to_vec()), status).prop_map(|(kind, status)| {
        Outcome::Failure(Failure { kind, status, cause: None, detail: String::new() })
    })
}

/// Any end of any attempt.
pub(crate) fn outcome() -> impl Strategy<Value = Outcome<Json>> {
    prop_oneof![12 => any_answer(), 4 => any_failure(), 1 => Just(unsent())]
}

/// The end of an attempt to read a tracker, or to have one made: a tracker, more often than not.
pub(crate) fn tracker_outcome() -> impl Strategy<Value = Outcome<Json>> {
    let tracker = any_tracker().prop_map(|body| Outcome::json(200, body));
    prop_oneof![5 => tracker, 1 => outcome()]
}

/// The end of an attempt to list snapshots: a list, more often than not.
pub(crate) fn list_outcome() -> impl Strategy<Value = Outcome<Json>> {
    let list = any_list().prop_map(|body| Outcome::json(200, body));
    prop_oneof![5 => list, 1 => outcome()]
}
