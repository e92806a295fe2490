//! The faults that are in force.

use std::mem;

use super::{Fault, Target, presets};
use crate::estate::Estate;

/// All that are not used up.
#[derive(Default)]
pub(crate) struct Faults(Vec<Active>);

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
        self.0.extend(faults.into_iter().map(|fault| Active { fault, seen: 0 }));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What hits a call, all in one. Every fault that the call is meant for counts it, whether another hits or not.
    pub(crate) fn hit(&mut self, is_meant: impl Fn(&Target) -> bool) -> Fault {
        let mut all = Fault::default();
        self.0.retain_mut(|active| {
            if !is_meant(&active.fault.on) {
                return true;
            }
            if active.counts() {
                all = mem::take(&mut all).and(active.fault.clone());
            }
            !active.is_used_up()
        });
        all
    }
}
