//! The idempotency key: a marker at the end of a snapshot's description, by which it is found again
//! across processes and days.

use crate::error::InvalidInput;
use crate::util::text::concat;
use crate::util::value::{FromValue, Unreadable, Value};

/// 1 to 64 characters of `A-Za-z0-9._:-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes a key; `field` names it in the refusal.
    pub fn new(field: &str, text: &str) -> Result<Self, InvalidInput> {
        let fits =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidInput(concat(&[
                field,
                " must be 1 to 64 characters of A-Z, a-z, 0-9 and . _ : -",
            ])))
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The description as it is sent.
    pub(super) fn mark(&self, description: Option<&str>) -> String {
        match description {
            Some(text) if !text.is_empty() => concat(&[text, " [", &self.0, "]"]),
            _ => concat(&["[", &self.0, "]"]),
        }
    }

    /// Whether a description carries this key.
    pub(super) fn is_in(&self, description: Option<&str>) -> bool {
        marker(description) == Some(&self.0)
    }
}

impl FromValue for IdempotencyKey {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        let text = value.text().ok_or(Unreadable)?;
        Self::new("", &text).map_err(|_| Unreadable)
    }
}

/// What stands between brackets at the end of a description.
fn marker(description: Option<&str>) -> Option<&str> {
    let text = description?.trim_ascii_end().strip_suffix("]")?;
    let start = text.bytes().rposition(|byte| byte == b'[')?;
    text.get(start + 1..)
}

/// Whether a description carries a key, whosever.
pub(super) fn is_marked(description: Option<&str>) -> bool {
    marker(description).is_some_and(|marker| IdempotencyKey::new("", marker).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_and_refuses() {
        let long = "x".repeat(64);
        for text in ["a", "A.b_c:d-0", long.as_str()] {
            assert_eq!(IdempotencyKey::new("key", text).unwrap().as_str(), text);
        }
        let longer = "x".repeat(65);
        for text in ["", " ", "a b", "a]", "[a", "é", "a\n", longer.as_str()] {
            assert!(
                IdempotencyKey::new("key", text).unwrap_err().0.starts_with("key must be"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn is_found_at_the_end_of_a_description_only() {
        let key = IdempotencyKey::new("key", "nightly.1").unwrap();
        for description in [None, Some(""), Some("before"), Some("a [b] c")] {
            let marked = key.mark(description);
            assert!(key.is_in(Some(&marked)), "{marked}");
            assert!(is_marked(Some(&marked)));
        }
        let cases = [
            ("[nightly.1]", true, true),
            ("x [nightly.1] ", true, true),
            ("[nightly.1] x", false, false),
            ("[nightly.12]", false, true),
            ("nightly.1", false, false),
            ("nightly.1]", false, false),
            ("x [nightly.1", false, false),
            ("[see the wiki]", false, false),
            ("", false, false),
        ];
        for (description, ours, marked) in cases {
            assert_eq!(key.is_in(Some(description)), ours, "{description}");
            assert_eq!(is_marked(Some(description)), marked, "{description}");
        }
        assert!(!key.is_in(None) && !is_marked(None));
    }
}
