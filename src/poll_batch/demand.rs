//! When lists come, and how many polls are to be expected until the next one.

use crate::engine::policy::Policy;
use crate::util::clock::Ms;

/// Lists are no further apart, however rare the polls are: the first one that is kept waits for nothing else.
const LONGEST_SPACING: Ms = 30_000;

/// How far lists are apart at least.
pub(crate) fn spacing(policy: &Policy) -> Ms {
    policy.polling.initial_delay.saturating_mul(2).min(LONGEST_SPACING)
}

/// The offers lately, by windows as long as lists are apart.
#[derive(Debug, Default)]
pub(super) struct Demand {
    began: Ms,
    count: u32,
    last: u32,
    /// How many were kept for the last list.
    kept: u32,
}

impl Demand {
    /// Counts an offer: how many are to be expected. Those answered together come together again, after any time; if
    /// they do not, one is kept in vain, once.
    pub(super) fn count(&mut self, window: Ms, now: Ms) -> u32 {
        let window = window.max(1);
        if now >= self.began.saturating_add(window) {
            let is_next = now < self.began.saturating_add(window.saturating_mul(2));
            self.last = if is_next { self.count } else { 0 };
            (self.began, self.count) = (now, 0);
        }
        self.count = self.count.saturating_add(1);
        self.count.max(self.last).max(self.kept)
    }

    /// So many were kept for a list.
    pub(super) fn note(&mut self, kept: u32) {
        self.kept = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expects_what_came_lately_or_together() {
        let mut demand = Demand::default();
        // When an offer comes, and what is expected then.
        let cases =
            [(0, 1), (0, 2), (999, 3), (1_000, 3), (1_500, 3), (2_000, 2), (9_000, 1), (9_001, 2)];
        for (now, expected) in cases {
            assert_eq!(demand.count(1_000, now), expected, "{now}");
        }
        demand.note(40);
        assert_eq!(demand.count(1_000, 90_000), 40);
        demand.note(0);
        assert_eq!(demand.count(0, 90_000), 2);
        assert_eq!(demand.count(0, 90_001), 2);
        assert_eq!(demand.count(0, 90_003), 1);
    }
}
