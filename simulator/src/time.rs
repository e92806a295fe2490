//! Times, as the service writes them.

use std::time::{Duration, UNIX_EPOCH};

/// The last millisecond that a timestamp can tell: the end of the year 9999.
const LAST_MS: u64 = 253_402_300_799_999;

/// `2026-03-01T08:15:30.123Z`
pub(crate) fn timestamp(epoch_ms: u64) -> String {
    let time = UNIX_EPOCH + Duration::from_millis(epoch_ms.min(LAST_MS));
    humantime::format_rfc3339_millis(time).to_string()
}

/// Whether this is a day, as `yyyy-MM-dd`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && humantime::parse_rfc3339(&format!("{text}T00:00:00Z")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_iso_8601_and_bounded() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(1_772_352_930_123), "2026-03-01T08:15:30.123Z");
        assert_eq!(timestamp(u64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn dates() {
        for (text, expected) in [
            ("2021-07-15", true),
            ("2024-02-29", true),
            ("2023-02-30", false),
            ("2021-7-15", false),
            ("20210715", false),
            ("15-07-2021", false),
            ("2021-07-15T00:00:00Z", false),
            ("latest", false),
            ("", false),
            ("2021-07-1é", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }
}
