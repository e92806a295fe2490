//! The lists of the service, in every way in which it may page them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value as Json;
use vra_simulator::{Fault, Options, TotalElements, TrackerPaging};
use vra_snapshots::{
    Call, Machine, MachineQuery, Pages, Paging, RequestTracker, SnapshotSpecification, id_of,
};

use super::service::{Simulated, policy};
use crate::bench::{Bench, START, id};

/// The ids that a list gives, in order, and how many calls that took.
fn read(mut pages: Bench<Pages<Json>>, service: &mut Simulated) -> (Vec<String>, usize) {
    pages.run(service);
    let items = pages.machine.all().unwrap().unwrap();
    let ids = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    (ids, pages.sent.len())
}

fn machines(query: &MachineQuery, size: u32) -> Bench<Pages<Json>> {
    let check = id_of::<Machine, Json>;
    let call = Call::list_machines(query);
    Bench::new(Pages::new(call, Paging::Sized(size), check, policy().into()))
}

fn trackers() -> Bench<Pages<Json>> {
    let check = id_of::<RequestTracker, Json>;
    Bench::new(Pages::new(Call::list_trackers(), Paging::Bare, check, policy().into()))
}

fn distinct(ids: &[String]) -> usize {
    ids.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn all_machines_are_listed_once() {
    for (total_elements, calls) in
        [(TotalElements::Told, 3), (TotalElements::LeftOut, 4), (TotalElements::OfThePage, 4)]
    {
        let mut service = Simulated::new(Options { total_elements, ..Options::default() });
        let (ids, sent) = read(machines(&MachineQuery::default(), 25), &mut service);
        assert_eq!((ids.len(), distinct(&ids), sent), (60, 60, calls));
    }
}

/// A service whose lists of machines go wrong like this.
fn faulty(fault: &str, total_elements: TotalElements) -> Simulated {
    let faults = Fault::list_from_json(fault).unwrap();
    Simulated::new(Options { faults, total_elements, ..Options::default() })
}

#[test]
fn machines_are_listed_once_whatever_the_order_of_their_pages() {
    const TURNED: &str = r#"{"on":"listMachines","times":0,"turnListBy":3}"#;
    const UNSORTED: &str =
        r#"{"on":"listMachines","times":0,"turnListBy":3,"ignoreQuery":["$orderby"]}"#;
    const REFUSED: &str =
        r#"{"on":"listMachines","times":0,"turnListBy":3,"refuseQuery":["$orderby"]}"#;
    // Pages of 25, of 50, and then one of 100 that holds all.
    for (fault, total, calls) in [
        (TURNED, TotalElements::Told, 3),
        (UNSORTED, TotalElements::Told, 6),
        (UNSORTED, TotalElements::LeftOut, 9),
        (UNSORTED, TotalElements::OfThePage, 8),
        (REFUSED, TotalElements::Told, 7),
    ] {
        let mut service = faulty(fault, total);
        let (ids, sent) = read(machines(&MachineQuery::default(), 25), &mut service);
        assert_eq!((ids.len(), distinct(&ids), sent), (60, 60, calls), "{fault} {total:?}");
    }
}

#[test]
fn machines_are_found_by_what_is_asked_for() {
    let mut service = Simulated::new(Options::default());
    let name = |name: &str| Some(name.to_owned());
    let by_name = MachineQuery { name: name("erp-db-01"), ..MachineQuery::default() };
    assert_eq!(read(machines(&by_name, 50), &mut service).0, ["9e49c1f0a2b34d57"]);

    let off =
        MachineQuery { filter: name("powerState eq 'OFF' or name eq 'erp-db-01'"), ..by_name };
    assert_eq!(read(machines(&off, 50), &mut service).0, ["9e49c1f0a2b34d57"]);
    let nobody = MachineQuery { project_id: name("nobody's"), ..off };
    assert!(read(machines(&nobody, 50), &mut service).0.is_empty());
}

/// A service on which a request was made for every machine that takes one, and how many those were.
fn busy(options: Options) -> (Simulated, usize) {
    let mut service = Simulated::new(options);
    let (machines, _) = read(machines(&MachineQuery::default(), 1_000), &mut service);
    let mut accepted = 0;
    for machine in machines {
        let call = Call::create_snapshot(&id(&machine), SnapshotSpecification::default(), true);
        accepted += usize::from(service.send(&call, START).status == 202);
    }
    (service, accepted)
}

#[test]
fn all_trackers_are_listed_once_however_their_list_is_paged() {
    for (tracker_paging, total_elements, pages) in [
        (TrackerPaging::Obeyed, TotalElements::Told, 2),
        (TrackerPaging::Ignored, TotalElements::Told, 1),
        (TrackerPaging::Ignored, TotalElements::LeftOut, 2),
        (TrackerPaging::Refused, TotalElements::Told, 1),
        (TrackerPaging::Refused, TotalElements::LeftOut, 2),
    ] {
        let options =
            Options { machines: 180, tracker_paging, total_elements, ..Options::default() };
        let (mut service, accepted) = busy(options);
        assert!((101..200).contains(&accepted), "{accepted} do not fill two pages");
        let (ids, sent) = read(trackers(), &mut service);
        assert_eq!((ids.len(), distinct(&ids), sent), (accepted, accepted, pages));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The simulated service reads the filter by its own rules.
    #[test]
    fn a_name_is_taken_as_a_name_whatever_is_in_it(name in prop_oneof![any::<String>(), "['() a-z]*"]) {
        // `*` is the service's wildcard.
        let name = name.replace('*', "?");
        let mut service = Simulated::new(Options { machines: 20, ..Options::default() });
        let query = MachineQuery { name: Some(name.clone()), ..MachineQuery::default() };
        let (ids, _) = read(machines(&query, 50), &mut service);
        prop_assert!(ids.is_empty(), "no machine has the name {:?}", name);
    }
}
