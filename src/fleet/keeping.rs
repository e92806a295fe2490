//! How a fleet is kept safe: many changes at once, and nothing is sent that is not.

use super::Fleet;
use crate::engine::contract::Event;
use crate::util::clock::{Ms, Now};
use crate::util::value::Value;

/// How the state is kept safe.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// The slots whose requests wait for it ...
    pub(super) asking: Vec<u32>,
    /// ... and those that the open question is for.
    pub(super) asked: Vec<u32>,
    pub(super) is_open: bool,
    /// What is safe, and what the open question is about.
    pub(super) kept: u32,
    pub(super) upto: u32,
    /// When to keep changes that nothing waits for.
    due: Option<Ms>,
}

/// Changes that no request waits for are kept this much later at the most, many at once.
const KEEP_WITHIN: Ms = 2_000;

impl<V: Value> Fleet<V> {
    /// Whether the state is to be kept now; or when.
    pub(super) fn keeps(&mut self, now: Now, is_over: bool) -> Result<(), Option<Ms>> {
        let keeping = &mut self.keeping;
        if keeping.is_open {
            return Err(None);
        }
        if keeping.asking.is_empty() {
            if self.ledger.revision == keeping.kept {
                return Err(None);
            }
            let due = *keeping.due.get_or_insert(now.monotonic.saturating_add(KEEP_WITHIN));
            if due > now.monotonic && !is_over {
                return Err(Some(due));
            }
        }
        keeping.is_open = true;
        keeping.due = None;
        keeping.upto = self.ledger.revision;
        keeping.asked = std::mem::take(&mut keeping.asking);
        Ok(())
    }

    pub(super) fn note_kept(&mut self, is_safe: bool, now: Now, random: u32) {
        if !std::mem::take(&mut self.keeping.is_open) {
            return;
        }
        if is_safe {
            self.keeping.kept = self.keeping.upto;
        } else {
            self.rests = true;
        }
        for slot in std::mem::take(&mut self.keeping.asked) {
            let event = if is_safe { Event::Persisted } else { Event::NotPersisted };
            self.tell(slot, event, now, random);
        }
        if !is_safe {
            self.recall(false);
        }
    }
}
