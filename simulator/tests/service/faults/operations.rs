//! Operations that are accepted, and are odd.

use serde_json::{Value, json as value};

use super::*;

/// What the tracker of a snapshot shows at these times, by itself and in the list; `Null` where it is missing.
fn shown<const N: usize>(operation: &str, field: &str, times: [u64; N]) -> [Value; N] {
    let mut bench = bench(&format!(r#"{{"on":"createSnapshot","operation":{operation}}}"#));
    let tracker = bench.accepted(WEB, "{}");
    times.map(|at| {
        bench.now = START + at;
        let single = bench.call("GET", &tracker);
        let list = bench.get(TRACKERS);
        let listed = list["content"].get(0).cloned();
        assert_eq!(single.status == 200, listed.is_some());
        match listed {
            Some(listed) => {
                assert_eq!(json(&single), listed);
                listed.get(field).cloned().unwrap_or_else(|| "left out".into())
            }
            None => Value::Null,
        }
    })
}

#[test]
fn a_tracker_shows_what_it_is_told_to() {
    let (null, out) = (Value::Null, value!("left out"));
    let status = "status";
    for (operation, field, expected) in [
        (r#"{}"#, "progress", [value!(0), value!(25), value!(50), value!(100)]),
        (
            r#"{"tracker":[{"untilMs":4000,"missing":true}]}"#,
            status,
            [null.clone(), null.clone(), value!("INPROGRESS"), value!("FINISHED")],
        ),
        (
            r#"{"tracker":[{"fromMs":2000,"missing":true}]}"#,
            status,
            [value!("INPROGRESS"), null.clone(), null.clone(), null],
        ),
        (
            r#"{"tracker":[{"patch":{"status":"PAUSED"}}]}"#,
            status,
            [(); 4].map(|()| value!("PAUSED")),
        ),
        (
            r#"{"tracker":[{"fromMs":2000,"untilMs":4000,"patch":{"progress":90}},
                {"fromMs":4000,"untilMs":8000,"patch":{"progress":5}}]}"#,
            "progress",
            [value!(0), value!(90), value!(5), value!(100)],
        ),
        (
            r#"{"tracker":[{"fromMs":4000,"patch":{"progress":-7}}]}"#,
            "progress",
            [value!(0), value!(25), value!(-7), value!(-7)],
        ),
        (
            r#"{"tracker":[{"patch":{"resources":null}}]}"#,
            "resources",
            [(); 4].map(|()| out.clone()),
        ),
        (
            r#"{"fails":{"message":"Out of space"}}"#,
            "message",
            [
                value!("Request accepted"),
                value!("Preparing the machine"),
                value!("Quiescing the guest file systems"),
                value!("Out of space"),
            ],
        ),
        (r#"{"durationMs":16000}"#, "progress", [value!(0), value!(12), value!(25), value!(50)]),
    ] {
        assert_eq!(shown(operation, field, [0, 2_000, 4_000, 8_000]), expected, "{operation}");
    }
    assert_eq!(shown(r#"{"fails":{}}"#, "message", [7_999, 8_000])[1], out);
    assert_eq!(shown(r#"{"fails":{}}"#, status, [7_999, 8_000])[1], "FAILED");
}

#[test]
fn a_failure_has_done_nothing_or_says_so_falsely() {
    for (fails, snapshots) in [(r#"{"message":"no"}"#, 0), (r#"{}"#, 0), (r#"{"done":true}"#, 1)] {
        let mut bench = bench(&format!(r#"{{"operation":{{"fails":{fails}}}}}"#));
        bench.accepted(WEB, "{}");
        assert_eq!(made(&mut bench), (snapshots, 1), "{fails}");
        assert_eq!(bench.create(WEB, "{}").status, 202);
    }
}

#[test]
fn a_snapshot_is_listed_late() {
    let mut bench = bench(r#"{"operation":{"listedAfterMs":5000}}"#);
    let tracker = bench.accepted(WEB, "{}");
    assert_eq!(bench.after(8_000).get(&tracker)["status"], "FINISHED");
    assert!(bench.snapshots(WEB).is_empty());
    assert!(bench.after(4_999).snapshots(WEB).is_empty());
    let snapshots = bench.after(1).snapshots(WEB);
    assert_eq!(texts(&snapshots, "createdAt"), ["2026-03-01T08:00:08.000Z"]);
}

#[test]
fn the_machine_is_free_when_the_tracker_has_finished() {
    let mut bench = bench(r#"{"operation":{"listedAfterMs":5000}}"#);
    bench.accepted(WEB, "{}");
    bench.after(8_000).accepted(WEB, "{}");
    assert_eq!(made(&mut bench), (2, 2));
}

#[test]
fn names_and_descriptions_are_kept_shortened_or_dropped() {
    for (operation, name, description) in [
        (r#"{}"#, "näme", value!("words [key]")),
        (r#"{"keepDescription":100}"#, "näme", value!("words [key]")),
        (r#"{"keepDescription":8}"#, "näme", value!("words [k")),
        (r#"{"keepDescription":0}"#, "näme", Value::Null),
        (r#"{"keepName":2}"#, "nä", value!("words [key]")),
        (r#"{"keepName":0,"keepDescription":0}"#, "Snapshot 1", Value::Null),
    ] {
        let mut bench = bench(&format!(r#"{{"operation":{operation}}}"#));
        bench.accepted(WEB, r#"{"name":"näme","description":"words [key]"}"#);
        let snapshots = bench.after(8_000).snapshots(WEB);
        assert_eq!(snapshots[0]["name"], name, "{operation}");
        assert_eq!(snapshots[0]["description"], description, "{operation}");
    }
}

#[test]
fn times_of_operations_run_at_the_service_s_speed() {
    let mut bench = optional(
        r#"{"speed":1000,"faults":[{"operation":{"durationMs":40000,"listedAfterMs":10000,
            "tracker":[{"fromMs":20000,"missing":true}]}}]}"#,
    );
    let tracker = bench.accepted(WEB, "{}");
    assert_eq!(bench.after(19).call("GET", &tracker).status, 200);
    assert_eq!(bench.after(1).call("GET", &tracker).status, 404);
    assert!(bench.after(29).snapshots(WEB).is_empty());
    assert_eq!(bench.after(1).snapshots(WEB).len(), 1);
}
