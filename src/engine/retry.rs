//! Whether, and when, a call is sent again. Every decision is a pure function.

use crate::protocol::http_date::http_date;
use crate::util::clock::{Ms, Now};
use crate::util::text::number;

/// How patient one call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, the first included.
    pub max_attempts: u32,
    /// The first pause is at most this.
    pub initial_delay: Ms,
    /// No pause is longer, but for one that the service asks for.
    pub max_delay: Ms,
}

impl Default for Retry {
    fn default() -> Self {
        Self { max_attempts: 4, initial_delay: 500, max_delay: 20_000 }
    }
}

/// A service that asks for more is asked again sooner than it wants: a wait must stay a wait.
pub(crate) const MAX_RETRY_AFTER: Ms = 5 * 60_000;

impl Retry {
    /// The pause before the attempt after `attempts`: exponential, with full jitter, so that a
    /// thousand clients that failed together do not come back together.
    pub fn backoff(&self, attempts: u32, random: u32) -> Ms {
        scale(doubled(self.initial_delay, attempts.saturating_sub(1)).min(self.max_delay), random)
    }
}

/// Whether the `Retry-After` of an answer with this status is looked at.
pub fn heeds_retry_after(status: u16) -> bool {
    !matches!(status, 200..=299)
}

/// Whether the status says that the same read may succeed later.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// The pause that a `Retry-After` asks for, clamped: seconds, or one of the three forms of an HTTP
/// date. What cannot be read asks for nothing.
pub(crate) fn retry_after(header: &str, now: Now) -> Option<Ms> {
    let header = header.trim_ascii();
    let asked = match number(header.as_bytes()) {
        Some(seconds) => seconds.saturating_mul(1000),
        None => http_date(header)?.saturating_sub(now.wall),
    };
    Some(asked.min(MAX_RETRY_AFTER))
}

/// `delay` × 2^`times`, as far as the type goes.
pub(crate) fn doubled(delay: Ms, times: u32) -> Ms {
    delay.saturating_mul(1u64.checked_shl(times).unwrap_or(Ms::MAX))
}

/// A uniform part of `delay`: from none of it to all of it.
pub(crate) fn scale(delay: Ms, random: u32) -> Ms {
    // In two steps, so that no product overflows.
    let most = u64::from(u32::MAX);
    (delay / most) * u64::from(random) + (delay % most) * u64::from(random) / most
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Now = Now { monotonic: 7, wall: 784_111_777_000 }; // Sun, 06 Nov 1994 08:49:37 GMT

    #[test]
    fn backoff_doubles_to_its_limit_and_jitters_over_all_of_it() {
        let retry = Retry { max_attempts: 9, initial_delay: 500, max_delay: 20_000 };
        let ceilings = [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000];
        for (attempts, ceiling) in (1..).zip(ceilings) {
            assert_eq!(retry.backoff(attempts, u32::MAX), ceiling);
            assert_eq!(retry.backoff(attempts, 0), 0);
            assert_eq!(retry.backoff(attempts, u32::MAX / 2), (ceiling / 2).saturating_sub(1));
        }
        assert_eq!(retry.backoff(u32::MAX, u32::MAX), 20_000);
        assert_eq!(Retry { max_delay: 0, ..retry }.backoff(3, u32::MAX), 0);
    }

    #[test]
    fn retry_after_in_every_form() {
        let cases: &[(&str, Option<Ms>)] = &[
            ("0", Some(0)),
            ("7", Some(7000)),
            (" 7 ", Some(7000)),
            ("300", Some(MAX_RETRY_AFTER)),
            ("301", Some(MAX_RETRY_AFTER)),
            ("99999999999999999999999", Some(MAX_RETRY_AFTER)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10_000)),
            ("Sun Nov  6 08:49:47 1994", Some(10_000)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("Fri, 31 Dec 2100 00:00:00 GMT", Some(MAX_RETRY_AFTER)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:47 GMT", None),
        ];
        for (header, expected) in cases {
            assert_eq!(retry_after(header, NOW), *expected, "{header:?}");
        }
    }

    #[test]
    fn transient_statuses() {
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(is_transient(status), "{status}");
        }
        for status in [0, 200, 204, 301, 400, 401, 403, 404, 409, 410, 422] {
            assert!(!is_transient(status), "{status}");
        }
    }
}
