//! Request trackers: one by one, and as a list.

use vra_simulator::{Options, Speed, TrackerPaging, TrackerResources};

use crate::bench::*;

#[test]
fn progress_runs_in_time_and_never_back() {
    let mut bench = Bench::new();
    let tracker = bench.accepted(WEB, "{}");
    let mut messages = Vec::new();
    for (later, progress) in [(0, 0), (800, 10), (3_200, 50), (3_999, 99), (1, 100), (99_999, 100)]
    {
        let tracker = bench.after(later).get(&tracker);
        assert_eq!(tracker["progress"], progress, "{later}");
        let status = if progress < 100 { "INPROGRESS" } else { "FINISHED" };
        assert_eq!(tracker["status"], status);
        messages.push(tracker["message"].as_str().unwrap().to_owned());
    }
    messages.dedup();
    assert_eq!(
        messages,
        [
            "Request accepted",
            "Preparing the machine",
            "Creating the snapshot",
            "Updating the inventory",
            "Finished"
        ]
    );
}

#[test]
fn a_clock_set_back_changes_nothing() {
    let mut bench = Bench::new();
    let tracker = bench.accepted(WEB, "{}");
    assert_eq!(bench.after(4_000).get(&tracker)["progress"], 50);
    bench.now = 0;
    assert_eq!(bench.get(&tracker)["progress"], 50);
}

#[test]
fn a_speed_makes_operations_faster_or_slower() {
    for (factor, duration) in [(1_000.0, 8), (0.5, 16_000), (1e12, 0)] {
        let speed = Speed::new(factor).unwrap();
        let mut bench = Bench::with(Options { speed, ..Options::default() });
        let tracker = bench.accepted(WEB, "{}");
        if duration > 0 {
            assert_eq!(bench.after(duration - 1).get(&tracker)["status"], "INPROGRESS");
            bench.after(1);
        }
        assert_eq!(bench.get(&tracker)["status"], "FINISHED", "{factor}");
        assert_eq!(bench.snapshots(WEB).len(), 1);
    }
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Speed::new(factor), None);
    }
}

#[test]
fn a_tracker_names_what_it_works_on() {
    let machine = format!("/iaas/api/machines/{WEB}");
    for (tracker_resources, at_first, at_last) in [
        (TrackerResources::Machine, Some(1), Some(1)),
        (TrackerResources::Snapshot, Some(1), Some(2)),
        (TrackerResources::None, None, None),
    ] {
        let mut bench = Bench::with(Options { tracker_resources, ..Options::default() });
        let path = bench.accepted(WEB, "{}");
        for (later, expected) in [(0, at_first), (8_000, at_last)] {
            let tracker = bench.after(later).get(&path);
            let resources = tracker.get("resources").map(|list| list.as_array().unwrap().clone());
            assert_eq!(resources.as_ref().map(Vec::len), expected);
            if let Some(resources) = resources {
                assert_eq!(resources[0], machine);
                if let Some(made) = resources.get(1) {
                    bench.get(made.as_str().unwrap());
                }
            }
            let deployment = bench.get(&machine)["deploymentId"].clone();
            assert_eq!(tracker["deploymentId"], deployment);
        }
    }
}

#[test]
fn deleting_a_tracker_does_not_stop_the_request() {
    let mut bench = Bench::new();
    let tracker = bench.accepted(WEB, "{}");
    let response = bench.call("DELETE", &tracker);
    assert_eq!((response.status, response.body.len()), (204, 0));
    assert_eq!(bench.call("GET", &tracker).status, 404);
    assert_eq!(bench.call("DELETE", &tracker).status, 404);
    assert_eq!(bench.create(WEB, "{}").status, 409);
    assert_eq!(bench.after(8_000).snapshots(WEB).len(), 1);
}

#[test]
fn paging_the_list_is_obeyed_ignored_or_refused() {
    use TrackerPaging::{Ignored, Obeyed, Refused};
    for (tracker_paging, query, expected) in [
        (Obeyed, "", Some(100)),
        (Obeyed, "?$top=3&$skip=148", Some(2)),
        (Obeyed, "?$filter=status%20eq%20'FINISHED'&$top=1000", Some(149)),
        (Obeyed, "?$top=x", None),
        (Ignored, "", Some(150)),
        (Ignored, "?$top=3&$skip=148", Some(150)),
        (Ignored, "?$top=x", Some(150)),
        (Refused, "", Some(150)),
        (Refused, "?apiVersion=2021-07-15", Some(150)),
        (Refused, "?$top=3", None),
        (Refused, "?$skip=0", None),
    ] {
        let mut bench = Bench::with(Options { tracker_paging, ..Options::default() });
        let mut newest = String::new();
        for _ in 0..150 {
            newest = bench.after(8_000).accepted(WEB, "{}");
        }
        let target = format!("/iaas/api/request-tracker{query}");
        let Some(expected) = expected else {
            let response = bench.call("GET", &target);
            assert_eq!(response.status, 400, "{tracker_paging:?} {query}");
            message(&response);
            continue;
        };
        let list = bench.get(&target);
        assert_eq!(list["numberOfElements"], expected, "{tracker_paging:?} {query}");
        assert_eq!(list["content"].as_array().unwrap().len(), expected);
        if query.is_empty() {
            assert_eq!(list["totalElements"], 150);
            assert_eq!(list["content"][0]["selfLink"], newest);
        }
    }
}
