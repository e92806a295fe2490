//! Which calls a fault hits, and how faults come together.

use super::*;

const TEAPOT: &str = r#""answer":{"status":418}"#;

#[test]
fn a_fault_hits_the_calls_that_it_is_for() {
    for (on, hit) in [
        (r#""any""#, [true, true, true, true]),
        (r#"{}"#, [true, true, true, true]),
        (r#""createSnapshot""#, [true, false, false, false]),
        (r#""getTracker""#, [false, true, false, false]),
        (r#""unknown""#, [false, false, false, true]),
        (r#"{"call":"listMachines"}"#, [false, false, true, false]),
        (r#"{"method":"POST"}"#, [true, false, false, true]),
        (r#"{"path":"/operations/"}"#, [true, false, false, true]),
        (r#"{"method":"GET","path":"machines"}"#, [false, false, true, false]),
        (r#"{"machine":"8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01"}"#, [true, true, false, false]),
        (r#"{"machine":"web-prod-01"}"#, [true, true, false, false]),
        (r#"{"machine":"web-*"}"#, [true, true, false, false]),
        (r#"{"machine":"web-"}"#, [false, false, false, false]),
        (r#"{"machine":"erp-*"}"#, [false, false, false, false]),
        (r#"{"call":"getTracker","machine":"web-*"}"#, [false, true, false, false]),
    ] {
        let mut bench = Bench::new();
        let tracker = bench.accepted(WEB, "{}");
        let fault = format!(r#"{{"on":{on},"times":0,{TEAPOT}}}"#);
        bench.simulator.inject(Fault::list_from_json(&fault).unwrap());
        let calls = [
            ("POST", CREATE),
            ("GET", &tracker),
            ("GET", "/iaas/api/machines"),
            ("POST", "/operations/"),
        ];
        let statuses = calls.map(|(method, target)| bench.call(method, target).status == 418);
        assert_eq!(statuses, hit, "{on}");
    }
}

#[test]
fn a_fault_counts_its_calls() {
    for (count, hit) in [
        ("", "x----"),
        (r#""nth":1,"#, "x----"),
        (r#""nth":3,"#, "--x--"),
        (r#""times":2,"#, "xx---"),
        (r#""nth":2,"times":3,"#, "-xxx-"),
        (r#""times":0,"#, "xxxxx"),
        (r#""nth":4,"times":0,"#, "---xx"),
        (r#""nth":9,"#, "-----"),
    ] {
        let mut bench = bench(&format!(r#"{{"on":"about",{count}{TEAPOT}}}"#));
        let seen: String = (0..5)
            .map(|_| {
                bench.call("GET", "/iaas/api/machines");
                if bench.call("GET", "/iaas/api/about").status == 418 { 'x' } else { '-' }
            })
            .collect();
        assert_eq!(seen, hit, "{count}");
    }
}

#[test]
fn one_fault_after_the_other() {
    // 503 after the effect, and then 409: the first is carried out, the second is not.
    let mut bench = bench(
        r#"[{"on":"createSnapshot","effect":"after","answer":{"status":503}},
            {"on":"createSnapshot","nth":2,"answer":{"status":409}}]"#,
    );
    assert_eq!(bench.create(WEB, "{}").status, 503);
    assert_eq!(bench.create(WEB, "{}").status, 409);
    assert_eq!(made(&mut bench), (1, 1));
}

#[test]
fn faults_of_one_call_come_together() {
    for (faults, status, delay_ms, snapshots) in [
        (r#"[{"delayMs":5},{"answer":{"status":500}}]"#, 500, 5, 0),
        (r#"[{"delayMs":5},{"effect":"after","answer":{"status":500}}]"#, 500, 5, 1),
        // What excludes each other: the first.
        (r#"[{"effect":"after","answer":{"status":500}},{"answer":{"status":502}}]"#, 500, 0, 1),
        (r#"[{"answer":{"status":500}},{"effect":"after","connection":"cut"}]"#, 0, 0, 0),
        (r#"[{"effect":"after"},{"answer":{"status":500}}]"#, 500, 0, 0),
    ] {
        let mut bench = bench(faults);
        let response = bench.create(WEB, "{}");
        assert_eq!((response.status, response.delay_ms), (status, delay_ms), "{faults}");
        assert_eq!(made(&mut bench).0, snapshots, "{faults}");
    }
}

#[test]
fn mistakes_in_faults_are_named() {
    for (text, named) in [
        ("{", "EOF"),
        ("7", "invalid type"),
        (r#"{"onn":"any"}"#, "onn"),
        (r#"{"on":"createSnapshots"}"#, "createSnapshots"),
        (r#"{"on":{"machines":"x"}}"#, "machines"),
        (r#"{"nth":0}"#, "nth counts from 1"),
        (r#"{"nth":-1}"#, "-1"),
        (r#"{"effect":"later"}"#, "later"),
        (r#"{"answer":{}}"#, "status"),
        (r#"{"answer":{"status":99}}"#, "99 is no status"),
        (r#"{"answer":{"status":600}}"#, "600 is no status"),
        (r#"{"answer":{"status":500,"body":"page"}}"#, "page"),
        (r#"{"patch":[]}"#, "map"),
        (r#"{"bodyBytes":9000000000}"#, "a body has at most 268435456 bytes"),
        (r#"{"connection":"drop"}"#, "drop"),
        (r#"{"operation":{"keepDescriptions":1}}"#, "keepDescriptions"),
        (r#"{"foreign":{"operation":"dance"}}"#, "dance"),
        (r#"[{},{"nth":0}]"#, "[1]: nth"),
    ] {
        let error = Fault::list_from_json(text).unwrap_err().to_string();
        assert!(error.contains(named), "{text}: {error}");
    }
    let error = Options::from_json(r#"{"faults":[{"onn":"any"}]}"#).unwrap_err().to_string();
    assert!(error.contains("faults: ") && error.contains("onn"), "{error}");
}
