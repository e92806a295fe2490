//! The faults that are in force.

use std::collections::{BTreeMap, HashMap};
use std::mem;

use super::target::{Seen, Target};
use super::{Fault, presets};
use crate::inventory::Estate;

/// All that are not used up.
#[derive(Default)]
pub(crate) struct Faults {
    /// By their numbers: the one that came first counts.
    all: BTreeMap<u64, Active>,
    injected: u64,
    /// The numbers of those that are for one machine, by its id or name as they have it. Each of thousands of machines
    /// may have one, and a call is about one machine.
    of_machines: HashMap<String, Vec<u64>>,
    /// The numbers of all others.
    others: Vec<u64>,
}

struct Active {
    fault: Fault,
    /// How many calls it was meant for.
    seen: u64,
}

impl Active {
    /// Counts a call, and tells whether it is hit.
    fn counts(&mut self) -> bool {
        self.seen += 1;
        self.seen >= u64::from(self.fault.nth)
    }

    fn is_used_up(&self) -> bool {
        let Fault { nth, times, .. } = self.fault;
        times != 0 && self.seen + 1 >= u64::from(nth) + u64::from(times)
    }
}

impl Faults {
    /// Those that are asked for, and those of machines by their names.
    pub(crate) fn new(asked: Vec<Fault>, estate: &Estate) -> Self {
        let mut faults = Self::default();
        faults.inject(asked);
        for machine in estate.machines() {
            let preset = presets::of(&machine.name).into_iter();
            faults.inject(preset.flat_map(|preset| preset.faults(&machine.id)));
        }
        faults
    }

    pub(crate) fn inject(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            let number = self.injected;
            self.injected += 1;
            match one_machine(&fault.on) {
                Some(machine) => {
                    self.of_machines.entry(machine.to_owned()).or_default().push(number);
                }
                None => self.others.push(number),
            }
            self.all.insert(number, Active { fault, seen: 0 });
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What hits a call, all in one. Every fault that the call is meant for counts it, whether another hits or not.
    pub(crate) fn hit(&mut self, call: &Seen<'_>) -> Fault {
        let mut all = Fault::default();
        for number in self.candidates(call) {
            let Some(active) = self.all.get_mut(&number) else { continue };
            if !active.fault.on.is(call) {
                continue;
            }
            if active.counts() {
                all = mem::take(&mut all).and(active.fault.clone());
            }
            if active.is_used_up() {
                self.forget(number);
            }
        }
        all
    }

    /// The numbers of those that may be meant for a call, the first one first.
    fn candidates(&self, call: &Seen<'_>) -> Vec<u64> {
        let named = [call.machine_id, call.machine_name].into_iter().flatten();
        let of_machine = named.filter_map(|machine| self.of_machines.get(machine)).flatten();
        let mut numbers: Vec<u64> = self.others.iter().chain(of_machine).copied().collect();
        numbers.sort_unstable();
        // A machine's name may be its id.
        numbers.dedup();
        numbers
    }

    fn forget(&mut self, number: u64) {
        let Some(Active { fault, .. }) = self.all.remove(&number) else { return };
        let Some(machine) = one_machine(&fault.on) else {
            return self.others.retain(|other| *other != number);
        };
        let Some(numbers) = self.of_machines.get_mut(machine) else { return };
        numbers.retain(|other| *other != number);
        if numbers.is_empty() {
            self.of_machines.remove(machine);
        }
    }
}

/// The one machine that a fault is for, if it is for one.
fn one_machine(on: &Target) -> Option<&str> {
    on.machine.as_deref().filter(|machine| !machine.ends_with('*'))
}
