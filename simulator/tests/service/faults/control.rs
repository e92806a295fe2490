//! Tokens, clocks, long lists, and what is told of what happened.

use vra_simulator::{CallName, REFRESH_TOKEN, Request};

use super::*;

#[test]
fn tokens_expire_at_a_call_or_at_once() {
    let login = Request::new("POST", "/iaas/api/login")
        .with_json(format!(r#"{{"refreshToken":"{REFRESH_TOKEN}"}}"#));
    let mut bench = bench(r#"{"on":"about","expireTokens":true}"#);
    for at_a_call in [true, false] {
        let token = json(&bench.send(&login))["token"].as_str().unwrap().to_owned();
        let machines = Request::new("GET", "/iaas/api/machines").with_bearer(&token);
        assert_eq!(bench.send(&machines).status, 200);
        if at_a_call {
            bench.call("GET", "/iaas/api/about");
        } else {
            bench.simulator.expire_tokens();
        }
        assert_eq!(message(&bench.send(&machines)), "The access token has expired");
        // The fixed one does not.
        assert_eq!(bench.call("GET", "/iaas/api/machines").status, 200);
    }
}

#[test]
fn a_clock_is_minutes_off() {
    for (offset, created, date, retry) in [
        (0, "2026-03-01T08:00:08.000Z", None, "Sun, 01 Mar 2026 08:01:08 GMT"),
        (
            300_000,
            "2026-03-01T08:05:08.000Z",
            Some("Sun, 01 Mar 2026 08:05:08 GMT"),
            "Sun, 01 Mar 2026 08:06:08 GMT",
        ),
        (
            -300_000,
            "2026-03-01T07:55:08.000Z",
            Some("Sun, 01 Mar 2026 07:55:08 GMT"),
            "Sun, 01 Mar 2026 07:56:08 GMT",
        ),
    ] {
        let mut bench = optional(&format!(
            r#"{{"clockOffsetMs":{offset},"faults":[{{"on":"about",
                "answer":{{"status":429,"retryAfter":{{"inMs":60000}}}}}}]}}"#
        ));
        bench.accepted(WEB, "{}");
        let response = bench.after(8_000).call("GET", LIST);
        assert_eq!(json(&response)[0]["createdAt"], created);
        assert_eq!(response.header("date"), date);
        let refused = bench.call("GET", "/iaas/api/about");
        assert_eq!((refused.header("date"), refused.header("retry-after")), (date, Some(retry)));
    }
}

#[test]
fn twenty_thousand_trackers_come_in_one_list() {
    let mut bench = optional(r#"{"pastTrackers":20000,"trackerPaging":"ignored"}"#);
    let ours = bench.accepted(WEB, "{}");
    let list = bench.get(TRACKERS);
    let content = list["content"].as_array().unwrap();
    assert_eq!(content.len(), 20_001);
    assert_eq!(content[0]["selfLink"], ours.as_str());
    assert!(content[1..].iter().all(|tracker| tracker["status"] == "FINISHED"));
    // They say nothing of what is there.
    assert!(bench.snapshots(WEB).is_empty());
    bench.get(content[20_000]["selfLink"].as_str().unwrap());
}

#[test]
fn everything_that_arrives_is_counted() {
    let mut bench = bench(
        r#"[{"on":"createSnapshot","connection":"refused"},{"on":"about","connection":"cut"}]"#,
    );
    bench.create(WEB, "{}");
    let tracker = bench.accepted(WEB, r#"{"name":"n","description":"d"}"#);
    bench.create(WEB, "{}");
    bench.call("GET", "/iaas/api/about");
    bench.call("GET", "/nothing");
    bench.after(8_000).get(&tracker);

    let simulator = &bench.simulator;
    let stats = simulator.stats();
    let calls = [
        (CallName::Unknown, 1),
        (CallName::About, 1),
        (CallName::CreateSnapshot, 3),
        (CallName::GetTracker, 1),
    ];
    assert_eq!(stats.calls.iter().map(|(name, count)| (*name, *count)).collect::<Vec<_>>(), calls);
    assert_eq!((simulator.requests(), simulator.created(WEB), simulator.created(ERP)), (6, 1, 0));
    assert_eq!(stats.made.get(WEB), Some(&1));
    let [record] = simulator.snapshots_of(WEB).try_into().unwrap();
    assert_eq!((record.name.as_str(), record.description.as_deref()), ("n", Some("d")));
    assert_eq!(record.made_by_request, Some(2));
    assert!(simulator.snapshots_of("nothing").is_empty());
    assert_eq!(
        serde_json::to_value(stats).unwrap()["calls"],
        serde_json::json!({"unknown": 1, "about": 1, "createSnapshot": 3, "getTracker": 1})
    );
}

#[test]
fn what_is_deleted_was_made_all_the_same() {
    let mut bench = optional(r#"{"deleteAnswer":"none"}"#);
    bench.accepted(WEB, "{}");
    let id = bench.after(8_000).snapshots(WEB)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.call("DELETE", &format!("{LIST}/{id}")).status, 204);
    assert!(bench.simulator.snapshots_of(WEB).is_empty());
    assert_eq!(bench.simulator.stats().made.get(WEB), Some(&1));
}

#[test]
fn the_same_seed_and_faults_give_the_same_life() {
    let life = || {
        let mut bench = optional(
            r#"{"seed":7,"faults":[{"on":"createSnapshot","effect":"after","answer":{"status":503}},
                {"on":"createSnapshot","nth":2,"times":0,"foreign":{"operation":"createSnapshot"}}]}"#,
        );
        let mut told = Vec::new();
        for _ in 0..5 {
            told.push(bench.after(9_000).create(WEB, "{}"));
            told.push(bench.call("GET", LIST));
        }
        (told, bench.simulator.snapshots_of(WEB))
    };
    assert_eq!(life(), life());
}
