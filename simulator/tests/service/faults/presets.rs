//! Faults of machines by the beginning of their names.

use super::*;

/// What the first request for a snapshot gets on such a machine, and how many snapshots there are in the end.
#[test]
fn a_machine_has_the_faults_of_its_name() {
    for (name, status, snapshots) in [
        ("plain-01", 202, 1),
        ("refused", 0, 0),
        ("cut-before-01", 0, 0),
        ("cut-after-01", 0, 1),
        ("cut-in-body-01", 202, 1),
        ("arrives-late-01", 0, 1),
        ("throttled-01", 429, 0),
        ("throttled-date-01", 429, 0),
        ("error-before-01", 500, 0),
        ("error-after-01", 502, 1),
        ("unavailable-01", 503, 0),
        ("unavailable-after-01", 503, 1),
        ("timed-out-01", 504, 1),
        ("conflict-01", 409, 0),
        ("redirected-01", 307, 0),
        ("html-01", 200, 1),
        ("html-forbidden-01", 403, 0),
        ("cut-json-01", 202, 1),
        ("fails-01", 202, 0),
        ("fails-falsely-01", 202, 1),
        ("twin-01", 202, 2),
        ("failing-02", 202, 0),
        ("denied-02", 403, 0),
        ("busy-02", 409, 0),
    ] {
        let mut bench = optional(&format!(r#"{{"extraMachines":["{name}","other-01"]}}"#));
        assert_eq!(bench.create(name, r#"{"name":"n"}"#).status, status, "{name}");
        assert_eq!(bench.create("other-01", "{}").status, 202);
        let now = bench.after(1_000_000).now;
        bench.simulator.advance(now);
        assert_eq!(bench.simulator.snapshots_of(name).len(), snapshots, "{name}");
    }
}

#[test]
fn every_machine_counts_for_itself_and_the_rest_of_the_estate_is_as_ever() {
    let mut bench = optional(r#"{"extraMachines":["cut-before-01","cut-before-02"]}"#);
    for machine in ["cut-before-01", "cut-before-02"] {
        assert_eq!(bench.create(machine, "{}").status, 0);
        assert_eq!(bench.create(machine, "{}").status, 202);
    }
    let with = bench.get("/iaas/api/machines");
    let without = Bench::new().get("/iaas/api/machines");
    let (with, without) =
        (with["content"].as_array().unwrap(), without["content"].as_array().unwrap());
    assert_eq!(&with[..without.len()], without.as_slice());
    assert_eq!(texts(&with[without.len()..], "name"), ["cut-before-01", "cut-before-02"]);

    bench.simulator.clear_faults();
    assert_eq!(bench.after(60_000).create("cut-before-01", "{}").status, 202);
}
