//! Every call as data, and as an address.

use serde_json::{Value as Json, json};
use vra_snapshots::{BaseUrl, Body, Call, Id, MachineOrder, MachineQuery, SnapshotSpecification};

use crate::bench::id;

fn base(text: &str) -> BaseUrl {
    BaseUrl::new(text, false).unwrap()
}

/// The body as it is sent: JSON, or text that is a form.
fn body(call: &Call) -> Json {
    match &call.body {
        None => Json::Null,
        Some(Body::Specification(specification)) => serde_json::to_value(specification).unwrap(),
        Some(Body::Login(login)) => serde_json::to_value(login).unwrap(),
        Some(Body::Form(form)) => form.as_str().into(),
    }
}

const REPEATABLE: bool = true;
const ONCE: bool = false;
const WITH_TOKEN: bool = true;
const OPEN: bool = false;

#[test]
fn every_call_is_what_the_service_describes() {
    let (machine, snapshot, tracker) = (id("m-1"), id("s-1"), id("t-1"));
    let named =
        SnapshotSpecification { name: Some("n".into()), ..SnapshotSpecification::default() };
    let query = MachineQuery {
        name: Some("it's".into()),
        project_id: Some("p".into()),
        filter: Some("a eq 'b' or c eq 'd'".into()),
        order_by: MachineOrder::Id,
    };
    const VERSION: &str = "apiVersion=2021-07-15";
    #[rustfmt::skip]
    let cases = [
        (
            Call::create_snapshot(&machine, named.clone(), true), ONCE, WITH_TOKEN,
            format!("POST /iaas/api/machines/m-1/operations/snapshots?{VERSION}"),
            json!({ "id": "m-1", "_links": {}, "name": "n" }),
        ),
        (
            Call::create_snapshot(&machine, named, false), ONCE, WITH_TOKEN,
            format!("POST /iaas/api/machines/m-1/operations/snapshots?{VERSION}"),
            json!({ "name": "n" }),
        ),
        (
            Call::list_snapshots(&machine), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/machines/m-1/snapshots?{VERSION}"),
            Json::Null,
        ),
        (
            Call::get_snapshot(&machine, &snapshot), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/machines/m-1/snapshots/s-1?{VERSION}"),
            Json::Null,
        ),
        (
            Call::delete_snapshot(&machine, &snapshot), ONCE, WITH_TOKEN,
            format!("DELETE /iaas/api/machines/m-1/snapshots/s-1?{VERSION}"),
            Json::Null,
        ),
        (
            Call::revert_snapshot(&machine, &snapshot), ONCE, WITH_TOKEN,
            format!("POST /iaas/api/machines/m-1/operations/revert/s-1?{VERSION}"),
            Json::Null,
        ),
        (
            Call::get_tracker(&tracker), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/request-tracker/t-1?{VERSION}"),
            Json::Null,
        ),
        (
            Call::list_trackers(), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/request-tracker?{VERSION}"),
            Json::Null,
        ),
        (
            Call::delete_tracker(&tracker), REPEATABLE, WITH_TOKEN,
            format!("DELETE /iaas/api/request-tracker/t-1?{VERSION}"),
            Json::Null,
        ),
        (
            Call::list_machines(&MachineQuery::default()).page(50, 100), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/machines?$top=50&$skip=100&{VERSION}"),
            Json::Null,
        ),
        (
            Call::list_machines(&query), REPEATABLE, WITH_TOKEN,
            format!(
                "GET /iaas/api/machines?$filter=name%20eq%20%27it%27%27s%27%20and%20projectId%20eq%20%27p%27\
                 %20and%20%28a%20eq%20%27b%27%20or%20c%20eq%20%27d%27%29&{VERSION}"
            ),
            Json::Null,
        ),
        (
            Call::get_machine(&machine), REPEATABLE, WITH_TOKEN,
            format!("GET /iaas/api/machines/m-1?{VERSION}"),
            Json::Null,
        ),
        (Call::about(), REPEATABLE, WITH_TOKEN, "GET /iaas/api/about".into(), Json::Null),
        (
            Call::login("secret".into()), REPEATABLE, OPEN,
            "POST /iaas/api/login".into(),
            json!({ "refreshToken": "secret" }),
        ),
        (
            Call::tenant_login(&id("my org"), "a+b&c=d é"), REPEATABLE, OPEN,
            "POST /tm/oauth/tenant/my%20org/token".into(),
            json!("grant_type=refresh_token&refresh_token=a%2Bb%26c%3Dd%20%C3%A9"),
        ),
    ];
    for (call, repeatable, with_token, request, expected_body) in cases {
        let url = call.url(&base("https://vra.example"), "2021-07-15");
        let path_and_query = url.strip_prefix("https://vra.example").unwrap();
        assert_eq!(format!("{} {path_and_query}", call.method.as_str()), request);
        assert_eq!(call.repeatable, repeatable, "{request}");
        assert_eq!(call.authorized, with_token, "{request}");
        assert_eq!(body(&call), expected_body, "{request}");
    }
}

#[test]
fn one_slash_stands_between_base_and_path_and_a_prefix_is_kept() {
    let cases = [
        ("https://vra.example", "https://vra.example/iaas/api/about"),
        ("https://vra.example/", "https://vra.example/iaas/api/about"),
        ("https://vra.example//", "https://vra.example/iaas/api/about"),
        ("https://vra.example:8443/", "https://vra.example:8443/iaas/api/about"),
        ("https://edge.example/vra", "https://edge.example/vra/iaas/api/about"),
        ("https://edge.example/a/b/", "https://edge.example/a/b/iaas/api/about"),
    ];
    for (text, expected) in cases {
        assert_eq!(Call::about().url(&base(text), "2021-07-15"), expected);
    }
}

#[test]
fn an_id_is_one_segment_whatever_is_in_it() {
    let cases = [
        ("9e49c1f0a2b34d57", "9e49c1f0a2b34d57"),
        ("8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01", "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01"),
        ("../../x", "..%2F..%2Fx"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("é", "%C3%A9"),
        ("%2e", "%252e"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        ("a?b#c", "a%3Fb%23c"),
        (" ", "%20"),
        ("a b", "a%20b"),
        ("a;b=c&d,e@f:g+h", "a%3Bb%3Dc%26d%2Ce%40f%3Ag%2Bh"),
        ("tab\tline\nend\u{0}", "tab%09line%0Aend%00"),
        ("a-b._~", "a-b._~"),
    ];
    for (text, segment) in cases {
        assert_eq!(id(text).as_str(), text);
        assert_eq!(Call::get_machine(&id(text)).path, format!("/iaas/api/machines/{segment}"));
        assert_eq!(
            Call::revert_snapshot(&id(text), &id(text)).path,
            format!("/iaas/api/machines/{segment}/operations/revert/{segment}")
        );
        assert_eq!(
            Call::get_tracker(&id(text)).path,
            format!("/iaas/api/request-tracker/{segment}")
        );
    }
}

#[test]
fn what_no_url_can_carry_is_no_id() {
    for (text, words) in [("", "must not be empty"), (".", "not \".\""), ("..", "not \"..\"")] {
        let refusal = Id::new("machineId", text).unwrap_err().to_string();
        assert!(refusal.starts_with("machineId"), "{refusal}");
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn the_secret_of_a_login_is_not_printed() {
    let call = Call::login("secret".into());
    assert!(!format!("{call:?}").contains("secret"), "{call:?}");
    assert!(!call.url(&base("https://vra.example"), "2021-07-15").contains("secret"));
}
