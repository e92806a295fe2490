//! Connections that are refused or cut, and answers that are late.

use vra_simulator::Connection::{Cut, CutInBody, Keep, Refused};

use super::*;

#[test]
fn a_lost_answer_tells_nothing_and_the_request_was_carried_out_or_not() {
    for (fault, connection, snapshots) in [
        (r#"{"connection":"refused"}"#, Refused, 0),
        (r#"{"connection":"refused","effect":"after"}"#, Refused, 0),
        (r#"{"connection":"cut"}"#, Cut, 0),
        (r#"{"connection":"cut","effect":"before"}"#, Cut, 0),
        (r#"{"connection":"cut","effect":"after"}"#, Cut, 1),
        (r#"{"connection":"cut","effect":{"afterMs":20000}}"#, Cut, 1),
        (r#"{"effect":{"afterMs":20000}}"#, Cut, 1),
    ] {
        let mut bench = bench(fault);
        let response = bench.create(WEB, "{}");
        assert!(is_lost(&response, connection), "{fault}: {response:?}");
        assert_eq!(made(&mut bench), (snapshots, snapshots as u64), "{fault}");
        assert_eq!(bench.create(WEB, "{}").status, 202, "{fault}");
    }
}

#[test]
fn a_body_breaks_off_before_its_end() {
    for (bytes, arrive) in [(0, 0), (20, 20), (1_000_000, usize::MAX)] {
        let mut bench = bench(&format!(r#"{{"connection":{{"cutInBody":{bytes}}}}}"#));
        let response = bench.create(WEB, "{}");
        let arrive = arrive.min(response.body.len() - 1);
        assert_eq!((response.status, response.connection), (202, CutInBody(arrive)));
        assert_eq!(made(&mut bench), (1, 1));
    }
    // Where there is no body nothing of the answer arrives.
    let mut bench = bench(r#"{"on":"deleteTracker","connection":{"cutInBody":3}}"#);
    let tracker = bench.accepted(WEB, "{}");
    assert!(is_lost(&bench.call("DELETE", &tracker), Cut));
    assert_eq!(bench.call("GET", &tracker).status, 404);
}

#[test]
fn an_answer_is_late_but_the_request_is_not() {
    for (fault, status, connection, snapshots) in [
        (r#"{"delayMs":90000}"#, 202, Keep, 1),
        (r#"{"delayMs":90000,"connection":"cut"}"#, 0, Cut, 0),
        (r#"{"delayMs":90000,"connection":"cut","effect":"after"}"#, 0, Cut, 1),
        (r#"{"delayMs":90000,"answer":{"status":504},"effect":"after"}"#, 504, Keep, 1),
    ] {
        let mut bench = bench(fault);
        let response = bench.create(WEB, "{}");
        let told = (response.status, response.connection, response.delay_ms);
        assert_eq!(told, (status, connection, 90_000), "{fault}");
        assert_eq!(made(&mut bench).0, snapshots, "{fault}");
    }
}

#[test]
fn what_is_under_way_is_carried_out_when_it_arrives() {
    let mut bench = bench(r#"{"on":"createSnapshot","effect":{"afterMs":20000}}"#);
    bench.create(WEB, r#"{"name":"late"}"#);
    assert!(bench.after(19_999).get(TRACKERS)["content"].as_array().unwrap().is_empty());
    assert_eq!(bench.simulator.created(WEB), 0);
    let list = bench.after(1).get(TRACKERS);
    assert_eq!(list["content"][0]["progress"], 0);
    assert_eq!(bench.after(7_999).snapshots(WEB).len(), 0);
    assert_eq!(bench.after(1).snapshots(WEB)[0]["name"], "late");
    // Its number is that of its beginning.
    assert_eq!(bench.simulator.snapshots_of(WEB)[0].made_by_request, Some(1));
}

#[test]
fn what_arrives_while_the_machine_is_busy_is_refused() {
    let mut bench = bench(r#"{"on":"createSnapshot","effect":{"afterMs":4000}}"#);
    bench.create(WEB, r#"{"name":"late"}"#);
    bench.accepted(WEB, r#"{"name":"other"}"#);
    assert_eq!(made(&mut bench), (1, 1));
    assert_eq!(bench.snapshots(WEB)[0]["name"], "other");
}
