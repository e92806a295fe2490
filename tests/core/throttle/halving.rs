//! The rule that the throttle had before, to compare with: each refusal halves the rate.

use serde_json::Value as Json;
use vra_snapshots::{Answer, Ms, Now, Outcome};

use super::world::Rule;

/// At each 429 or 503 half the rate, once for all calls under way; an eighth of the rate more for each second without one.
#[derive(Default)]
pub(super) struct Halving {
    closed_until: Ms,
    recent: [(Ms, u32); 2],
    limit: Option<Limit>,
}

struct Limit {
    rate: u32,
    step: u32,
    ceiling: u32,
    slot: Ms,
    lowered_at: Ms,
    raised_at: Ms,
}

impl Rule for Halving {
    fn opens_at(&self) -> Ms {
        self.limit.as_ref().map_or(0, |limit| limit.slot).max(self.closed_until)
    }

    fn sent(&mut self, now: Now) {
        let now = now.monotonic;
        self.raise(now);
        let [current, last] = &mut self.recent;
        if now < current.0 + 1_000 {
            current.1 += 1;
        } else {
            *last = std::mem::replace(current, (now, 1));
        }
        if let Some(limit) = &mut self.limit {
            let pause = 1_000u64.div_ceil(limit.rate.into());
            limit.slot = limit.slot.max(now - pause) + pause;
        }
    }

    fn note(&mut self, outcome: &Outcome<Json>, sent_at: Ms, now: Now) {
        let Outcome::Answer(Answer { status: status @ (429 | 503), retry_after, .. }) = outcome
        else {
            return;
        };
        let named = retry_after.as_ref().map(|seconds| seconds.parse::<Ms>().unwrap() * 1_000);
        if let Some(pause) = named.or((*status == 429).then_some(1_000)) {
            self.closed_until = self.closed_until.max(now.monotonic + pause);
        }
        self.halve(sent_at, now.monotonic);
    }
}

impl Halving {
    fn halve(&mut self, sent_at: Ms, now: Ms) {
        self.raise(now);
        if self.limit.as_ref().is_some_and(|limit| sent_at <= limit.lowered_at) {
            return;
        }
        let recent = self.recent.iter().filter(|(began, _)| began + 2_000 > sent_at);
        let measured = recent.map(|(_, count)| *count).max().unwrap_or(0);
        let before = self.limit.as_ref().map_or(measured, |limit| limit.rate);
        if self.limit.is_none() && before < 10 {
            return;
        }
        let rate = (before / 2).max(1);
        self.limit = Some(Limit {
            rate,
            step: (before / 8).max(1),
            ceiling: (before * 4).max(50),
            slot: now + 1_000u64.div_ceil(rate.into()),
            lowered_at: now,
            raised_at: now.max(self.closed_until),
        });
    }

    fn raise(&mut self, now: Ms) {
        let Some(limit) = &mut self.limit else { return };
        let seconds = now.saturating_sub(limit.raised_at) / 1_000;
        limit.raised_at += seconds * 1_000;
        limit.rate += limit.step * seconds as u32;
        if limit.rate > limit.ceiling {
            self.limit = None;
        }
    }
}
