//! What can be done to a machine now, and why not.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::engine::contract::{Action, Event, SendId, StateMachine, Waits};
use crate::engine::exchange::{Exchange, Next};
use crate::engine::outcome::Payload;
use crate::engine::policy::Policy;
use crate::error::Error;
use crate::protocol::call::{Call, Id};
use crate::protocol::model::{Link, Links, Machine, PowerState, Snapshot, SnapshotSpecification};
use crate::util::clock::Now;
use crate::util::text::{concat, digits, number, split};
use crate::util::value::{Unreadable, Value, write_some};

/// The answer to "can it be snapshot?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineCheck {
    /// Whether nothing that can be seen keeps a snapshot from being made.
    pub can_snapshot: bool,
    /// Whether the service lists reverting for this machine.
    pub can_revert: bool,
    /// What keeps it from one of them.
    pub reasons: Vec<Reason>,
    /// How many snapshots the service allows, if it says so.
    pub snapshot_limit: Option<u32>,
    /// How many there are.
    pub snapshot_count: u32,
}

/// Why something cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Serialize for MachineCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("canSnapshot", &self.can_snapshot)?;
        object.serialize_entry("canRevert", &self.can_revert)?;
        object.serialize_entry("reasons", &self.reasons)?;
        write_some(&mut object, "snapshotLimit", self.snapshot_limit.as_ref())?;
        object.serialize_entry("snapshotCount", &self.snapshot_count)?;
        object.end()
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        object.serialize_entry("code", self.code)?;
        object.serialize_entry("message", &self.message)?;
        object.end()
    }
}

/// Decides from what the service tells of a machine, its number of snapshots, and what is to be made.
pub fn check(
    machine: &Machine,
    snapshot_count: u32,
    specification: &SnapshotSpecification,
) -> MachineCheck {
    let mut reasons = Vec::new();
    let mut refuse = |code, message: String| {
        reasons.push(Reason { code, message });
        false
    };
    let mut can_snapshot = supports(machine, "snapshots")
        || refuse(
            "snapshot_unsupported",
            "The service lists no snapshot operation for this machine now".into(),
        );
    let can_revert = supports(machine, "revert")
        || refuse(
            REVERT_UNSUPPORTED,
            "The service lists no revert operation for this machine now".into(),
        );
    let snapshot_limit = limit_of(machine);
    if snapshot_limit.is_some_and(|limit| snapshot_count >= limit) {
        let count = digits(snapshot_count.into());
        let message = concat(&["The machine has ", &count, " snapshots, and no more are allowed"]);
        can_snapshot = refuse("snapshot_limit", message);
    }
    if specification.snapshot_memory == Some(true) && machine.power_state != PowerState::On {
        let state = machine.power_state.as_str();
        let message = concat(&["There is no memory to take: the machine's power state is ", state]);
        can_snapshot = refuse("no_memory", message);
    }
    MachineCheck { can_snapshot, can_revert, reasons, snapshot_limit, snapshot_count }
}

/// The reason that says nothing of snapshots.
pub(crate) const REVERT_UNSUPPORTED: &str = "revert_unsupported";

/// How many snapshots the service allows, if it says so.
pub(crate) fn limit_of(machine: &Machine) -> Option<u32> {
    let limit = machine.custom_properties.as_ref()?.snapshot_limit.as_deref()?;
    Some(number(limit.trim_ascii().as_bytes())?.min(u32::MAX.into()) as u32)
}

/// Whether the machine's links list `…/operations/{operation}`, or something below it.
fn supports(machine: &Machine, operation: &str) -> bool {
    let Some(Links { operations: Some(Link::Href(link)) }) = &machine.links else { return false };
    let hrefs = link.hrefs.iter().flatten().chain(&link.href);
    hrefs.into_iter().any(|href| {
        let segments = split(href, b'/');
        let operations = segments.iter().position(|segment| *segment == "operations");
        operations.is_some_and(|place| segments.get(place + 1) == Some(&operation))
    })
}

/// Reads a machine and its snapshots, both at once, and decides.
#[derive(Debug)]
pub struct Checking<V> {
    /// Of the machine, and of its snapshots.
    exchanges: [Exchange; 2],
    machine: Option<Machine>,
    snapshots: Option<u32>,
    specification: SnapshotSpecification,
    sends: SendId,
    result: Option<Result<MachineCheck, Error<V>>>,
}

impl<V: Value> Checking<V> {
    /// A check of this machine for a snapshot like this.
    pub fn new(machine: &Id, specification: SnapshotSpecification, policy: &Policy) -> Self {
        let calls = [Call::get_machine(machine), Call::list_snapshots(machine)];
        Self {
            exchanges: calls.map(|call| Exchange::new(call, policy)),
            machine: None,
            snapshots: None,
            specification,
            sends: 0,
            result: None,
        }
    }

    /// What it found, once it is done.
    pub fn result(&self) -> Option<&Result<MachineCheck, Error<V>>> {
        self.result.as_ref()
    }

    fn take(&mut self, place: usize, payload: &Payload<V>) -> Result<(), Unreadable> {
        if place == 0 {
            self.machine = Some(payload.decode()?);
        } else {
            self.snapshots = Some(payload.list()?.decode::<Vec<Snapshot>>()?.len() as u32);
        }
        if let (Some(machine), Some(count)) = (&self.machine, self.snapshots) {
            self.result = Some(Ok(check(machine, count, &self.specification)));
        }
        Ok(())
    }
}

impl<V: Value> StateMachine<V> for Checking<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        if self.result.is_some() {
            return Action::Done;
        }
        let mut waits = Waits::default();
        for exchange in &mut self.exchanges {
            let action = exchange.poll(now, may_send, &mut self.sends);
            if let Some(action) = action.and_then(|action| waits.add(action)) {
                return action;
            }
        }
        waits.action()
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        match event {
            Event::Outcome { id, outcome } if self.result.is_none() => {
                let is_open = |exchange: &Exchange| exchange.next() == Next::Open(id);
                let Some(place) = self.exchanges.iter().position(is_open) else { return };
                let Some(exchange) = self.exchanges.get_mut(place) else { return };
                match exchange.outcome(id, outcome, now, random) {
                    None => {}
                    Some(Err(failed)) => self.result = Some(Err(failed.error)),
                    Some(Ok(read)) if self.take(place, &read.payload).is_err() => {
                        self.result = Some(Err(read.unexpected()));
                    }
                    Some(Ok(_)) => {}
                }
            }
            Event::Nudge => self.exchanges.iter_mut().for_each(Exchange::nudge),
            Event::Abandoned => self.exchanges.iter_mut().for_each(Exchange::abandon),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn machine(power: &str, operations: &[&str], limit: Option<&str>) -> Machine {
        let path = |operation: &&str| format!("/iaas/api/machines/m/operations/{operation}");
        let hrefs: Vec<String> = operations.iter().map(path).collect();
        let mut body = json!({ "id": "m", "powerState": power, "_links": { "operations": { "hrefs": hrefs } } });
        if let Some(limit) = limit {
            body["customProperties"] = json!({ "snapshotLimit": limit });
        }
        body.decode().unwrap()
    }

    #[test]
    fn decides_from_links_limit_and_power_state() {
        // power state, operations, limit, how many there are, memory; snapshot?, revert?, reasons
        type Case = (
            &'static str,
            &'static [&'static str],
            Option<&'static str>,
            u32,
            bool,
            bool,
            bool,
            &'static [&'static str],
        );
        let cases: &[Case] = &[
            ("ON", &["snapshots", "revert"], None, 0, false, true, true, &[]),
            (
                "ON",
                &["power-off", "snapshots"],
                None,
                9,
                true,
                true,
                false,
                &["revert_unsupported"],
            ),
            (
                "ON",
                &["power-off"],
                None,
                0,
                false,
                false,
                false,
                &["snapshot_unsupported", "revert_unsupported"],
            ),
            (
                "ON",
                &["snapshotsX", "revert"],
                None,
                0,
                false,
                false,
                true,
                &["snapshot_unsupported"],
            ),
            ("ON", &["snapshots", "revert/s1"], Some("2"), 1, false, true, true, &[]),
            (
                "ON",
                &["snapshots", "revert"],
                Some(" 2 "),
                2,
                false,
                false,
                true,
                &["snapshot_limit"],
            ),
            ("ON", &["snapshots", "revert"], Some("0"), 0, false, false, true, &["snapshot_limit"]),
            ("ON", &["snapshots", "revert"], Some("many"), 7, false, true, true, &[]),
            ("OFF", &["snapshots", "revert"], None, 0, false, true, true, &[]),
            ("OFF", &["snapshots", "revert"], None, 0, true, false, true, &["no_memory"]),
            ("DREAMING", &["snapshots", "revert"], None, 0, true, false, true, &["no_memory"]),
        ];
        for (power, operations, limit, count, memory, snapshot, revert, reasons) in cases {
            let specification = SnapshotSpecification {
                snapshot_memory: memory.then_some(true),
                ..Default::default()
            };
            let found = check(&machine(power, operations, *limit), *count, &specification);
            let codes: Vec<&str> = found.reasons.iter().map(|reason| reason.code).collect();
            assert_eq!(
                (found.can_snapshot, found.can_revert, codes.as_slice()),
                (*snapshot, *revert, *reasons)
            );
            assert_eq!(found.snapshot_count, *count);
        }
        assert!(
            check(&machine("ON", &["snapshots"], Some("3")), 1, &SnapshotSpecification::default())
                .snapshot_limit
                == Some(3)
        );
        let bare: Machine =
            json!({ "id": "m", "powerState": "ON", "_links": { "operations": false } })
                .decode::<Machine>()
                .unwrap();
        assert!(!check(&bare, 0, &SnapshotSpecification::default()).can_snapshot);
    }
}
