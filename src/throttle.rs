//! How fast a client may call: what one call is told, all obey.
//!
//! Nothing is limited until the service asks for patience. A 429 or a 503 halves the rate of a client that is not slow, once for all calls that
//! were under way by then; each second without another one adds to it, until it is so high that it limits nothing.

use crate::retry::retry_after;
use crate::{Answer, Failure, Ms, Now, Outcome};

/// Closed for as long as the service has asked for, then as fast as it bears; shared by all calls of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throttle {
    closed_until: Ms,
    /// The calls of this second and of the one before it: when it began, and how many.
    recent: [(Ms, u32); 2],
    limit: Option<Limit>,
}

/// Calls a second, while they are limited.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    rate: u32,
    /// What a second adds.
    step: u32,
    /// A higher rate is none.
    ceiling: u32,
    /// When the next call may go.
    slot: Ms,
    /// A call sent until then says nothing of this rate.
    lowered_at: Ms,
    /// Until when it has been raised.
    raised_at: Ms,
}

/// The pause after a 429 that does not say how long.
const UNTOLD: Ms = 1_000;

const SECOND: Ms = 1_000;

/// A client that calls no more often than this is not what the service complains of: the pause that it asks for, and the
/// call's own, are slow enough.
const SLOW: u32 = 10;

/// No limit is lower, so that no client starves.
const LOWEST: u32 = 1;

/// No limit is given up below this: a client that was throttled at two calls a second is none that needs fifty.
const LEAST_CEILING: u32 = 50;

impl Throttle {
    /// When the next call may be sent, on the monotonic clock.
    pub fn opens_at(&self) -> Ms {
        self.limit.as_ref().map_or(0, |limit| limit.slot).max(self.closed_until)
    }

    /// Notes that an attempt is sent.
    pub fn sent(&mut self, now: Now) {
        self.raise(now.monotonic);
        let [current, last] = &mut self.recent;
        if now.monotonic < current.0.saturating_add(SECOND) {
            current.1 = current.1.saturating_add(1);
        } else {
            *last = std::mem::replace(current, (now.monotonic, 1));
        }
        if let Some(limit) = &mut self.limit {
            // Timers are late: up to one call is made up for.
            let pause = pause(limit.rate);
            let slot = limit.slot.max(now.monotonic.saturating_sub(pause));
            limit.slot = slot.saturating_add(pause);
        }
    }

    /// Notes how an attempt ended that was sent at `sent_at`. A 503 without `Retry-After` closes nothing: it may be
    /// one call's bad luck.
    pub fn note<V>(&mut self, outcome: &Outcome<V>, sent_at: Ms, now: Now) {
        let (status, header) = match outcome {
            Outcome::Answer(Answer { status, retry_after, .. }) => {
                (*status, retry_after.as_deref())
            }
            // The status says enough, whatever became of the body.
            Outcome::Failure(Failure { status: Some(status), .. }) => (*status, None),
            _ => return,
        };
        if !matches!(status, 429 | 503) {
            return;
        }
        let untold = (status == 429).then_some(UNTOLD);
        if let Some(pause) = header.and_then(|header| retry_after(header, now)).or(untold) {
            self.closed_until = self.closed_until.max(now.monotonic.saturating_add(pause));
        }
        self.lower(sent_at, now.monotonic);
    }

    fn lower(&mut self, sent_at: Ms, now: Ms) {
        self.raise(now);
        if self.limit.as_ref().is_some_and(|limit| sent_at <= limit.lowered_at) {
            return;
        }
        let before = self.limit.as_ref().map_or_else(|| self.measured(sent_at), |limit| limit.rate);
        if self.limit.is_none() && before < SLOW {
            return;
        }
        let rate = lowered(before);
        self.limit = Some(Limit {
            rate,
            step: step(before),
            ceiling: ceiling(before),
            slot: now.saturating_add(pause(rate)),
            lowered_at: now,
            // What passes while nothing is sent is no sign of anything.
            raised_at: now.max(self.closed_until),
        });
    }

    /// The calls of the second in which this one was sent, or of a later one: a burst may be answered slowly.
    fn measured(&self, sent_at: Ms) -> u32 {
        let mut most = 0;
        for (began, count) in self.recent {
            if began.saturating_add(2 * SECOND) > sent_at {
                most = count.max(most);
            }
        }
        most
    }

    /// Adds what the time since has earned.
    fn raise(&mut self, now: Ms) {
        let Some(limit) = &mut self.limit else { return };
        let seconds = now.saturating_sub(limit.raised_at) / SECOND;
        limit.raised_at = limit.raised_at.saturating_add(seconds * SECOND);
        limit.rate = raised(limit.rate, limit.step, seconds);
        if limit.rate > limit.ceiling {
            self.limit = None;
        }
    }
}

/// The rate after the service has said that this one is too high.
fn lowered(rate: u32) -> u32 {
    (rate / 2).max(LOWEST)
}

/// What a second adds: an eighth of the rate that was too high. So it takes four seconds to be back there, whatever
/// the rate: about one call in two hundred is refused, and three quarters of what the service bears are used. Below
/// ten calls a second the steps are coarse, and more is refused.
fn step(rate: u32) -> u32 {
    (rate / 8).max(1)
}

/// The rate that is as good as none: well above the one at which the service has asked for patience last.
fn ceiling(rate: u32) -> u32 {
    rate.saturating_mul(4).max(LEAST_CEILING)
}

/// The rate after so many seconds without a complaint.
fn raised(rate: u32, step: u32, seconds: Ms) -> u32 {
    rate.saturating_add(step.saturating_mul(seconds.min(u32::MAX.into()) as u32))
}

/// The pause from one call to the next: never shorter than the rate says.
fn pause(rate: u32) -> Ms {
    SECOND.div_ceil(rate.max(LOWEST).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FailureKind, Payload};

    fn at(monotonic: Ms) -> Now {
        Now { monotonic, wall: 0 }
    }

    fn answer(status: u16, retry_after: Option<&str>) -> Outcome<()> {
        let retry_after = retry_after.map(str::to_owned);
        Outcome::Answer(Answer { status, payload: Payload::Empty, retry_after })
    }

    #[test]
    fn closes_for_as_long_as_it_is_told() {
        let cases: &[(u16, Option<&str>, Ms)] = &[
            (200, Some("5"), 0),
            (429, Some("5"), 15_000),
            (429, Some("0"), 10_000),
            (429, Some("soon"), 11_000),
            (429, None, 11_000),
            (429, Some("86400"), 310_000),
            (503, Some("5"), 15_000),
            (503, None, 0),
            (500, Some("5"), 0),
        ];
        for (status, header, opens_at) in cases {
            let mut throttle = Throttle::default();
            throttle.note(&answer(*status, *header), 9_000, at(10_000));
            assert_eq!(throttle.opens_at(), *opens_at, "{status} {header:?}");
            assert_eq!(throttle.limit, None, "a few calls are slow enough: {status} {header:?}");
        }
    }

    #[test]
    fn never_opens_sooner_for_being_told_again() {
        let mut throttle = Throttle { closed_until: 60_000, ..Throttle::default() };
        throttle.note(&answer(429, Some("1")), 9_000, at(10_000));
        assert_eq!(throttle.opens_at(), 60_000);
    }

    #[test]
    fn the_rules_of_the_rate() {
        // rate, lowered, step, ceiling, pause
        let cases: &[(u32, u32, u32, u32, Ms)] = &[
            (0, 1, 1, 50, 1000),
            (1, 1, 1, 50, 1000),
            (3, 1, 1, 50, 334),
            (7, 3, 1, 50, 143),
            (16, 8, 2, 64, 63),
            (100, 50, 12, 400, 10),
            (2000, 1000, 250, 8000, 1),
            (u32::MAX, u32::MAX / 2, u32::MAX / 8, u32::MAX, 1),
        ];
        for case @ (rate, ..) in cases {
            let found = (*rate, lowered(*rate), step(*rate), ceiling(*rate), pause(*rate));
            assert_eq!(found, *case);
        }
        let grown: &[(u32, u32, Ms, u32)] =
            &[(5, 2, 0, 5), (5, 2, 3, 11), (5, 2, Ms::MAX, u32::MAX), (u32::MAX, 9, 9, u32::MAX)];
        for (rate, step, seconds, expected) in grown {
            assert_eq!(raised(*rate, *step, *seconds), *expected);
        }
    }

    /// A throttle after so many calls at this time.
    fn after_calls(calls: u32, time: Ms) -> Throttle {
        let mut throttle = Throttle::default();
        for _ in 0..calls {
            throttle.sent(at(time));
        }
        throttle
    }

    fn rate(throttle: &Throttle) -> Option<u32> {
        throttle.limit.as_ref().map(|limit| limit.rate)
    }

    #[test]
    fn halves_the_measured_rate_once_for_all_that_was_under_way() {
        let mut throttle = after_calls(40, 10_000);
        assert_eq!(
            (rate(&throttle), throttle.opens_at()),
            (None, 0),
            "nothing is limited at first"
        );
        for late in 0..40 {
            throttle.note(&answer(503, None), 10_000, at(10_100 + late));
        }
        assert_eq!((rate(&throttle), throttle.opens_at()), (Some(20), 10_150));
        throttle.sent(at(10_150));
        throttle.note(&answer(200, None), 10_150, at(10_190));
        assert_eq!(rate(&throttle), Some(20));
        throttle.note(&answer(503, None), 10_150, at(10_200));
        assert_eq!(
            (rate(&throttle), throttle.opens_at()),
            (Some(10), 10_300),
            "one that was sent later"
        );
    }

    #[test]
    fn a_burst_answered_slowly_is_measured_and_one_long_ago_is_not() {
        let mut slow = after_calls(40, 10_000);
        slow.note(&answer(503, None), 10_000, at(25_000));
        assert_eq!(rate(&slow), Some(20));
        let mut old = after_calls(40, 10_000);
        old.sent(at(90_000));
        old.note(&answer(503, None), 90_000, at(90_100));
        assert_eq!(rate(&old), None);
    }

    #[test]
    fn a_slow_client_is_not_slowed_down_further() {
        for (calls, expected) in [(1, None), (9, None), (10, Some(5))] {
            let mut throttle = after_calls(calls, 10_000);
            throttle.note(&answer(503, None), 10_000, at(10_100));
            assert_eq!(rate(&throttle), expected, "{calls}");
        }
    }

    #[test]
    fn a_status_without_its_body_slows_down_too() {
        let cases = [(Some(429), true), (Some(503), true), (Some(500), false), (None, false)];
        for (status, limited) in cases {
            let mut throttle = after_calls(20, 10_000);
            let failure = Failure {
                kind: FailureKind::Cut,
                status,
                cause: None::<()>,
                detail: String::new(),
            };
            throttle.note(&Outcome::Failure(failure), 10_000, at(10_100));
            assert_eq!(rate(&throttle).is_some(), limited, "{status:?}");
        }
    }

    #[test]
    fn calls_are_spaced_and_a_late_one_is_made_up_for() {
        let mut throttle = after_calls(20, 10_000);
        throttle.note(&answer(503, None), 10_000, at(10_100));
        assert_eq!(throttle.opens_at(), 10_200);
        throttle.sent(at(10_230));
        assert_eq!(throttle.opens_at(), 10_300, "the timer was late");
        throttle.sent(at(10_900));
        assert_eq!(throttle.opens_at(), 10_900, "one call of the six that were not made");
        throttle.sent(at(10_900));
        assert_eq!(throttle.opens_at(), 11_000);
    }

    #[test]
    fn grows_by_the_second_but_not_while_it_is_closed() {
        let mut throttle = after_calls(80, 10_000);
        throttle.note(&answer(429, Some("60")), 10_000, at(10_100));
        assert_eq!((rate(&throttle), throttle.opens_at()), (Some(40), 70_100));
        for (time, expected) in [(70_100, 40), (71_099, 40), (71_100, 50), (74_500, 80)] {
            throttle.sent(at(time));
            assert_eq!(rate(&throttle), Some(expected), "{time}");
        }
        throttle.sent(at(98_100));
        assert_eq!(rate(&throttle), Some(320), "four times the rate at first");
        throttle.sent(at(99_100));
        assert_eq!((rate(&throttle), throttle.opens_at()), (None, 70_100), "and that is no limit");
    }

    /// A service that bears so many calls a second, a few of them at once, and a client that always has another one:
    /// how many were answered, how many refused.
    fn drive(throttle: &mut Throttle, bears: u64, refusal: u16, from: Ms, to: Ms) -> (u64, u64) {
        const LATENCY: Ms = 80;
        let (mut answered, mut refused) = (0, 0);
        // In thousandths of a call.
        let most = 1000 * (1 + bears / 10);
        let mut left = most;
        let mut under_way = std::collections::VecDeque::new();
        for time in from..to {
            left = (left + bears).min(most);
            while under_way.front().is_some_and(|(sent_at, _)| sent_at + LATENCY <= time)
                && let Some((sent_at, status)) = under_way.pop_front()
            {
                throttle.note(&answer(status, None), sent_at, at(time));
            }
            while throttle.opens_at() <= time && under_way.len() < 200 {
                throttle.sent(at(time));
                if left >= 1000 {
                    left -= 1000;
                    answered += 1;
                    under_way.push_back((time, 200));
                } else {
                    refused += 1;
                    under_way.push_back((time, refusal));
                }
            }
        }
        (answered, refused)
    }

    #[test]
    fn comes_near_to_what_the_service_bears_and_recovers_with_it() {
        // What it bears, and in a hundred: the least that are answered of that, the most that are refused of those sent.
        let cases = [(1, 55, 55), (5, 45, 15), (40, 60, 3), (200, 60, 3)];
        for (bears, least, most) in cases {
            for refusal in [429, 503] {
                let mut throttle = Throttle::default();
                drive(&mut throttle, bears, refusal, 1_000_000, 1_020_000);
                let (answered, refused) =
                    drive(&mut throttle, bears, refusal, 1_020_000, 1_080_000);
                let what = format!("{bears}/s, {refusal}: {answered} answered, {refused} refused");
                assert!(answered * 100 >= bears * 60 * least, "{what}");
                assert!(refused * 100 <= (answered + refused) * most, "{what}");
                // The service is as good as new: a minute later nothing is limited.
                drive(&mut throttle, 1_000_000, refusal, 1_080_000, 1_140_000);
                assert_eq!(rate(&throttle), None, "{what}");
            }
        }
    }
}
