//! What has changed, and the sums: kept as it changes, so that neither a reader nor a store looks at every machine.

use super::entry::{Entry, MachineStatus, NONE};

/// The account of a fleet's machines.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Counts the changes.
    pub(super) revision: u32,
    /// The machine that changed last; each knows the one that changed before it.
    newest: u32,
    counts: [u32; 7],
    /// The percentages of all together; those that are over count 100.
    pub(super) percents: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { revision: 0, newest: NONE, counts: [0; 7], percents: 0 }
    }
}

impl Ledger {
    pub(super) fn count(&self, status: MachineStatus) -> u32 {
        self.counts.get(status as usize).copied().unwrap_or(0)
    }

    /// A machine that is not in the account yet.
    pub(super) fn add<V>(&mut self, entries: &mut [Entry<V>], place: u32) {
        let Some(entry) = entries.get(place as usize) else { return };
        self.percents += u64::from(entry.percent);
        let status = entry.status as usize;
        self.counts.iter_mut().skip(status).take(1).for_each(|count| *count += 1);
        self.touch(entries, place, true);
    }

    /// What a machine has come to. `moves`: a state must know even if its status is the same.
    pub(super) fn note<V>(
        &mut self,
        entries: &mut [Entry<V>],
        place: u32,
        status: MachineStatus,
        percent: u8,
        moves: bool,
    ) {
        let Some(entry) = entries.get_mut(place as usize) else { return };
        let (was, had) = (entry.status, entry.percent);
        entry.status = status;
        entry.percent = if status.is_over() { 100 } else { percent };
        self.percents = self.percents + u64::from(entry.percent) - u64::from(had);
        for (number, count) in self.counts.iter_mut().enumerate() {
            *count += u32::from(number == status as usize);
            *count -= u32::from(number == was as usize);
        }
        self.touch(entries, place, moves || was != status);
    }

    /// Notes that a machine has changed.
    fn touch<V>(&mut self, entries: &mut [Entry<V>], place: u32, moves: bool) {
        self.revision += 1;
        let Some(entry) = entries.get_mut(place as usize) else { return };
        entry.changed = self.revision;
        if moves {
            entry.moved = self.revision;
        }
        if self.newest == place {
            return;
        }
        let (older, newer) = (entry.older, entry.newer);
        entry.older = self.newest;
        entry.newer = NONE;
        if let Some(newer) = entries.get_mut(newer as usize) {
            newer.older = older;
        }
        if let Some(older) = entries.get_mut(older as usize) {
            older.newer = newer;
        }
        if let Some(newest) = entries.get_mut(self.newest as usize) {
            newest.newer = place;
        }
        self.newest = place;
    }

    /// Those that have changed since, the latest first.
    pub(super) fn since<'a, V>(&self, entries: &'a [Entry<V>], revision: u32) -> Since<'a, V> {
        Since { entries, next: self.newest, revision }
    }
}

/// The machines that have changed, the latest first.
pub(super) struct Since<'a, V> {
    entries: &'a [Entry<V>],
    next: u32,
    revision: u32,
}

impl<'a, V> Iterator for Since<'a, V> {
    type Item = (u32, &'a Entry<V>);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.get(self.next as usize)?;
        if entry.changed <= self.revision {
            return None;
        }
        let place = std::mem::replace(&mut self.next, entry.older);
        Some((place, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::call::Id;
    use proptest::prelude::*;

    fn entries(count: usize) -> Vec<Entry<serde_json::Value>> {
        (0..count).map(|_| Entry::new(Id::new("id", "m").unwrap())).collect()
    }

    proptest! {
        #[test]
        fn tells_exactly_what_has_changed_and_the_right_sums(
            steps in prop::collection::vec((0u32..6, 0usize..7, 0u8..=100), 0..60),
            since in 0usize..70,
        ) {
            let mut entries = entries(6);
            let mut ledger = Ledger::default();
            for place in 0..6 {
                ledger.add(&mut entries, place);
            }
            let mut log = (0..6u32).collect::<Vec<_>>();
            for (place, status, percent) in steps {
                ledger.note(&mut entries, place, MachineStatus::ALL[status], percent, false);
                log.push(place);
                let sum: u64 = entries.iter().map(|entry| u64::from(entry.percent)).sum();
                prop_assert_eq!(ledger.percents, sum);
                for status in MachineStatus::ALL {
                    let count = entries.iter().filter(|entry| entry.status == status).count();
                    prop_assert_eq!(ledger.count(status) as usize, count);
                }
            }
            let mut expected = Vec::new();
            for place in log.iter().skip(since).rev() {
                if !expected.contains(place) {
                    expected.push(*place);
                }
            }
            let told: Vec<u32> =
                ledger.since(&entries, since as u32).map(|(place, _)| place).collect();
            prop_assert_eq!(told, expected);
        }
    }

    #[test]
    fn what_a_state_need_not_know_does_not_move_it() {
        let mut entries = entries(1);
        let mut ledger = Ledger::default();
        ledger.add(&mut entries, 0);
        ledger.note(&mut entries, 0, MachineStatus::Queued, 7, false);
        assert_eq!((entries[0].changed, entries[0].moved), (2, 1));
        ledger.note(&mut entries, 0, MachineStatus::Submitting, 7, false);
        assert_eq!((entries[0].changed, entries[0].moved), (3, 3));
        ledger.note(&mut entries, 0, MachineStatus::Submitting, 7, true);
        assert_eq!((entries[0].changed, entries[0].moved), (4, 4));
    }
}
