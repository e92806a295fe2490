//! Times, as the service writes them.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;

/// The last millisecond that a timestamp can tell: the end of the year 9999.
const LAST_MS: u64 = 253_402_300_799_999;

/// `2026-03-01T08:15:30.123Z`
pub(crate) fn timestamp(epoch_ms: u64) -> String {
    let time = UNIX_EPOCH + Duration::from_millis(epoch_ms.min(LAST_MS));
    humantime::format_rfc3339_millis(time).to_string()
}

/// The forms of a date in HTTP's headers; receivers must understand all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateForm {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    #[default]
    Imf,
    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    Rfc850,
    /// `Sun Nov  6 08:49:37 1994`
    Asctime,
}

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date as HTTP's headers have it, to the second.
pub(crate) fn http_date(epoch_ms: u64, form: DateForm) -> String {
    let epoch_ms = epoch_ms.min(LAST_MS);
    // 1970 began on a Thursday.
    let weekday = DAYS.iter().cycle().nth(((epoch_ms / 86_400_000 + 4) % 7) as usize);
    let weekday = weekday.copied().unwrap_or_default();
    let short = weekday.get(..3).unwrap_or(weekday);

    let text = timestamp(epoch_ms);
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let (year, month, day, time) = (part(0..4), part(5..7), part(8..10), part(11..19));
    let month = month.parse().ok().and_then(|number: usize| MONTHS.get(number.wrapping_sub(1)));
    let month = month.copied().unwrap_or_default();
    match form {
        DateForm::Imf => format!("{short}, {day} {month} {year} {time} GMT"),
        DateForm::Rfc850 => format!("{weekday}, {day}-{month}-{} {time} GMT", part(2..4)),
        DateForm::Asctime => {
            format!("{short} {month} {:>2} {time} {year}", day.trim_start_matches('0'))
        }
    }
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
    fn http_has_three_forms_of_a_date() {
        use DateForm::{Asctime, Imf, Rfc850};
        for (ms, form, expected) in [
            (784_111_777_000, Imf, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_777_999, Rfc850, "Sunday, 06-Nov-94 08:49:37 GMT"),
            (784_111_777_000, Asctime, "Sun Nov  6 08:49:37 1994"),
            (1_772_352_930_123, Asctime, "Sun Mar  1 08:15:30 2026"),
            (0, Imf, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400_000, Imf, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_767_225_599_000, Rfc850, "Wednesday, 31-Dec-25 23:59:59 GMT"),
            (u64::MAX, Imf, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(http_date(ms, form), expected);
        }
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
