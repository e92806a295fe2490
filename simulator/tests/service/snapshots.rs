//! Snapshots: made, listed, reverted to, deleted.

use serde_json::Value;
use vra_simulator::{DeleteAnswer, Options};

use crate::bench::*;

const BEFORE: &str = "4f1d2a7b9c3e5f60";
const AFTER: &str = "c7a90b1e-52d4-4e0f-a6b3-7d8e9f012345";

/// The ids of the current ones; there should be one at most.
fn current(snapshots: &[Value]) -> Vec<&str> {
    let current = snapshots.iter().filter(|snapshot| snapshot["isCurrent"] == true);
    current.map(|snapshot| snapshot["id"].as_str().unwrap()).collect()
}

#[test]
fn a_snapshot_is_there_when_its_tracker_has_finished() {
    let mut bench = Bench::new();
    let body = r#"{"name":"n","description":"d","owner":"o@example.com","ownerType":"ad_group"}"#;
    let tracker = bench.accepted(WEB, body);
    assert!(bench.after(7_999).snapshots(WEB).is_empty());
    assert_eq!(bench.get(&tracker)["status"], "INPROGRESS");

    // Looked at late: the snapshot is as old as the end of its request.
    let snapshots = bench.after(60_001).snapshots(WEB);
    assert_eq!(bench.get(&tracker)["status"], "FINISHED");
    let [made] = snapshots.as_slice() else { panic!("{snapshots:?}") };
    for (field, value) in [
        ("name", "n"),
        ("description", "d"),
        ("owner", "o@example.com"),
        ("ownerType", "ad_group"),
        ("createdAt", "2026-03-01T08:00:08.000Z"),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert_eq!(made["isCurrent"], true);
    assert!(made["_links"].is_object() && made["orgId"].is_string());

    let path = format!("/iaas/api/machines/{WEB}/snapshots/{}", made["id"].as_str().unwrap());
    assert_eq!(&bench.get(&path), made);
}

#[test]
fn the_newest_snapshot_is_the_current_one() {
    let mut bench = Bench::new();
    assert_eq!(current(&bench.snapshots(ERP)), [AFTER]);
    bench.accepted(ERP, "{}");
    let snapshots = bench.after(8_000).snapshots(ERP);
    let ids = texts(&snapshots, "id");
    assert_eq!(ids.len(), 3);
    assert_eq!(current(&snapshots), ids[2..]);
    // Nameless requests get a name from the service.
    assert_eq!(snapshots[2]["name"], "Snapshot 3");
}

#[test]
fn one_operation_at_a_time_on_a_machine() {
    let mut bench = Bench::new();
    bench.accepted(ERP, "{}");
    let snapshot = format!("/iaas/api/machines/{ERP}/snapshots/{BEFORE}");
    let revert =
        format!("/iaas/api/machines/{ERP}/operations/revert/{BEFORE}?apiVersion=2021-07-15");
    for response in
        [bench.create(ERP, "{}"), bench.call("DELETE", &snapshot), bench.call("POST", &revert)]
    {
        assert_eq!(response.status, 409);
        assert!(message(&response).contains("'erp-db-01'"));
    }
    bench.accepted(WEB, "{}");
    bench.after(8_000).accepted(ERP, "{}");
}

#[test]
fn refusals_by_machine() {
    for (machine, status, reason) in [
        (DENIED, 403, "forbidden"),
        (GONE, 404, "not found"),
        (BUSY, 409, "in progress"),
        (LIMITED, 400, "snapshot limit of 2"),
        (FAULT_TOLERANT, 400, "not supported"),
        (AWS, 400, "not supported"),
        (LOST, 400, "not supported"),
        ("nobody", 404, "not found"),
    ] {
        let mut bench = Bench::new();
        let response = bench.create(machine, "{}");
        assert_eq!(response.status, status, "{machine}");
        assert!(message(&response).contains(reason), "{machine}");
        // Reading is never refused on a machine that is listed.
        if machine != "nobody" {
            bench.get(&format!("/iaas/api/machines/{machine}"));
            bench.snapshots(machine);
        }
    }
}

#[test]
fn a_limit_frees_a_place_by_deletion() {
    let mut bench = Bench::new();
    let path = format!("/iaas/api/machines/{LIMITED}/snapshots/f6e5d4c3b2a19080");
    assert_eq!(bench.call("DELETE", &path).status, 202);
    bench.after(6_000).accepted(LIMITED, "{}");
    assert_eq!(bench.after(8_000).create(LIMITED, "{}").status, 400);
}

#[test]
fn memory_takes_longer_and_a_machine_that_is_off_has_none() {
    for (machine, memory, duration) in [
        (WEB, false, 8_000),
        (WEB, true, 30_000),
        (OFF, true, 8_000),
        (SLOW, false, 80_000),
        (SLOW, true, 300_000),
    ] {
        let mut bench = Bench::new();
        bench.accepted(machine, &format!(r#"{{"snapshotMemory":{memory}}}"#));
        assert!(bench.after(duration - 1).snapshots(machine).is_empty(), "{machine} {memory}");
        assert_eq!(bench.after(1).snapshots(machine).len(), 1, "{machine} {memory}");
    }
}

#[test]
fn a_failed_request_makes_no_snapshot() {
    let mut bench = Bench::new();
    let tracker = bench.accepted(FAILING, "{}");
    let tracker = bench.after(8_000).get(&tracker);
    assert_eq!((&tracker["status"], &tracker["progress"]), (&"FAILED".into(), &60.into()));
    assert!(tracker["message"].as_str().unwrap().starts_with("Insufficient disk space"));
    assert_eq!(bench.snapshots(FAILING).len(), 1);
    bench.accepted(FAILING, "{}");
}

#[test]
fn reverting_makes_another_snapshot_current() {
    let mut bench = Bench::new();
    let revert = format!("/iaas/api/machines/{ERP}/operations/revert");
    let response = bench.call("POST", &format!("{revert}/{BEFORE}?apiVersion=2021-07-15"));
    assert_eq!((response.status, &json(&response)["name"]), (202, &"Revert to snapshot".into()));
    assert_eq!(current(&bench.after(9_999).snapshots(ERP)), [AFTER]);
    assert_eq!(current(&bench.after(1).snapshots(ERP)), [BEFORE]);

    let response = bench.call("POST", &format!("{revert}/nothing?apiVersion=2021-07-15"));
    assert_eq!(response.status, 404);
    let google = "/iaas/api/machines/4718263544556677/operations/revert/b8a7f6e5d4c3b2a1";
    assert_eq!(bench.call("POST", &format!("{google}?apiVersion=2021-07-15")).status, 400);
}

#[test]
fn deleting_takes_a_while_or_is_done_at_once() {
    let path = format!("/iaas/api/machines/{ERP}/snapshots/{AFTER}");

    let mut bench = Bench::new();
    assert_eq!(bench.call("DELETE", &path).status, 202);
    assert_eq!(bench.after(5_999).snapshots(ERP).len(), 2);
    // The current one is gone: the machine runs on from the one before.
    let left = bench.after(1).snapshots(ERP);
    assert_eq!((texts(&left, "id"), current(&left)), (vec![BEFORE], vec![BEFORE]));
    assert_eq!(bench.call("DELETE", &path).status, 404);
    assert_eq!(bench.call("GET", &path).status, 404);

    let mut bench =
        Bench::with(Options { delete_answer: DeleteAnswer::None, ..Options::default() });
    let response = bench.call("DELETE", &path);
    assert_eq!((response.status, response.body.len()), (204, 0));
    assert_eq!(texts(&bench.snapshots(ERP), "id"), [BEFORE]);
}

#[test]
fn deleting_from_the_middle_keeps_the_line() {
    let mut bench =
        Bench::with(Options { delete_answer: DeleteAnswer::None, ..Options::default() });
    let ids: Vec<String> =
        texts(&bench.snapshots(HISTORY), "id").into_iter().map(str::to_owned).collect();
    // From the last but one to the first, and then the last: there is always one that is current.
    for (position, now_current) in
        [(3, Some(4)), (2, Some(4)), (4, Some(1)), (1, Some(0)), (0, None)]
    {
        let path = format!("/iaas/api/machines/{HISTORY}/snapshots/{}", ids[position]);
        assert_eq!(bench.call("DELETE", &path).status, 204);
        let expected: Vec<&str> =
            now_current.map(|at: usize| ids[at].as_str()).into_iter().collect();
        assert_eq!(current(&bench.snapshots(HISTORY)), expected, "{position}");
    }
}

#[test]
fn a_history_has_what_clients_trip_over() {
    let snapshots = Bench::new().snapshots(HISTORY);
    let names = texts(&snapshots, "name");
    assert_eq!(names.iter().filter(|name| **name == "nightly").count(), 4);
    let lengths: Vec<_> = texts(&snapshots, "id").iter().map(|id| id.len()).collect();
    assert_eq!(lengths, [16, 29, 36, 16, 36]);
    assert_eq!(snapshots[1]["_links"]["empty"], false);
    assert!(snapshots[3].get("description").is_none());
}
