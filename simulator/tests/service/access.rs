//! Tokens: who gets in, for how long, and to do what.

use vra_simulator::{Options, READ_ONLY_TOKEN, REFRESH_TOKEN, Request, TOKEN};

use crate::bench::{Bench, ERP, json, message};

const MACHINES: &str = "/iaas/api/machines";

fn login(bench: &mut Bench, body: &str) -> vra_simulator::Response {
    bench.send(&Request::new("POST", "/iaas/api/login").with_json(body))
}

fn trade(bench: &mut Bench, organization: &str, form: &str) -> vra_simulator::Response {
    let target = format!("/tm/oauth/tenant/{organization}/token");
    let mut request = Request::new("POST", target)
        .with_header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    request.body = form.into();
    bench.send(&request)
}

#[test]
fn only_a_known_bearer_gets_in() {
    let mut bench = Bench::new();
    for (authorization, status) in [
        (None, 401),
        (Some(""), 401),
        (Some(TOKEN), 401),
        (Some("Basic c2ltdWxhdGVkLXRva2Vu"), 401),
        (Some("Bearer wrong"), 401),
        (Some("Bearer "), 401),
        (Some("Bearer simulated-token"), 200),
        (Some("bearer simulated-token"), 200),
    ] {
        let mut request = Request::new("GET", MACHINES);
        if let Some(value) = authorization {
            request = request.with_header("Authorization", value);
        }
        let response = bench.send(&request);
        assert_eq!(response.status, status, "{authorization:?}");
        if status == 401 {
            message(&response);
            assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        }
    }
    assert_eq!(bench.send(&Request::new("GET", "/iaas/api/about")).status, 200);
}

#[test]
fn a_reader_reads_and_gets_403_on_every_action() {
    let mut bench = Bench::new();
    let snapshot = format!("/iaas/api/machines/{ERP}/snapshots/4f1d2a7b9c3e5f60");
    let create = format!("/iaas/api/machines/{ERP}/operations/snapshots");
    let revert = format!("/iaas/api/machines/{ERP}/operations/revert/4f1d2a7b9c3e5f60");
    for (method, target, status) in [
        ("GET", MACHINES, 200),
        ("GET", snapshot.as_str(), 200),
        ("GET", "/iaas/api/request-tracker", 200),
        ("POST", create.as_str(), 403),
        ("POST", revert.as_str(), 403),
        ("DELETE", snapshot.as_str(), 403),
        ("DELETE", "/iaas/api/request-tracker/any", 403),
    ] {
        let request = Request::new(method, target).with_bearer(READ_ONLY_TOKEN);
        assert_eq!(bench.send(&request).status, status, "{method} {target}");
    }
}

#[test]
fn a_token_from_a_login_lives_its_time() {
    let mut bench = Bench::with(Options { token_lifetime_ms: 60_000, ..Options::default() });
    let answer = json(&login(&mut bench, &format!(r#"{{"refreshToken":"{REFRESH_TOKEN}"}}"#)));
    assert_eq!(answer["tokenType"], "Bearer");
    let request = Request::new("GET", MACHINES).with_bearer(answer["token"].as_str().unwrap());
    for (later, status) in [(0, 200), (59_999, 200), (1, 401), (1_000_000, 401)] {
        bench.after(later);
        assert_eq!(bench.send(&request).status, status, "{later}");
    }
}

#[test]
fn a_login_that_breaks_the_contract_gets_400() {
    let mut bench = Bench::new();
    for body in ["", "{", "[]", "{}", r#"{"refreshToken":7}"#, r#"{"refreshToken":"wrong"}"#] {
        let response = login(&mut bench, body);
        assert_eq!(response.status, 400, "{body}");
        message(&response);
    }
}

#[test]
fn a_tenant_trades_a_refresh_token() {
    let mut bench = Bench::new();
    let form = format!("grant_type=refresh_token&refresh_token={REFRESH_TOKEN}");
    let answer = json(&trade(&mut bench, "simulated", &form));
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&"Bearer".into(), &3_600.into()));
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(bench.send(&Request::new("GET", MACHINES).with_bearer(token)).status, 200);

    for (organization, form, status, error) in [
        ("other", form.as_str(), 401, "invalid_client"),
        ("simulated", "", 400, "unsupported_grant_type"),
        ("simulated", "grant_type=password", 400, "unsupported_grant_type"),
        ("simulated", "grant_type=refresh_token", 400, "invalid_request"),
        ("simulated", "grant_type=refresh_token&refresh_token=x", 400, "invalid_grant"),
    ] {
        let response = trade(&mut bench, organization, form);
        assert_eq!(response.status, status, "{form}");
        assert_eq!(json(&response)["error"], error, "{form}");
    }
}

#[test]
fn options_name_the_tokens() {
    let options = r#"{"token":"a","readOnlyToken":"b"}"#;
    let mut bench = Bench::with(Options::from_json(options).unwrap());
    for (token, status) in [("a", 200), ("b", 200), (TOKEN, 401)] {
        let request = Request::new("GET", MACHINES).with_bearer(token);
        assert_eq!(bench.send(&request).status, status, "{token}");
    }
}
