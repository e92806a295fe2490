//! Texts put together and taken apart, byte by byte.
//!
//! In place of `format!`, `parse`, `join` and the patterns of `str`: each of those brings kilobytes of general
//! code into the module that a browser loads, and nothing here needs what they can do beyond this.

/// The parts, one after the other.
pub(crate) fn concat(parts: &[&str]) -> String {
    join(parts, "")
}

/// The parts, with a text between each two.
pub(crate) fn join(parts: &[&str], between: &str) -> String {
    let mut text = String::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            text.push_str(between);
        }
        text.push_str(part);
    }
    text
}

/// A number in decimal.
pub(crate) fn digits(number: u64) -> String {
    let mut text = if number < 10 { String::new() } else { digits(number / 10) };
    text.push(char::from(b'0' + (number % 10) as u8));
    text
}

/// A number of decimal digits and nothing else; one that does not fit is as large as fits.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let mut number = (!text.is_empty()).then_some(0u64)?;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
    }
    Some(number)
}

/// What stands before and after the first of these (ASCII) bytes, if there is one.
pub(crate) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The parts between these (ASCII) bytes: at least one, which may be empty.
pub(crate) fn split(mut text: &str, at: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some((part, rest)) = cut(text, at) {
        parts.push(part);
        text = rest;
    }
    parts.push(text);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_together() {
        assert_eq!(concat(&[]), "");
        assert_eq!(concat(&["a", "", "é"]), "aé");
        assert_eq!(join(&[], ", "), "");
        assert_eq!(join(&["a"], ", "), "a");
        assert_eq!(join(&["a", "", "b"], ", "), "a, , b");
    }

    #[test]
    fn writes_and_reads_numbers() {
        for value in [0, 7, 10, 99, 100, 4096, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            assert_eq!(digits(value), value.to_string());
            assert_eq!(number(digits(value).as_bytes()), Some(value));
        }
        assert_eq!(number(b"007"), Some(7));
        assert_eq!(number(b"18446744073709551616"), Some(u64::MAX), "one more than fits");
        assert_eq!(number(b"99999999999999999999999"), Some(u64::MAX));
        for text in ["", " ", "-1", "+1", "1.5", "1e3", "1 ", "٣", "0x1"] {
            assert_eq!(number(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn takes_apart_as_the_standard_library_does() {
        for text in ["", "/", "a", "a/b", "/a//é/", "é"] {
            assert_eq!(cut(text, b'/'), text.split_once('/'), "{text:?}");
            assert_eq!(split(text, b'/'), text.split('/').collect::<Vec<_>>(), "{text:?}");
        }
    }
}
