//! Requests that break the contract, and the options that bend it.

use vra_simulator::{ErrorBodies, Options, Request, TOKEN};

use crate::bench::{Bench, DENIED, ERP, WEB, json, message};

#[test]
fn unknown_paths_and_methods() {
    let mut bench = Bench::new();
    for (method, target, status, allow) in [
        ("GET", "/", 404, None),
        ("GET", "//iaas/api/machines", 404, None),
        ("GET", "/iaas/api/machines/", 404, None),
        ("GET", "/iaas/api/machines/x/y", 404, None),
        ("GET", "/iaas/api/projects", 404, None),
        ("POST", "/iaas/api/machines", 405, Some("GET")),
        ("PUT", "/iaas/api/about", 405, Some("GET")),
        ("GET", "/iaas/api/login", 405, Some("POST")),
        ("POST", "/iaas/api/machines/x/snapshots/y", 405, Some("GET, DELETE")),
        ("GET", "/iaas/api/machines/x/operations/snapshots", 405, Some("POST")),
        ("get", "/iaas/api/about", 405, Some("GET")),
    ] {
        let response = bench.call(method, target);
        assert_eq!(response.status, status, "{method} {target}");
        assert_eq!(response.header("allow"), allow, "{method} {target}");
        message(&response);
    }
}

#[test]
fn ids_are_decoded_segment_by_segment() {
    let mut bench = Bench::new();
    for (id, seen) in [("a%2Fb", "a/b"), ("%C3%A9", "é"), ("%2e%2e", ".."), ("a%20b", "a b")] {
        let response = bench.call("GET", &format!("/iaas/api/machines/{id}"));
        assert_eq!(message(&response), format!("Machine with id '{seen}' not found"));
    }
}

#[test]
fn the_api_version_is_a_date_and_revert_must_name_one() {
    let mut bench = Bench::new();
    let revert = format!("/iaas/api/machines/{ERP}/operations/revert/4f1d2a7b9c3e5f60");
    for (method, target, status) in [
        ("GET", "/iaas/api/machines?apiVersion=2021-07-15".to_owned(), 200),
        ("GET", "/iaas/api/machines?apiVersion=latest".to_owned(), 400),
        ("GET", "/iaas/api/machines?apiVersion=2021-13-01".to_owned(), 400),
        ("GET", "/iaas/api/machines?apiVersion=".to_owned(), 400),
        ("POST", revert.clone(), 400),
        ("POST", format!("{revert}?apiVersion=soon"), 400),
        ("POST", format!("{revert}?apiVersion=2021-07-15"), 202),
    ] {
        let response = bench.call(method, &target);
        assert_eq!(response.status, status, "{method} {target}");
        if status == 400 {
            assert!(message(&response).contains("apiVersion"));
        }
    }
}

#[test]
fn bodies_of_the_wrong_form_are_refused_with_a_reason() {
    let mut bench = Bench::new();
    for (body, reason) in [
        ("", "Required request body is missing"),
        ("{", "The body is not JSON"),
        ("\"x\"", "The body must be an object, not a string"),
        (r#"{"name":1}"#, "name must be a string, not a number"),
        (r#"{"description":{}}"#, "description must be a string, not an object"),
        (r#"{"snapshotMemory":"true"}"#, "snapshotMemory must be a boolean, not a string"),
        (r#"{"customProperties":[]}"#, "customProperties must be a map, not an array"),
        (r#"{"customProperties":{"a":1}}"#, "customProperties.a must be a string, not a number"),
        (r#"{"ownerType":"robot"}"#, "ownerType must be 'user' or 'ad_group'"),
        (r#"{"_links":{"a":"/b"}}"#, "_links.a must be a link, not a string"),
        (r#"{"id":true}"#, "id must be a string, not a boolean"),
    ] {
        let response = bench.create(WEB, body);
        assert_eq!(response.status, 400, "{body}");
        assert!(message(&response).starts_with(reason), "{}", message(&response));
    }
    assert!(bench.get("/iaas/api/request-tracker")["content"].as_array().unwrap().is_empty());
}

#[test]
fn a_body_must_be_declared_as_json() {
    for (content_type, status) in [
        (None, 400),
        (Some("text/plain;charset=UTF-8"), 400),
        (Some("application/json"), 202),
        (Some("Application/JSON; charset=utf-8"), 202),
    ] {
        let target = format!("/iaas/api/machines/{WEB}/operations/snapshots");
        let mut request = Request::new("POST", target).with_bearer(TOKEN);
        request.body = b"{}".into();
        if let Some(value) = content_type {
            request = request.with_header("Content-Type", value);
        }
        assert_eq!(Bench::new().send(&request).status, status, "{content_type:?}");
    }
}

#[test]
fn both_forms_of_body_are_taken_and_strict_wants_the_conformant_one() {
    let conformant = format!(r#"{{"name":"n","id":"{WEB}","_links":{{}}}}"#);
    let from_the_description = r#"{"owner":"csp@vmware.com","createdAt":"2012-09-27",
        "snapshotMemory":false,"name":"my-name","description":"my-description","id":"9e49",
        "orgId":"9e49","updatedAt":"2012-09-27"}"#;
    for (strict_bodies, body, status) in [
        (false, "{}", 202),
        (false, r#"{"name":null,"unknown":1}"#, 202),
        (false, conformant.as_str(), 202),
        (false, from_the_description, 202),
        (true, r#"{"name":"n"}"#, 400),
        (true, from_the_description, 400),
        (true, conformant.as_str(), 202),
    ] {
        let mut bench = Bench::with(Options { strict_bodies, ..Options::default() });
        assert_eq!(bench.create(WEB, body).status, status, "{strict_bodies} {body}");
    }
}

#[test]
fn refusals_can_be_bare() {
    let mut bench = Bench::with(Options { error_bodies: ErrorBodies::None, ..Options::default() });
    let missing = bench.call("GET", "/iaas/api/machines/x");
    let denied = bench.create(DENIED, "{}");
    for (response, status) in [(missing, 404), (denied, 403)] {
        assert_eq!((response.status, response.body.len()), (status, 0));
        assert_eq!(response.header("content-type"), None);
    }
    message(&bench.create(WEB, ""));
}

#[test]
fn about_tells_the_versions() {
    let about = Bench::new().get("/iaas/api/about");
    assert_eq!(about["latestApiVersion"], "2021-07-15");
    for api in about["supportedApis"].as_array().unwrap() {
        assert!(api["apiVersion"].is_string() && api["documentationLink"].is_string());
    }
}

#[test]
fn options_are_read_from_json_and_mistakes_are_named() {
    assert_eq!(Options::from_json("{}").unwrap(), Options::default());
    for (text, named) in [
        (r#"{"machnies":7}"#, "machnies"),
        (r#"{"machines":-1}"#, "machines: "),
        (r#"{"machines":100000}"#, "machines: "),
        (r#"{"speed":0}"#, "speed must be a positive number"),
        (r#"{"speed":null}"#, "speed: "),
        (r#"{"trackerPaging":"sometimes"}"#, "trackerPaging: "),
        ("[7", "simulator options"),
    ] {
        let error = Options::from_json(text).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn nothing_in_a_request_makes_it_panic() {
    let mut bench = Bench::new();
    let targets =
        ["", "?", "/%", "/%ff/%00", "/iaas/api/machines?$top=%&$filter=%ff", "é", "/?&&=="];
    for target in targets {
        for method in ["", "GET", "POST", "DELETE"] {
            let response = bench.call(method, target);
            assert!((400..500).contains(&response.status), "{method} {target}");
        }
    }
    bench.now = u64::MAX;
    assert_eq!(bench.create(WEB, "{}").status, 202);
    assert_eq!(bench.snapshots(WEB).len(), 1);
    json(&bench.call("GET", "/iaas/api/request-tracker"));
}
