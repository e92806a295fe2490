//! How fast a client may call: what one call is told, all obey.

use crate::retry::retry_after;
use crate::{Answer, Ms, Now, Outcome};

/// Closed for as long as the service has asked for; shared by all calls of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    opens_at: Ms,
}

/// The pause after a 429 that does not say how long.
const UNTOLD: Ms = 1_000;

impl Gate {
    /// When the next call may be sent, on the monotonic clock.
    pub fn opens_at(&self) -> Ms {
        self.opens_at
    }

    /// Notes how an attempt ended. A 503 without `Retry-After` is one call's bad luck.
    pub fn note<V>(&mut self, outcome: &Outcome<V>, now: Now) {
        let Outcome::Answer(Answer { status: status @ (429 | 503), retry_after: header, .. }) =
            outcome
        else {
            return;
        };
        let asked = header.as_deref().and_then(|header| retry_after(header, now));
        let pause = match (status, asked) {
            (_, Some(pause)) => pause,
            (429, None) => UNTOLD,
            _ => return,
        };
        self.opens_at = self.opens_at.max(now.monotonic.saturating_add(pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Payload;

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
        let now = Now { monotonic: 10_000, wall: 0 };
        for (status, header, opens_at) in cases {
            let mut gate = Gate::default();
            let retry_after = header.map(str::to_owned);
            let answer = Answer::<()> { status: *status, payload: Payload::Empty, retry_after };
            gate.note(&Outcome::Answer(answer), now);
            assert_eq!(gate.opens_at(), *opens_at, "{status} {header:?}");
        }
    }

    #[test]
    fn never_opens_sooner_for_being_told_again() {
        let mut gate = Gate { opens_at: 60_000 };
        let answer =
            Answer::<()> { status: 429, payload: Payload::Empty, retry_after: Some("1".into()) };
        gate.note(&Outcome::Answer(answer), Now { monotonic: 10_000, wall: 0 });
        assert_eq!(gate.opens_at(), 60_000);
    }
}
