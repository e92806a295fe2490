//! The dates of HTTP, in their three forms:
//!
//! ```text
//! Sun, 06 Nov 1994 08:49:37 GMT
//! Sunday, 06-Nov-94 08:49:37 GMT
//! Sun Nov  6 08:49:37 1994
//! ```
//!
//! By hand: the crate `httpdate` and the standard library's time are 2 KB of what a browser loads. The tests
//! compare with it.

use crate::util::clock::Ms;
use crate::util::text::{concat, digits, number};

const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// The time since 1970. The name of the weekday says nothing that the rest does not, and is not looked at;
/// nor is what stands between the words.
pub(crate) fn http_date(text: &str) -> Option<Ms> {
    let (mut month, mut numbers) = (None, Vec::new());
    for word in text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()) {
        match number(word) {
            Some(number) => numbers.push(number),
            None => month = month.or(month_named(word).map(|month| (month, numbers.is_empty()))),
        }
    }
    let (month, is_first) = month?;
    let [a, b, c, d, e] = *numbers.first_chunk()?;
    // Only the form that has its month before all numbers has its year behind them.
    let (day, year, clock) = if is_first { (a, e, [b, c, d]) } else { (a, b, [c, d, e]) };
    let year = match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        1970..=9999 => year,
        _ => return None,
    };
    let months = year * 12 + month;
    let [hours, minutes, seconds] = clock;
    let is_date = (1..=days_before(months + 1) - days_before(months)).contains(&day)
        && hours < 24
        && minutes < 60
        && seconds < 60;
    let days = is_date.then(|| days_before(months) + day - 1 - days_before(1970 * 12))?;
    Some((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
}

/// The day of a time since 1970, UTC, as in `2026-11-24`.
pub(crate) fn day_of(wall: Ms) -> String {
    let days = wall / 86_400_000 + days_before(1970 * 12);
    // Never too late: no year has more days. The clock may be anything; beyond the year 9999 there is no such text.
    let mut months = (days / 366 * 12).min(9999 * 12);
    while months < 9999 * 12 + 11 && days_before(months + 1) <= days {
        months += 1;
    }
    let two = |number: u64| concat(&[if number < 10 { "0" } else { "" }, &digits(number)]);
    let day = (days - days_before(months)).min(30) + 1;
    concat(&[&digits(months / 12), "-", &two(months % 12 + 1), "-", &two(day)])
}

/// 0 for January.
fn month_named(word: &[u8]) -> Option<u64> {
    let place = MONTHS.as_bytes().chunks(3).position(|month| month == word)?;
    Some(place as u64)
}

/// The days before the month that is this many months after the beginning of the year 0.
const fn days_before(months: u64) -> u64 {
    // Counted from March on, so that the day that only leap years have is the last of its year.
    let (year, month) = ((months - 2) / 12, (months - 2) % 12);
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use httpdate::{HttpDate, fmt_http_date};
    use proptest::prelude::*;

    use super::*;

    const DAY: u64 = 86_400;
    /// The end of the year 9999.
    const END: u64 = 253_402_300_800;

    fn oracle(text: &str) -> Option<Ms> {
        let since = std::time::SystemTime::from(text.parse::<HttpDate>().ok()?);
        Some(since.duration_since(UNIX_EPOCH).unwrap().as_millis() as Ms)
    }

    /// The same time in the three forms; the second is of this century's years only.
    fn forms(seconds: u64) -> [String; 3] {
        let long = fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
        let (weekday, rest) = long.split_once(", ").unwrap();
        let [day, month, year, clock, _] =
            *rest.split(' ').collect::<Vec<_>>().first_chunk().unwrap();
        let full = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
        let full = full.into_iter().find(|full| full.starts_with(weekday)).unwrap();
        let short = format!("{full}, {day}-{month}-{} {clock} GMT", &year[2..]);
        let spaced = day.strip_prefix('0').map_or(day.to_owned(), |digit| format!(" {digit}"));
        let old = format!("{weekday} {month} {spaced} {clock} {year}");
        [long, short, old]
    }

    #[track_caller]
    fn agrees(seconds: u64) {
        let [long, short, old] = forms(seconds);
        assert_eq!(http_date(&long), Some(seconds * 1000), "{long}");
        assert_eq!(oracle(&long), Some(seconds * 1000), "{long}");
        assert_eq!(http_date(&old), Some(seconds * 1000), "{old}");
        assert_eq!(oracle(&old), Some(seconds * 1000), "{old}");
        if let Some(ms) = oracle(&short) {
            assert_eq!(http_date(&short), Some(ms), "{short}");
        }
    }

    #[test]
    fn reads_every_day_of_two_centuries_and_the_ends() {
        for day in 0..2 * 36_525 {
            agrees(day * DAY + day % DAY);
        }
        for seconds in [0, 1, DAY - 1, END - 1, END - DAY] {
            agrees(seconds);
        }
    }

    #[test]
    fn tells_the_day_of_every_time() {
        let day = |seconds: u64| {
            let long = fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            let words: Vec<&str> = long.split(' ').collect();
            let month = month_named(words[2].as_bytes()).unwrap() + 1;
            format!("{}-{month:02}-{}", words[3], words[1])
        };
        for number in 0..2 * 36_525 {
            let seconds = number * DAY + number % DAY;
            assert_eq!(day_of(seconds * 1000), day(seconds));
        }
        for seconds in [0, 1, DAY - 1, END - 1, END - DAY] {
            assert_eq!(day_of(seconds * 1000), day(seconds));
        }
        assert_eq!(day_of(Ms::MAX).len(), 10, "a clock may be anything");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "soon",
            "Nov",
            "1 2 3 4 5",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Wed, 29 Feb 2023 08:49:37 GMT",
            "Mon, 29 Feb 2100 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sat, 06 Nov 1965 08:49:37 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun, 06 Nov 999999999999999999 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999999 08:49:37 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text:?}");
            assert_eq!(oracle(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_crate_on_any_second(seconds in 0..END) {
            agrees(seconds);
        }

        /// Neither looks at everything: the crate not at every separator, this not at the weekday. Where both
        /// read a date, it is the same.
        #[test]
        fn agrees_with_the_crate_on_what_is_almost_a_date(
            seconds in 0..END, form in 0usize..3, place in 0usize..32, character: char,
        ) {
            let mut text: Vec<char> = forms(seconds)[form].chars().collect();
            let place = place % text.len();
            text[place] = character;
            let text: String = text.into_iter().collect();
            if let (Some(ours), Some(theirs)) = (http_date(&text), oracle(&text)) {
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
