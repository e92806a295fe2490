//! Answers that are not the service's own, or not quite.

use serde_json::json as value;
use vra_simulator::{Answer, AnswerBody, CallName, Effect, Fault, TOKEN, Target};

use super::*;

#[test]
fn an_answer_takes_the_place_of_the_service_s_own() {
    for status in [401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504] {
        for (effect, snapshots) in [(Effect::Before, 0), (Effect::After, 1)] {
            let mut bench = Bench::new();
            bench.simulator.inject([Fault {
                on: Target::call(CallName::CreateSnapshot),
                answer: Some(Answer { status, ..Answer::default() }),
                effect,
                ..Fault::default()
            }]);
            let response = bench.create(WEB, "{}");
            assert_eq!(response.status, status);
            assert_eq!(message(&response), format!("Simulated fault: {status}"));
            assert_eq!(response.header("retry-after"), None);
            assert_eq!(made(&mut bench), (snapshots, snapshots as u64), "{status} {effect:?}");
        }
    }
}

#[test]
fn retry_after_has_every_form() {
    for (form, header) in [
        ("30", "30"),
        ("99999999999999", "99999999999999"),
        (r#""-1""#, "-1"),
        (r#""1.5""#, "1.5"),
        (r#""soon""#, "soon"),
        (r#""""#, ""),
        (r#"{"inMs":90000}"#, "Sun, 01 Mar 2026 08:01:30 GMT"),
        (r#"{"inMs":90000,"as":"imf"}"#, "Sun, 01 Mar 2026 08:01:30 GMT"),
        (r#"{"inMs":90000,"as":"rfc850"}"#, "Sunday, 01-Mar-26 08:01:30 GMT"),
        (r#"{"inMs":90000,"as":"asctime"}"#, "Sun Mar  1 08:01:30 2026"),
        (r#"{"inMs":-3600000}"#, "Sun, 01 Mar 2026 07:00:00 GMT"),
    ] {
        let mut bench = bench(&format!(r#"{{"answer":{{"status":429,"retryAfter":{form}}}}}"#));
        let response = bench.create(WEB, "{}");
        assert_eq!((response.status, response.header("retry-after")), (429, Some(header)));
    }
}

#[test]
fn an_answer_carries_what_it_is_told_to() {
    for (answer, media_type, body) in [
        (r#"{"status":302,"headers":{"location":"https://elsewhere.test/"}}"#, None, ""),
        (r#"{"status":200,"body":"empty"}"#, None, ""),
        (r#"{"status":200,"body":{"json":[1]}}"#, Some("application/json"), "[1]"),
        (r#"{"status":200,"body":{"text":"{"}}"#, Some("application/json"), "{"),
        (r#"{"status":200,"body":{"json":null}}"#, Some("application/json"), "null"),
    ] {
        let response = bench(&format!(r#"{{"answer":{answer}}}"#)).create(WEB, "{}");
        assert_eq!(response.header("content-type"), media_type, "{answer}");
        assert_eq!(response.body, body.as_bytes(), "{answer}");
        let location = (response.status == 302).then_some("https://elsewhere.test/");
        assert_eq!(response.header("location"), location);
    }
    for status in [200, 403, 502] {
        let fault = Answer { status, body: Some(AnswerBody::Html), ..Answer::default() };
        let mut bench = Bench::new();
        bench.simulator.inject([Fault { answer: Some(fault), ..Fault::default() }]);
        let response = bench.create(WEB, "{}");
        assert_eq!(response.status, status);
        assert!(response.header("content-type").unwrap().starts_with("text/html"));
        assert!(response.body.starts_with(b"<!DOCTYPE html>"));
    }
    let detailed = r#"{"answer":{"status":400,"message":"Try again","details":["SHOULD_RETRY"]}}"#;
    let response = bench(detailed).create(WEB, "{}");
    assert_eq!(message(&response), "Try again");
    assert_eq!(json(&response)["details"], value!(["SHOULD_RETRY"]));
}

#[test]
fn a_gateway_calls_the_status_otherwise_than_the_service_does() {
    let response =
        bench(r#"{"answer":{"status":404,"body":"gateway"}}"#).create(&format!("{WEB}?a"), "{}");
    assert_eq!(response.status, 404);
    let body = json(&response);
    assert_eq!(body["status"], 404);
    assert_eq!(body["message"], "No matching handler");
    assert!(body["path"].as_str().unwrap().starts_with("/iaas/api/machines/"), "{body}");
    assert!(body.get("statusCode").is_none() && body.get("documentKind").is_none(), "{body}");
}

#[test]
fn an_echo_repeats_what_was_sent_as_texts_as_a_name_and_encoded() {
    let response = bench(r#"{"answer":{"status":400,"body":"echo"}}"#)
        .create(WEB, r#"{"description":"a+b/c"}"#);
    let body = json(&response);
    let repeated = body["message"].as_str().unwrap();
    assert!(repeated.contains(TOKEN) && repeated.contains("a+b/c"), "{body}");
    assert_eq!(body["request"]["known"][TOKEN], true);
    assert!(body["request"]["form"].as_str().unwrap().contains("a%2Bb%2Fc"), "{body}");
    assert!(body["request"]["text"].as_str().unwrap().contains(r#"\"description\""#), "{body}");
}

#[test]
fn error_bodies_come_in_the_shapes_of_live_systems() {
    for (shape, place) in [
        ("full", "/message"),
        ("loose", "/message"),
        ("oauth", "/error_description"),
        ("errors", "/errors/0/message"),
        ("spring", "/details"),
        ("vcloud", "/message"),
    ] {
        let mut bench = optional(&format!(r#"{{"errorBodies":"{shape}"}}"#));
        let response = bench.call("GET", "/iaas/api/machines/nobody");
        assert_eq!(response.status, 404, "{shape}");
        let body = json(&response);
        let reason = body.pointer(place).and_then(|reason| reason.as_str());
        assert!(reason.is_some_and(|reason| reason.contains("nobody")), "{shape}: {body}");
    }
}

#[test]
fn an_answer_is_patched_cut_or_padded() {
    let tracker = |fault| json(&bench(fault).create(WEB, "{}"));
    let patched =
        tracker(r#"{"patch":{"progress":"half","status":null,"_links":{"exists":true}}}"#);
    assert_eq!(patched["progress"], "half");
    assert_eq!(patched.get("status"), None);
    assert_eq!(patched["_links"], value!({"exists": true}));
    assert_eq!(patched["name"], "Create snapshot");

    for length in [0, 20, 9_000_000] {
        let mut bench = bench(&format!(r#"{{"bodyBytes":{length}}}"#));
        let response = bench.create(WEB, "{}");
        assert_eq!((response.status, response.body.len()), (202, length));
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&response.body).is_ok(),
            length > 20
        );
        assert_eq!(made(&mut bench), (1, 1));
    }
    // Answers that are made up are no exception.
    let mut bench = bench(r#"{"answer":{"status":500},"bodyBytes":1}"#);
    assert_eq!(bench.create(WEB, "{}").body, b"{");
}

#[test]
fn the_elements_of_lists_are_patched() {
    for (on, target) in [
        ("listSnapshots", format!("/iaas/api/machines/{HISTORY}/snapshots")),
        ("listMachines", "/iaas/api/machines".into()),
    ] {
        let fault = format!(r#"{{"on":"{on}","patch":{{"_links":{{"exists":true}}}}}}"#);
        let list = bench(&fault).get(&target);
        let elements = list.get("content").unwrap_or(&list).as_array().unwrap();
        assert!(elements.len() > 4);
        for element in elements {
            assert_eq!(element["_links"]["exists"], true);
            assert!(element["_links"]["self"].is_object());
        }
    }
}

#[test]
fn a_parameter_can_be_ignored() {
    let ids = |bench: &mut Bench, query: &str| {
        let list = bench.get(&format!("/iaas/api/machines?{query}"));
        texts(list["content"].as_array().unwrap(), "id").join(" ")
    };
    let mut bench = bench(r#"{"on":"listMachines","times":0,"ignoreQuery":["$skip"]}"#);
    let first = ids(&mut bench, "$top=10");
    assert_eq!(ids(&mut bench, "$top=10&$skip=10"), first);
    bench.simulator.clear_faults();
    assert_ne!(ids(&mut bench, "$top=10&$skip=10"), first);
}
