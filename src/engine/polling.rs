//! How often a tracker is polled, and how far a request is: pure functions of the policy, of what
//! has been seen, and of the time.

use crate::engine::retry::Retry;
use crate::util::clock::Ms;

/// The pace of tracker polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// The pause before the first poll, and near the end.
    pub initial_delay: Ms,
    /// No pause is longer.
    pub max_delay: Ms,
}

impl Default for Polling {
    fn default() -> Self {
        Self { initial_delay: 1_000, max_delay: 15_000 }
    }
}

/// Failed polls in a row after which a wait gives up, its state kept. With the default policy that
/// is about ten minutes without any answer; counted rather than timed, because a laptop's sleep is
/// no outage.
pub(crate) const MAX_FAILED_POLLS: u32 = 30;

impl Polling {
    /// The pause before the poll after `polls`: soon at first, half as long again each time, and
    /// never more than half of what is left when the end is in sight. A fifth of it is jitter.
    pub fn delay(&self, polls: u32, eta: Option<Ms>, random: u32) -> Ms {
        let ceiling = self.max_delay.max(self.initial_delay);
        let grown = grown(self.initial_delay, polls, ceiling);
        let delay = match eta {
            Some(left) => grown.min((left / 2).max(self.initial_delay)),
            None => grown,
        };
        delay - crate::engine::retry::scale(delay / 5, random)
    }

    /// The pause after `failed` polls in a row that failed: a whole call with its own retries has
    /// failed each time, so the next is further away.
    pub fn after_failures(&self, retry: &Retry, failed: u32, random: u32) -> Ms {
        let delay =
            crate::engine::retry::doubled(self.initial_delay.max(retry.initial_delay), failed);
        let delay = delay.min(self.max_delay.max(retry.max_delay));
        delay - crate::engine::retry::scale(delay / 5, random)
    }
}

/// `delay` × 1.5^`times`, up to `ceiling`.
fn grown(delay: Ms, times: u32, ceiling: Ms) -> Ms {
    let mut grown = delay;
    for _ in 0..times.min(64) {
        if grown >= ceiling {
            return ceiling;
        }
        grown += grown / 2;
    }
    grown.min(ceiling)
}

/// How far a request is, as far as it can be told: never falling, 100 only at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    percent: Option<u8>,
    first: Option<(Ms, u8)>,
    last: Option<(Ms, u8)>,
}

impl Progress {
    /// Takes it up at what a state has kept.
    pub fn resumed(percent: Option<u8>) -> Self {
        Self { percent, first: None, last: None }
    }

    /// Notes what the service reports of a request still running: anything.
    pub fn report(&mut self, reported: f64, now: Ms) {
        // A cast of a float saturates and makes 0 of what is no number.
        let percent = (reported as u8).min(99).max(self.percent.unwrap_or(0));
        self.percent = Some(percent);
        if self.last.is_none_or(|(_, last)| percent > last) {
            self.first = self.first.or(Some((now, percent)));
            self.last = Some((now, percent));
        }
    }

    /// Notes that it is done.
    pub fn finish(&mut self) {
        *self = Self::resumed(Some(100));
    }

    /// 0 to 100, once anything was reported.
    pub fn percent(&self) -> Option<u8> {
        self.percent
    }

    /// The time left, if it goes on as it went: known once it has moved.
    pub fn eta(&self, now: Ms) -> Option<Ms> {
        let ((start, from), (end, to)) = (self.first?, self.last?);
        if to <= from {
            return None;
        }
        let left = (end - start).saturating_mul(u64::from(100 - to)) / u64::from(to - from);
        Some(left.saturating_sub(now.saturating_sub(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_soon_then_slower_then_faster_near_the_end() {
        let polling = Polling::default();
        let cases: &[(u32, Option<Ms>, Ms)] = &[
            (0, None, 1000),
            (1, None, 1500),
            (2, None, 2250),
            (5, None, 7593),
            (9, None, 15_000),
            (u32::MAX, None, 15_000),
            (9, Some(60_000), 15_000),
            (9, Some(20_000), 10_000),
            (9, Some(3000), 1500),
            (9, Some(0), 1000),
            (0, Some(60_000), 1000),
        ];
        for (polls, eta, expected) in cases {
            assert_eq!(polling.delay(*polls, *eta, 0), *expected, "{polls} {eta:?}");
            let shortest = polling.delay(*polls, *eta, u32::MAX);
            assert_eq!(shortest, expected - expected / 5, "{polls} {eta:?}");
        }
        let hurried = Polling { initial_delay: 0, max_delay: 0 };
        assert_eq!(hurried.delay(40, None, 1), 0);
        let still = Polling { initial_delay: Ms::MAX, max_delay: 0 };
        assert_eq!(still.delay(40, Some(1), 0), Ms::MAX);
    }

    #[test]
    fn failed_polls_move_apart() {
        let (polling, retry) = (Polling::default(), Retry::default());
        let delays: Vec<Ms> = (1..=6).map(|n| polling.after_failures(&retry, n, 0)).collect();
        assert_eq!(delays, [2000, 4000, 8000, 16_000, 20_000, 20_000]);
        assert_eq!(polling.after_failures(&retry, 1, u32::MAX), 1600);
    }

    #[test]
    fn progress_never_falls_and_stays_in_bounds() {
        let mut progress = Progress::default();
        assert_eq!(progress.percent(), None);
        let reports = [
            (-5.0, 0),
            (12.9, 12),
            (7.0, 12),
            (f64::NAN, 12),
            (250.0, 99),
            (1e300, 99),
            (100.0, 99),
        ];
        for (reported, expected) in reports {
            progress.report(reported, 0);
            assert_eq!(progress.percent(), Some(expected), "{reported}");
        }
        progress.finish();
        assert_eq!(progress.percent(), Some(100));
    }

    #[test]
    fn estimates_the_time_left_from_the_progress_made() {
        let mut progress = Progress::default();
        progress.report(10.0, 1000);
        assert_eq!(progress.eta(1000), None, "one report is no speed");
        progress.report(30.0, 3000);
        assert_eq!(progress.eta(3000), Some(7000));
        assert_eq!(progress.eta(5000), Some(5000), "time passes");
        assert_eq!(progress.eta(60_000), Some(0), "and it is never less than nothing");
        progress.report(30.0, 4000);
        assert_eq!(progress.eta(4000), Some(6000), "the same report again tells nothing new");
    }
}
