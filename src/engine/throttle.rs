//! How fast a client may call: what the service tells one call, all calls of the client obey.
//!
//! - **A pause that the service asks for is obeyed.** A 429 or 503 with a `Retry-After` above 0 closes the throttle for
//!   that long, however rare such answers are: the service named the time, and knows why.
//! - **A refusal that names no pause is one sample.** The *share* of 429 and 503 among the last 50 to 100 answers decides.
//!   At one in ten or below, nothing happens: the call is repeated, if it may be, and no other call waits. Above one in ten,
//!   and with three refusals at least, the rate becomes the rate that was accepted less an eighth. Each second that is not
//!   above it raises the rate by an eighth, until it is so high that it limits nothing.
//! - **Refusals that an eighth of the rate does not make rarer are not due to the rate.** While no more than two calls in five are
//!   refused, the rate is not lowered below an eighth of what was accepted when it was limited first, or five calls a second.
//!
//! So a true limit shows itself by its share: at a rate a tenth above the limit one call in eleven is refused, and the rate
//! swings between seven eighths and a tenth above. A client that calls less than ten times a second is not limited.
//!
//! Why these rules: to probe upwards, and to decrease at once, finds a limit that nobody names (TCP); to decrease by the
//! measured share, and not by half for each loss, is what DCTCP does (RFC 8257); to tolerate a share of losses as noise and to
//! take the measured rate of what got through is what BBR does. The throttle of Google's SRE book (`accepts` × 2) rejects
//! calls at random and lets half of all calls be refused for good; here calls can wait. The adaptive mode of the AWS SDKs
//! lowers the rate to seven tenths at each single refusal: at one in a hundred that is the fault that these rules avoid.

use crate::engine::outcome::{Answer, Failure, Outcome};
use crate::engine::retry::retry_after;
use crate::util::clock::{Ms, Now};

/// Closed for as long as the service has asked for, then as fast as the service accepts; shared by all calls of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throttle {
    closed_until: Ms,
    /// The calls of this second and of the one before it: when it began, and how many.
    sent: [(Ms, u32); 2],
    sample: Sample,
    limit: Option<Limit>,
    /// When the rate was lowered last: an answer to a call that was sent until then says nothing about the rate since.
    lowered_at: Option<Ms>,
}

/// A limited rate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    rate: Rate,
    /// A higher rate is no limit.
    ceiling: Rate,
    /// The rate is not lowered below this, unless calls are often refused.
    floor: Rate,
    /// When the next call may go.
    slot: Ms,
    /// Until when the rate has been raised.
    raised_at: Ms,
}

/// The recent answers, in two parts, so that the older part can be dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sample {
    began: Ms,
    current: Answers,
    last: Answers,
}

/// How many answers came, and how many of them were refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Answers {
    all: u32,
    refused: u32,
}

/// Calls in a thousand seconds.
type Rate = u32;

/// One call a second.
const A_SECOND: Rate = 1_000;

const SECOND: Ms = 1_000;

/// The pause after a 429 that names none, where more than noise is refused and the rate is too low to be limited.
const UNNAMED_PAUSE: Ms = SECOND;

/// A part of the sample ends after so many answers, or so much time.
const PART: u32 = 50;
const PART_TIME: Ms = 10 * SECOND;

/// A share of one refusal in so many answers is noise.
const NOISE: u32 = 10;

/// Fewer refusals limit nothing, whatever their share: of one call in a hundred, three among thirty are rare. Once there is
/// a limit, the share alone decides: few calls a second would else be refused for many seconds.
const LEAST_REFUSALS: u32 = 3;

/// A client that calls less often than this is not what the service complains about: the pause that the service asks for, and
/// the call's own, are slow enough.
const SLOW: Rate = 10 * A_SECOND;

/// The floor of a limit is at least this at first: half the rate that is no reason to limit a client.
const LEAST_FLOOR: Rate = SLOW / 2;

/// No limit is lower, so that no client starves.
const LOWEST: Rate = A_SECOND;

/// No limit is given up below this: a client that was throttled at two calls a second is none that needs fifty.
const LEAST_CEILING: Rate = 50 * A_SECOND;

impl Throttle {
    /// When the next call may be sent, on the monotonic clock.
    pub fn opens_at(&self) -> Ms {
        self.limit.as_ref().map_or(0, |limit| limit.slot).max(self.closed_until)
    }

    /// Notes that an attempt is sent.
    pub fn sent(&mut self, now: Now) {
        self.raise(now.monotonic);
        let [current, last] = &mut self.sent;
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

    /// Notes how an attempt ended that was sent at `sent_at`.
    pub fn note<V>(&mut self, outcome: &Outcome<V>, sent_at: Ms, now: Now) {
        let (status, header) = match outcome {
            Outcome::Answer(Answer { status, retry_after, .. }) => {
                (*status, retry_after.as_deref())
            }
            // The status says enough, whatever became of the body.
            Outcome::Failure(Failure { status: Some(status), .. }) => (*status, None),
            // No answer is no sign of a refusal, and none of the opposite.
            Outcome::Failure(_) | Outcome::Unsent(_) => return,
        };
        let is_refused = matches!(status, 429 | 503);
        let asked = header.filter(|_| is_refused).and_then(|header| retry_after(header, now));
        self.close_for(asked.unwrap_or(0), now.monotonic);
        self.raise(now.monotonic);
        if self.lowered_at.is_some_and(|lowered_at| sent_at <= lowered_at) {
            return;
        }
        self.sample.add(is_refused, now.monotonic);
        if !(is_refused && self.sample.answers().are_more_than_noise()) {
            return;
        }
        self.lower(sent_at, now.monotonic);
        if status == 429 && asked.is_none() && self.limit.is_none() {
            self.close_for(UNNAMED_PAUSE, now.monotonic);
        }
    }

    fn close_for(&mut self, pause: Ms, now: Ms) {
        if pause > 0 {
            self.closed_until = self.closed_until.max(now.saturating_add(pause));
        }
    }

    fn lower(&mut self, sent_at: Ms, now: Ms) {
        let answers = self.sample.answers();
        let is_limited = self.limit.is_some();
        let before = self.limit.as_ref().map_or_else(|| self.measured(sent_at), |limit| limit.rate);
        if !is_limited && (answers.refused < LEAST_REFUSALS || before < SLOW) {
            return;
        }
        let floor = match &self.limit {
            Some(limit) if before > limit.floor => limit.floor,
            Some(_) if !answers.are_often_refused() => return,
            Some(_) => floor(before, answers),
            None => floor(before, answers).max(LEAST_FLOOR),
        };
        let rate = lowered(before, answers).max(floor);
        self.limit = Some(Limit {
            rate,
            ceiling: ceiling(before),
            floor,
            slot: now.saturating_add(pause(rate)),
            // What passes while nothing is sent is no sign of anything.
            raised_at: now.max(self.closed_until),
        });
        self.lowered_at = Some(now);
        self.sample = Sample::default();
    }

    /// The calls of the second in which this one was sent, or of a later one: a burst may be answered slowly.
    fn measured(&self, sent_at: Ms) -> Rate {
        let is_recent = |(began, _): &&(Ms, u32)| began.saturating_add(2 * SECOND) > sent_at;
        let most = self.sent.iter().filter(is_recent).map(|(_, count)| *count).max();
        most.unwrap_or(0).saturating_mul(A_SECOND)
    }

    /// Adds what the time since has earned. A second in which more than noise was refused earns nothing.
    fn raise(&mut self, now: Ms) {
        self.sample.age(now);
        let Some(limit) = &mut self.limit else { return };
        let seconds = now.saturating_sub(limit.raised_at) / SECOND;
        limit.raised_at = limit.raised_at.saturating_add(seconds * SECOND);
        if !self.sample.answers().are_more_than_noise() {
            limit.rate = raised(limit.rate, limit.ceiling, seconds);
        }
        if limit.rate > limit.ceiling {
            self.limit = None;
        }
    }
}

impl Sample {
    fn add(&mut self, is_refused: bool, now: Ms) {
        if self.current.all >= PART {
            self.next_part(now);
        }
        if self.current.all == 0 {
            self.began = now;
        }
        self.current.all += 1;
        self.current.refused += u32::from(is_refused);
    }

    /// Drops what is old.
    fn age(&mut self, now: Ms) {
        if now >= self.began.saturating_add(2 * PART_TIME) {
            *self = Self::default();
        } else if now >= self.began.saturating_add(PART_TIME) && self.current.all > 0 {
            self.next_part(now);
        }
    }

    fn next_part(&mut self, now: Ms) {
        self.last = std::mem::take(&mut self.current);
        self.began = now;
    }

    fn answers(&self) -> Answers {
        Answers {
            all: self.current.all + self.last.all,
            refused: self.current.refused + self.last.refused,
        }
    }
}

impl Answers {
    fn are_more_than_noise(self) -> bool {
        self.refused * NOISE > self.all
    }

    /// Of fewer answers than a part nothing is said.
    fn are_often_refused(self) -> bool {
        self.all >= PART && self.refused * 5 > self.all * 2
    }

    /// What was accepted of this rate.
    fn accepted(self, rate: Rate) -> Rate {
        let all = u64::from(self.all.max(1));
        let accepted = all - u64::from(self.refused).min(all);
        (u64::from(rate) * accepted / all) as Rate
    }
}

/// The rate after so many of the answers were refusals: what was accepted of the rate, less an eighth, so that a service at
/// its limit can recover; and no less than half, for a few answers are a small sample.
fn lowered(rate: Rate, answers: Answers) -> Rate {
    let accepted = answers.accepted(rate);
    (accepted - accepted / 8).max(rate / 2).max(LOWEST)
}

/// A lower rate is not tried while three calls in five are accepted.
fn floor(rate: Rate, answers: Answers) -> Rate {
    answers.accepted(rate) / 8
}

/// The rate that is as good as none: well above the one at which the service has refused last.
fn ceiling(rate: Rate) -> Rate {
    rate.saturating_mul(4).max(LEAST_CEILING)
}

/// The rate after so many seconds without a complaint: an eighth more for each, until it is above the ceiling.
fn raised(mut rate: Rate, ceiling: Rate, seconds: Ms) -> Rate {
    for _ in 0..seconds {
        if rate > ceiling {
            break;
        }
        rate = rate.saturating_add(rate / 8);
    }
    rate
}

/// The pause from one call to the next: never shorter than the rate says.
fn pause(rate: Rate) -> Ms {
    (SECOND * u64::from(A_SECOND)).div_ceil(rate.max(LOWEST).into())
}

#[cfg(test)]
mod tests;
