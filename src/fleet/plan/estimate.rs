//! What a plan says, and what it estimates: about, for nobody knows how long a snapshot takes.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::fleet::options::{FleetMachine, FleetOptions};
use crate::inspect::check::Reason;
use crate::protocol::call::Id;
use crate::protocol::model::SnapshotSpecification;
use crate::util::clock::Ms;
use crate::util::text::hash;
use crate::util::value::write_some;

/// How a fleet would run.
#[derive(Debug)]
pub(super) struct Pace {
    /// How many operations at once.
    concurrency: u32,
    /// The least time between two submits, in microseconds.
    submit_interval_us: u64,
    /// How long one operation is expected to take.
    expected: Ms,
    /// Whether the idempotency keys are the user's: then each machine is looked at before its submit.
    keyed: bool,
}

impl Pace {
    pub(super) fn of(options: &FleetOptions, expected: Ms) -> Self {
        Self {
            concurrency: options.concurrency,
            submit_interval_us: options.submit_interval_us,
            expected,
            keyed: options.key_prefix.is_some(),
        }
    }
}

/// What a fleet would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetPlan {
    /// In the order in which they were given.
    pub machines: Vec<PlannedMachine>,
    /// How many can be snapshot.
    pub ready: u32,
    /// How many cannot.
    pub blocked: u32,
    /// About how many calls the fleet would send.
    pub calls: u32,
    /// About how long it would take.
    pub duration: Ms,
}

/// One machine of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMachine {
    /// The machine.
    pub machine: Id,
    /// Its name, if it could be read and has one.
    pub name: Option<String>,
    /// The deployment that it is part of: the service runs one operation at a time on it.
    pub deployment: Option<String>,
    /// In place of the fleet's.
    pub specification: Option<Box<SnapshotSpecification>>,
    /// Whether nothing that can be seen keeps a snapshot from being made.
    pub can_snapshot: bool,
    /// What does: as for one machine, or `not_found`, `forbidden`, `unreadable`.
    pub reasons: Vec<Reason>,
    /// How many snapshots the service allows, if it says so.
    pub snapshot_limit: Option<u32>,
    /// How many there are, if that had to be known.
    pub snapshot_count: Option<u32>,
}

impl Serialize for FleetPlan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("machines", &self.machines)?;
        object.serialize_entry("ready", &Ready(&self.machines))?;
        object.serialize_entry("estimatedCalls", &self.calls)?;
        // A number as JavaScript has them.
        object.serialize_entry("estimatedMs", &(self.duration as f64))?;
        object.end()
    }
}

/// Those that can be snapshot, as a fleet takes them.
struct Ready<'a>(&'a [PlannedMachine]);

struct ReadyMachine<'a>(&'a PlannedMachine);

impl Serialize for Ready<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for planned in self.0 {
            if planned.can_snapshot {
                list.serialize_element(&ReadyMachine(planned))?;
            }
        }
        list.end()
    }
}

impl Serialize for ReadyMachine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(planned) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", planned.machine.as_str())?;
        write_some(&mut object, "name", planned.name.as_ref())?;
        write_some(&mut object, "deploymentId", planned.deployment.as_ref())?;
        write_some(&mut object, "specification", planned.specification.as_deref())?;
        object.end()
    }
}

impl PlannedMachine {
    /// One of which nothing is known but what the user says.
    pub(super) fn new(machine: FleetMachine) -> Self {
        Self {
            machine: machine.id,
            name: machine.name,
            deployment: machine.deployment,
            specification: machine.specification,
            can_snapshot: false,
            reasons: Vec::new(),
            snapshot_limit: None,
            snapshot_count: None,
        }
    }
}

impl Serialize for PlannedMachine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("machineId", self.machine.as_str())?;
        write_some(&mut object, "name", self.name.as_ref())?;
        write_some(&mut object, "deploymentId", self.deployment.as_ref())?;
        object.serialize_entry("canSnapshot", &self.can_snapshot)?;
        object.serialize_entry("reasons", &self.reasons)?;
        write_some(&mut object, "snapshotLimit", self.snapshot_limit.as_ref())?;
        write_some(&mut object, "snapshotCount", self.snapshot_count.as_ref())?;
        object.end()
    }
}

impl FleetPlan {
    /// What these machines come to, with lists of trackers so far apart.
    pub(super) fn new(machines: Vec<PlannedMachine>, pace: &Pace, spacing: Ms) -> Self {
        let mut ready = 0;
        // How many of each deployment, by its hash, sorted; and the most.
        let mut deployments: Vec<(u64, u32)> = Vec::new();
        let mut together = 0;
        for planned in machines.iter().filter(|planned| planned.can_snapshot) {
            ready += 1;
            let Some(deployment) = &planned.deployment else { continue };
            let hash = hash(&[deployment]);
            let place = deployments.partition_point(|(other, _)| *other < hash);
            match deployments.get_mut(place).filter(|(other, _)| *other == hash) {
                Some((_, count)) => {
                    *count += 1;
                    together = together.max(*count);
                }
                None => {
                    deployments.insert(place, (hash, 1));
                    together = together.max(1);
                }
            }
        }
        let duration = expected_duration(ready, together, pace);
        Self {
            ready,
            blocked: (machines.len() as u32).saturating_sub(ready),
            calls: expected_calls(ready, pace.keyed, duration, spacing),
            duration,
            machines,
        }
    }
}

/// No estimate counts more lists than one a second.
const SHORTEST_SPACING: Ms = 1_000;

/// About how many calls a fleet sends: for each machine the submit and the snapshot that came of it, before them a look
/// where the key is the user's; and the lists of trackers, so far apart.
fn expected_calls(ready: u32, keyed: bool, duration: Ms, spacing: Ms) -> u32 {
    let lists = duration.div_ceil(spacing.max(SHORTEST_SPACING)).min(u32::MAX.into()) as u32;
    ready.saturating_mul(if keyed { 3 } else { 2 }).saturating_add(lists)
}

/// About how long it takes: as many rounds as there are of them, or of those of one deployment, on which the service
/// runs one operation at a time; and no faster than they are submitted.
fn expected_duration(ready: u32, together: u32, pace: &Pace) -> Ms {
    let rounds = ready.div_ceil(pace.concurrency.max(1)).max(together);
    let submits = pace.submit_interval_us.saturating_mul(ready.into()) / 1000;
    pace.expected.saturating_mul(rounds.into()).max(submits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_two_or_three_a_machine_and_the_lists() {
        // ready, keyed, duration, spacing; calls
        let cases = [
            (0, false, 0, 2_000, 0),
            (1, false, 60_000, 2_000, 32),
            (10, false, 60_000, 2_000, 50),
            (10, true, 60_000, 2_000, 60),
            (10, false, 60_001, 2_000, 51),
            (10, false, 60_000, 0, 80),
            (u32::MAX, true, Ms::MAX, 0, u32::MAX),
        ];
        for (ready, keyed, duration, spacing, expected) in cases {
            let calls = expected_calls(ready, keyed, duration, spacing);
            assert_eq!(calls, expected, "{ready} {keyed} {duration} {spacing}");
        }
    }

    #[test]
    fn the_slowest_of_three_bounds_is_the_time() {
        // ready, of one deployment, at once, between submits; duration
        let cases = [
            (0, 0, 16, 0, 0),
            (1, 0, 16, 0, 60_000),
            (16, 1, 16, 0, 60_000),
            (17, 1, 16, 0, 120_000),
            (17, 5, 16, 0, 300_000),
            (17, 5, 16, 20_000_000, 340_000),
            (3, 0, 0, 0, 180_000),
            (u32::MAX, u32::MAX, 1, u64::MAX, u64::MAX / 1000),
        ];
        for (ready, together, concurrency, submit_interval_us, expected) in cases {
            let pace = Pace { concurrency, submit_interval_us, expected: 60_000, keyed: false };
            let duration = expected_duration(ready, together, &pace);
            assert_eq!(duration, expected, "{ready} {together} {concurrency} {submit_interval_us}");
        }
    }

    #[test]
    fn only_those_that_are_ready_count() {
        let planned = |deployment: Option<&str>, can_snapshot| PlannedMachine {
            deployment: deployment.map(str::to_owned),
            can_snapshot,
            ..PlannedMachine::new(FleetMachine::new(Id::new("id", "m").unwrap()))
        };
        let machines = vec![
            planned(Some("a"), true),
            planned(Some("b"), true),
            planned(None, true),
            planned(Some("a"), true),
            planned(Some("b"), false),
            planned(Some("b"), false),
            planned(None, true),
        ];
        let plan = FleetPlan::new(machines, &Pace::of(&FleetOptions::default(), 60_000), 2_000);
        assert_eq!((plan.ready, plan.blocked, plan.duration, plan.calls), (5, 2, 120_000, 70));
    }
}
