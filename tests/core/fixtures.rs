//! The service's own bodies, word for word where it has published them.

use serde_json::{Value as Json, json};
use vra_snapshots::{
    About, Body, Call, Code, Error, Link, Machine, Method, Outcome, Pairs, Phase, Single, Snapshot,
    SnapshotSpecification, Value, body_of,
};

use crate::bench::{Bench, id, policy};
use crate::operation::stages::{LIST, POLL, Stage, at, create};
use crate::replies::bare;

pub(crate) fn fixture(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

pub(crate) const SPECIFICATION: &str = include_str!("../fixtures/snapshot-specification.json");
pub(crate) const TRACKER: &str = include_str!("../fixtures/request-tracker.json");
pub(crate) const LIVE_TRACKER: &str = include_str!("../fixtures/request-tracker-live.json");
pub(crate) const SERVICE_ERROR: &str = include_str!("../fixtures/service-error.json");
pub(crate) const SNAPSHOT: &str = include_str!("../fixtures/snapshot.json");
pub(crate) const MACHINE: &str = include_str!("../fixtures/machine.json");
pub(crate) const ABOUT: &str = include_str!("../fixtures/about.json");

fn example() -> SnapshotSpecification {
    let text = |text: &str| Some(text.to_owned());
    SnapshotSpecification {
        owner: text("csp@vmware.com"),
        created_at: text("2012-09-27"),
        snapshot_memory: Some(false),
        name: text("my-name"),
        description: text("my-description"),
        org_id: text("9e49"),
        updated_at: text("2012-09-27"),
        ..SnapshotSpecification::default()
    }
}

fn body(call: Call) -> Json {
    match call.body {
        Some(Body::Specification(specification)) => serde_json::to_value(specification).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_a_specification_is_what_is_sent() {
    let machine = id("9e49");

    let mut expected = fixture(SPECIFICATION);
    expected["_links"] = json!({});
    assert_eq!(body(Call::create_snapshot(&machine, example(), true)), expected);

    let mut minimal = fixture(SPECIFICATION);
    minimal.as_object_mut().unwrap().remove("id");
    assert_eq!(body(Call::create_snapshot(&machine, example(), false)), minimal);
}

#[test]
fn every_field_of_a_specification_has_the_name_that_the_service_gives_it() {
    let text = |text: &str| Some(text.to_owned());
    let all = SnapshotSpecification {
        id: text("id"),
        links: Some(Pairs::default()),
        custom_properties: Some(Pairs(vec![("b".into(), "1".into()), ("a".into(), "2".into())])),
        owner_type: text("user"),
        organization_id: text("org"),
        ..example()
    };
    let written = serde_json::to_string(&all).unwrap();
    let expected = r#"{"id":"id","_links":{},"name":"my-name","description":"my-description",
        "snapshotMemory":false,"customProperties":{"b":"1","a":"2"},"owner":"csp@vmware.com",
        "ownerType":"user","orgId":"9e49","organizationId":"org","createdAt":"2012-09-27",
        "updatedAt":"2012-09-27"}"#;
    assert_eq!(fixture(&written), fixture(expected));
    assert!(written.contains(r#"{"b":"1","a":"2"}"#), "in the order given: {written}");
}

#[test]
fn a_finished_tracker_is_finished_whatever_else_it_says() {
    for text in [TRACKER, LIVE_TRACKER] {
        let body = fixture(text);
        let mut bench = at(Stage::Tracking);
        bench.wait();
        bench.calls(POLL, Outcome::json(200, body.clone()));
        assert_eq!(bench.machine.phase(), Phase::Resolving, "{body}");
        assert_eq!(bench.machine.tracker(), Some(&body), "it reaches the user as it came");
        bench.opens(LIST);
    }
}

#[test]
fn the_error_body_of_the_service_reaches_the_user() {
    let body = fixture(SERVICE_ERROR);
    let error = refused(Outcome::json(403, body.clone()));
    assert_eq!((error.code, error.status), (Code::Forbidden, Some(403)));
    assert_eq!(
        error.message,
        "GET /iaas/api/about was answered 403: forbidden, \
         server error id cef94085-85d3-4292-9acb-4b32fb3099c6"
    );
    assert_eq!(error.service, Some(body));
}

#[test]
fn a_refusal_without_a_body_is_as_clear() {
    for (status, code) in [(403, Code::Forbidden), (404, Code::NotFound)] {
        let error = refused(bare(status));
        assert_eq!((error.code, error.status, &error.service), (code, Some(status), &None));
        assert_eq!(error.message, format!("GET /iaas/api/about was answered {status}"));
    }
}

fn refused(outcome: Outcome<Json>) -> Error<Json> {
    let mut bench = Bench::new(Single::new(Call::about(), body_of::<About, Json>, &policy()));
    bench.calls("GET /iaas/api/about", outcome);
    bench.done();
    bench.machine.result().unwrap().clone().unwrap_err()
}

#[test]
fn a_boolean_among_the_links_is_no_obstacle() {
    let machine: Machine = fixture(MACHINE).decode().unwrap();
    let Some(Link::Href(operations)) = machine.links.unwrap().operations else {
        panic!("no operations");
    };
    let hrefs = operations.hrefs.unwrap();
    assert!(hrefs.iter().any(|href| href.ends_with("/operations/snapshots")), "{hrefs:?}");

    let mut flag = fixture(MACHINE);
    flag["_links"]["operations"] = json!(false);
    let machine: Machine = flag.decode().unwrap();
    assert_eq!(machine.links.unwrap().operations, Some(Link::Flag(false)));
}

#[test]
fn a_snapshot_with_a_boolean_link_is_a_result() {
    let body = fixture(SNAPSHOT);
    assert_eq!(body["_links"]["empty"], json!(false));
    assert_eq!(body.decode::<Snapshot>().unwrap().name.as_deref(), Some("before-upgrade"));

    let mut bench = Bench::new(create(policy(), SnapshotSpecification::default()));
    bench.machine.submit().unwrap();
    let mut made = Vec::new();
    bench.run(&mut |call: &Call, _| {
        if call.method == Method::Post {
            made.push(body.clone());
            return Outcome::json(202, fixture(LIVE_TRACKER));
        }
        Outcome::json(200, made.clone().into())
    });
    assert_eq!(bench.machine.snapshot(), Some(&body), "it reaches the user as it came");
}
