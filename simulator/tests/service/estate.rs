//! Machines: the well-known ones, the generated ones, and the lists of them.

use std::collections::HashSet;

use serde_json::Value;
use vra_simulator::Options;

use crate::bench::*;

fn list(bench: &mut Bench, query: &str) -> Vec<Value> {
    bench.get(&format!("/iaas/api/machines?{query}"))["content"].as_array().unwrap().clone()
}

#[test]
fn the_well_known_machines_come_first_whatever_the_seed() {
    for seed in [1, 2, 99] {
        let mut bench = Bench::with(Options { seed, ..Options::default() });
        let machines = list(&mut bench, "$top=14");
        assert_eq!(
            texts(&machines, "name"),
            [
                "erp-db-01",
                "web-prod-01",
                "files-01",
                "history-01",
                "limited-01",
                "gcp-web-01",
                "ft-ledger-01",
                "aws-batch-01",
                "lost-host-01",
                "slow-01",
                "denied-01",
                "gone-01",
                "failing-01",
                "busy-01"
            ]
        );
        assert_eq!(
            texts(&machines, "id"),
            [
                ERP,
                WEB,
                OFF,
                HISTORY,
                LIMITED,
                GOOGLE,
                FAULT_TOLERANT,
                AWS,
                LOST,
                SLOW,
                DENIED,
                GONE,
                FAILING,
                BUSY
            ]
        );
    }
}

#[test]
fn operations_follow_from_platform_and_power() {
    let mut bench = Bench::new();
    for (machine, snapshots, revert) in [
        (ERP, true, true),
        (WEB, true, false),
        (OFF, true, false),
        (GOOGLE, true, false),
        (FAULT_TOLERANT, false, false),
        (AWS, false, false),
        (LOST, false, false),
    ] {
        let path = format!("/iaas/api/machines/{machine}");
        let links = bench.get(&path)["_links"].clone();
        let hrefs = links["operations"]["hrefs"].as_array().unwrap();
        let has = |name: &str| hrefs.contains(&format!("{path}/operations/{name}").into());
        assert_eq!((has("snapshots"), has("revert")), (snapshots, revert), "{machine}");
    }
}

#[test]
fn machines_have_what_the_description_requires() {
    let mut bench = Bench::new();
    for machine in list(&mut bench, "") {
        for field in ["id", "name", "powerState", "externalRegionId", "projectId", "createdAt"] {
            assert!(machine[field].is_string(), "{field}");
        }
        assert!(machine["_links"].is_object());
    }
}

#[test]
fn an_estate_is_large_varied_and_the_same_again() {
    let options = Options { machines: 20_000, ..Options::default() };
    let mut bench = Bench::with(options.clone());
    let mut machines = Vec::new();
    for page in 0..21 {
        machines.extend(list(&mut bench, &format!("$top=5000&$skip={}", page * 1_000)));
    }
    assert_eq!(machines.len(), 20_000);
    let distinct = |field| texts(&machines, field).into_iter().collect::<HashSet<_>>().len();
    assert_eq!((distinct("id"), distinct("name")), (20_000, 20_000));
    assert_eq!((distinct("powerState"), distinct("projectId")), (5, 5));
    let limited = |machine: &&Value| machine["customProperties"]["snapshotLimit"].is_string();
    assert!(machines.iter().filter(limited).count() > 1_000);
    assert!(machines.iter().any(|machine| machine["_links"]["empty"] == false));
    assert!(machines.iter().any(|machine| machine.get("deploymentId").is_none()));

    let mut again = Bench::with(options);
    assert_eq!(list(&mut again, "$top=1000&$skip=19000"), machines[19_000..]);
    let mut other = Bench::with(Options { machines: 20_000, seed: 2, ..Options::default() });
    assert_ne!(list(&mut other, "$top=1000&$skip=19000"), machines[19_000..]);
}

#[test]
fn a_small_estate_has_the_first_of_the_well_known() {
    for machines in [0_u16, 1, 14, 15] {
        let mut bench = Bench::with(Options { machines, ..Options::default() });
        assert_eq!(list(&mut bench, "").len(), usize::from(machines));
    }
}

#[test]
fn pages_are_cut_and_counted() {
    let mut bench = Bench::with(Options { machines: 250, ..Options::default() });
    for (query, expected) in [
        ("", 100),
        ("$top=7", 7),
        ("$top=0", 0),
        ("$top=1000", 250),
        ("$skip=240", 10),
        ("$skip=250", 0),
        ("$top=20&$skip=240&$count=true", 10),
    ] {
        let page = bench.get(&format!("/iaas/api/machines?{query}"));
        assert_eq!(page["numberOfElements"], expected, "{query}");
        assert_eq!(page["content"].as_array().unwrap().len(), expected, "{query}");
        assert_eq!(page["totalElements"], 250, "{query}");
    }
    for query in ["$top=x", "$top=-1", "$skip=1.5", "$skip="] {
        let response = bench.call("GET", &format!("/iaas/api/machines?{query}"));
        assert_eq!(response.status, 400, "{query}");
        message(&response);
    }
}

#[test]
fn the_total_can_be_withheld() {
    let mut bench = Bench::with(Options {
        total_elements: vra_simulator::TotalElements::LeftOut,
        ..Options::default()
    });
    let page = bench.get("/iaas/api/machines?$count=true");
    assert_eq!((page.get("totalElements"), &page["numberOfElements"]), (None, &60.into()));
}

#[test]
fn filters_select() {
    let mut bench = Bench::new();
    for (filter, expected) in [
        ("name%20eq%20'erp-db-01'", vec!["erp-db-01"]),
        ("name+eq+'erp-db-01'+or+name+eq+'busy-01'", vec!["erp-db-01", "busy-01"]),
        ("name%20eq%20'o''brien'", vec![]),
        ("id%20eq%20'9e49c1f0a2b34d57'%20and%20powerState%20eq%20'ON'", vec!["erp-db-01"]),
        ("id%20eq%20'9e49c1f0a2b34d57'%20and%20powerState%20ne%20'ON'", vec![]),
    ] {
        let found = list(&mut bench, &format!("$filter={filter}"));
        assert_eq!(texts(&found, "name"), expected, "{filter}");
    }
    let found = list(&mut bench, "$filter=powerState%20eq%20'OFF'");
    assert!(!found.is_empty() && found.iter().all(|machine| machine["powerState"] == "OFF"));
    for filter in ["name", "name%20eq%20erp", "cpu%20eq%20'4'", ""] {
        let response = bench.call("GET", &format!("/iaas/api/machines?$filter={filter}"));
        assert_eq!(response.status, 400, "{filter}");
        assert!(message(&response).starts_with("Invalid $filter: "));
    }
}

#[test]
fn fields_are_selected_and_operation_links_skipped() {
    let mut bench = Bench::new();
    let machine = bench.get(&format!("/iaas/api/machines/{ERP}?$select=id,%20name"));
    let fields: Vec<_> = machine.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["id", "name"]);

    let first = &list(&mut bench, "$top=1&skipOperationLinks=true")[0];
    assert!(first["_links"]["self"].is_object() && first["_links"].get("operations").is_none());
    assert!(list(&mut bench, "$top=1")[0]["_links"]["operations"].is_object());
}
