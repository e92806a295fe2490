//! What somebody else does at the same time.

use vra_simulator::{Foreign, ForeignOperation, Options};

use super::*;

fn foreign(operation: ForeignOperation) -> Foreign {
    Foreign { machine: Some(HISTORY.into()), operation, ..Foreign::default() }
}

#[test]
fn somebody_else_s_operation_occupies_the_machine() {
    let mut bench = Bench::new();
    let power_off = Foreign { duration_ms: Some(60_000), ..foreign(ForeignOperation::PowerOff) };
    let tracker = bench.simulator.begin_foreign(&power_off, START).unwrap();
    let tracker = format!("{TRACKERS}/{tracker}");
    let view = bench.after(59_999).get(&tracker);
    assert_eq!((&view["name"], &view["status"]), (&"Power-off".into(), &"INPROGRESS".into()));
    assert_eq!(view["resources"][0], format!("/iaas/api/machines/{HISTORY}"));
    assert_eq!(bench.create(HISTORY, "{}").status, 409);
    assert_eq!(bench.after(1).create(HISTORY, "{}").status, 202);
    assert_eq!(bench.get(&tracker)["status"], "FINISHED");
    assert_eq!(bench.simulator.created(HISTORY), 1);
}

#[test]
fn somebody_else_makes_reverts_and_deletes() {
    for (operation, seen, count) in [
        (ForeignOperation::PowerOff, "Thursday", 5),
        (ForeignOperation::CreateSnapshot, "theirs", 6),
        (ForeignOperation::RevertSnapshot, "Monday", 5),
        (ForeignOperation::DeleteSnapshot, "Thursday", 4),
    ] {
        let mut bench = Bench::new();
        let snapshot = Some("0a1b2c3d4e5f6071".to_owned());
        let description = Some("theirs".to_owned());
        let theirs = Foreign { snapshot, description, ..foreign(operation) };
        bench.simulator.begin_foreign(&theirs, START).unwrap();
        let snapshots = bench.after(60_000).snapshots(HISTORY);
        let current = snapshots.iter().find(|one| one["isCurrent"] == true).unwrap();
        assert_eq!(current["description"], seen, "{operation:?}");
        assert_eq!(snapshots.len(), count);
        let records = bench.simulator.snapshots_of(HISTORY);
        assert!(records.iter().all(|record| record.made_by_request.is_none()));
        assert!(bench.simulator.stats().made.is_empty());
    }
}

#[test]
fn what_cannot_begin_is_told() {
    for (given, told) in [
        ("{}", "machine is required"),
        (r#"{"machine":"x"}"#, "Machine with id 'x' not found"),
        (&format!(r#"{{"machine":"{WEB}","operation":"deleteSnapshot"}}"#), "there is no snapshot"),
    ] {
        let foreign = Foreign::from_json(given).unwrap();
        let error = Bench::new().simulator.begin_foreign(&foreign, START).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    let error = Foreign::from_json(r#"{"machin":"x"}"#).unwrap_err().to_string();
    assert!(error.contains("machin"), "{error}");
}

#[test]
fn somebody_begins_just_after_a_call() {
    // Between the look at the snapshots and the request for one.
    let mut first = bench(r#"{"on":"listSnapshots","foreign":{"durationMs":3000}}"#);
    first.snapshots(WEB);
    assert_eq!(first.create(WEB, "{}").status, 409);
    assert_eq!(first.after(3_000).create(WEB, "{}").status, 202);

    // Of the same name at the same time, ours being carried out or not, and without a trace among the trackers.
    for (more, names, ours) in [
        ("", 2, 1),
        (r#","connection":"cut","effect":"after""#, 2, 1),
        (r#","connection":"cut""#, 1, 0),
    ] {
        let mut bench = bench(&format!(
            r#"{{"on":"createSnapshot","foreign":{{"operation":"createSnapshot","tracker":false}}{more}}}"#
        ));
        bench.create(WEB, r#"{"name":"same","description":"ours"}"#);
        let trackers = bench.get(TRACKERS);
        assert_eq!(trackers["content"].as_array().unwrap().len(), ours);
        let snapshots = bench.after(8_000).snapshots(WEB);
        assert_eq!(texts(&snapshots, "name"), vec!["same"; names], "{more}");
        let records = bench.simulator.snapshots_of(WEB);
        let made_by: Vec<_> = records.iter().filter_map(|one| one.made_by_request).collect();
        assert_eq!(made_by, vec![1; ours], "{more}");
    }
}

#[test]
fn a_machine_is_free_when_all_have_ended() {
    let mut bench = bench(r#"{"on":"createSnapshot","foreign":{"durationMs":60000}}"#);
    bench.accepted(WEB, "{}");
    assert_eq!(bench.after(8_000).create(WEB, "{}").status, 409);
    assert_eq!(bench.after(52_000).create(WEB, "{}").status, 202);
}

#[test]
fn a_second_operation_is_refused_or_fails() {
    for (busy, machine) in [("refused", WEB), ("refused", BUSY), ("failed", WEB), ("failed", BUSY)]
    {
        let mut bench =
            Bench::with(Options::from_json(&format!(r#"{{"busy":"{busy}"}}"#)).unwrap());
        if machine == WEB {
            bench.accepted(WEB, "{}");
        }
        let response = bench.after(4_000).create(machine, "{}");
        if busy == "refused" {
            assert_eq!(response.status, 409);
            continue;
        }
        assert_eq!(response.status, 202);
        let tracker = bench.after(3_999).get(json(&response)["selfLink"].as_str().unwrap());
        assert_eq!(tracker["status"], "INPROGRESS");
        // The first one ends in peace, and the machine is free then.
        let tracker = bench.after(4_001).get(json(&response)["selfLink"].as_str().unwrap());
        assert_eq!(tracker["status"], "FAILED");
        let message = tracker["message"].as_str().unwrap();
        assert!(message.starts_with("Another operation is in progress on machine"), "{message}");
        let expected = usize::from(machine == WEB);
        assert_eq!(bench.snapshots(machine).len(), expected);
        assert_eq!(
            bench.simulator.stats().made.get(WEB).copied().unwrap_or_default(),
            expected as u64
        );
    }
}
