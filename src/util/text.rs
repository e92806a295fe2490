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

/// FNV-1a of the parts and of where each ends: for telling texts apart that nobody chooses to be alike.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // No byte of a text is 255.
        for byte in part.bytes().chain([255]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
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

/// A text as a segment of a path or a value of a query can carry it: all but the unreserved characters of
/// RFC 3986 is encoded.
pub(crate) fn percent_encoded(text: &str) -> String {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    if text.as_bytes().iter().all(is_plain) {
        // Nearly always, and on the way of every call.
        return text.to_owned();
    }
    let mut encoded = String::new();
    for byte in text.bytes() {
        if is_plain(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.extend(
                [byte >> 4, byte & 15].iter().filter_map(|digit| HEX.get(usize::from(*digit))),
            );
        }
    }
    encoded
}

/// The bytes that a percent-encoded text stands for; what is no encoding stands for itself.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match after {
            [high, low, after @ ..] if byte == b'%' => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = after;
                }
                _ => decoded.push(byte),
            },
            _ => decoded.push(byte),
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' | b'a'..=b'f' => Some((digit | 32) - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_tell_texts_and_their_ends_apart() {
        let hashes =
            [&[][..], &[""], &["a"], &["", "a"], &["a", ""], &["ab"], &["a", "b"]].map(hash);
        for (place, one) in hashes.iter().enumerate() {
            assert!(!hashes[..place].contains(one), "{place}");
        }
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
    }

    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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

    proptest! {
        #[test]
        fn encodes_and_decodes_as_the_crate_does(text in any::<String>(), odd in "[%0-9a-gA-G/é]{0,9}") {
            let encoded = percent_encoded(&text);
            prop_assert_eq!(&encoded, &utf8_percent_encode(&text, RESERVED).to_string());
            prop_assert_eq!(percent_decoded(&encoded), text.as_bytes());
            prop_assert_eq!(percent_decoded(&odd), percent_decode_str(&odd).collect::<Vec<u8>>());
        }
    }
}
