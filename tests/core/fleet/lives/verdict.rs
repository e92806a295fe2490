//! What must be true of every life when it is over.

use vra_snapshots::{Code, FleetEntry, MachineStatus};

use super::life::Life;

pub(super) fn check(life: &Life) {
    let fleet = life.fleet.as_ref().unwrap();
    assert!(fleet.is_over() && fleet.progress() == 100);
    assert_eq!(fleet.kept(), fleet.revision(), "all of it is kept");
    for (machine, entry) in fleet.entries().enumerate() {
        check_machine(life, machine, &entry);
    }
    let tally = &life.tally;
    let requests = life.model.requests.len() as u64;
    let at_once = 2 * u64::from(life.plan.options.concurrency).min(life.plan.size() as u64);
    let most =
        life.plan.calls(requests, tally.faults + tally.retries + tally.interruptions * at_once);
    assert!(tally.calls <= most, "{} calls, and {most} are enough", tally.calls);
}

fn check_machine(life: &Life, machine: usize, entry: &FleetEntry<'_, serde_json::Value>) {
    let model = &life.model;
    let made = model.made(machine);
    let why = entry.error().map(|error| (error.code, &error.message));
    assert!(made.len() <= 1, "m-{machine} never twice: {made:?}");
    let mut taken = model.hosts[machine].requests.iter().map(|it| &model.requests[*it]);
    match entry.status() {
        MachineStatus::Finished => assert_eq!(made.len(), 1),
        // Never a false "nothing happened".
        MachineStatus::Failed => {
            assert!(made.is_empty(), "m-{machine} {why:?}, and {made:?}");
            if why.is_some_and(|(code, _)| code == Code::OperationFailed) {
                assert!(taken.any(|it| it.ours && it.fails), "m-{machine} {why:?}");
            }
        }
        MachineStatus::Skipped => assert!(made.is_empty(), "m-{machine} skipped, and {made:?}"),
        // Never lost: in a calm world what was made is found, and what was not is asked for again.
        MachineStatus::Unknown => {
            let can_be_told = !model.habits.drops_descriptions;
            assert!(made.is_empty() || !can_be_told, "m-{machine} {why:?}, and {made:?} was made");
            let is_alone = model.hosts[machine].snapshots.is_empty();
            let can_be_seen = model.habits.lists_trackers && !model.habits.loses_trackers;
            let is_lost = made.is_empty() && is_alone && can_be_seen;
            assert!(!is_lost, "m-{machine} {why:?}, and nothing was made");
        }
        status => panic!("m-{machine} is {status:?} at the end"),
    }
}
