//! Names as vCenter stores them: `%`, `/` and `\` may come back as `%25`, `%2f` and `%5c`, in either case, once or twice.
//!
//! The comparison has a direction. `a%2fb` is how `a/b` may be listed, but `a/b` is not how `a%2fb` may be listed: a
//! canonical form that decodes both sides would take these two names for one.

/// Whether a snapshot that was asked for with the name `asked` may be listed with the name `listed`.
pub(crate) fn is_listed_as(asked: &str, listed: &str) -> bool {
    readings(listed).iter().any(|name| name == asked)
}

/// Whether the name of a snapshot that is listed as `listed` may begin with `prefix`.
///
/// A prefix that ends inside an escape does not count: `50%` is not the beginning of `50/60`, listed as `50%2f60`.
pub(crate) fn may_begin_with(listed: &str, prefix: &str) -> bool {
    readings(listed).iter().any(|name| {
        name.starts_with(prefix)
            && !(1..3).any(|back| {
                let inside = prefix.len().checked_sub(back).and_then(|start| name.get(start..));
                inside.is_some_and(|rest| unescaped(rest).is_some())
            })
    })
}

/// What a listed name may stand for: itself, and what was escaped once or twice.
fn readings(listed: &str) -> [String; 3] {
    let once = unescape(listed);
    let twice = unescape(&once);
    [listed.to_owned(), once, twice]
}

fn unescape(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let (character, length) = unescaped(rest).unwrap_or((first, first.len_utf8()));
        text.push(character);
        rest = rest.get(length..).unwrap_or_default();
    }
    text
}

/// The character that an escape at the beginning of a text stands for, and the length of the escape.
fn unescaped(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes() {
        [b'%', b'2', b'5', ..] => '%',
        [b'%', b'2', b'f' | b'F', ..] => '/',
        [b'%', b'5', b'c' | b'C', ..] => '\\',
        _ => return None,
    };
    Some((character, 3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tells_which_names_may_be_listed_how() {
        // asked for, listed, whether that may be it
        let cases = [
            ("n", "n", true),
            ("n", "N", false),
            ("", "", true),
            ("", "%25", false),
            ("a/b", "a/b", true),
            ("a/b", "a%2fb", true),
            ("a/b", "a%2Fb", true),
            ("a/b", "a%252fb", true),
            ("a/b", "a%252Fb", true),
            ("a/b", "a%25252fb", false),
            ("a/b", "a%5cb", false),
            ("a\\b", "a%5Cb", true),
            ("50%", "50%25", true),
            ("50%", "50%2525", true),
            ("50%", "50%", true),
            ("100% of a/b", "100% of a%2fb", true),
            // Typed as an escape: it is kept, or escaped in turn, but not decoded.
            ("a%2fb", "a%2fb", true),
            ("a%2fb", "a%252fb", true),
            ("a%2fb", "a/b", false),
            ("a%252fb", "a%2fb", false),
            // Other escapes are not vCenter's.
            ("a b", "a%20b", false),
            ("a b", "a+b", false),
            ("é%", "é%25", true),
            ("%", "%2", false),
        ];
        for (asked, listed, may) in cases {
            assert_eq!(is_listed_as(asked, listed), may, "{asked:?} {listed:?}");
        }
    }

    #[test]
    fn tells_which_names_may_begin_how() {
        // listed, prefix, whether it may begin so
        let cases = [
            ("nightly-1", "nightly-", true),
            ("nightly-1", "", true),
            ("nightly", "nightly-", false),
            ("11%2f24 x", "11/24", true),
            ("11%2f24 x", "11/", true),
            ("11%252F24 x", "11/24", true),
            ("11%2f24 x", "11%2f", true),
            ("11%2f24 x", "11%2F", false),
            ("50%2f60", "50%", false),
            ("50%2f60", "50%2", false),
            ("50%25 load", "50%", true),
            ("50% load", "50%", true),
            ("50%20", "50%2", true),
        ];
        for (listed, prefix, may) in cases {
            assert_eq!(may_begin_with(listed, prefix), may, "{listed:?} {prefix:?}");
        }
    }

    /// As vCenter stores it, every escape in the case that is drawn.
    fn stored(name: &str, is_upper: bool) -> String {
        let mut text = String::new();
        for character in name.chars() {
            match character {
                '%' => text.push_str("%25"),
                '/' => text.push_str(if is_upper { "%2F" } else { "%2f" }),
                '\\' => text.push_str(if is_upper { "%5C" } else { "%5c" }),
                other => text.push(other),
            }
        }
        text
    }

    proptest! {
        #[test]
        fn a_name_is_found_in_each_of_its_stored_forms(
            name in r"[%/\\25fFcCaé]{0,12}", other in r"[%/\\25fFcCaé]{0,12}",
            once_upper in any::<bool>(), twice_upper in any::<bool>(),
        ) {
            let once = stored(&name, once_upper);
            let twice = stored(&once, twice_upper);
            for form in [&name, &once, &twice] {
                prop_assert!(is_listed_as(&name, form), "{} {}", name, form);
                prop_assert!(may_begin_with(form, &name));
            }
            // Stored once, two names differ as they did, unless one of them is a stored form of the other.
            if !is_listed_as(&name, &other) && !is_listed_as(&other, &name) {
                let form = stored(&other, once_upper);
                prop_assert!(!is_listed_as(&name, &form), "{} {}", name, form);
            }
        }

        #[test]
        fn a_name_without_such_characters_is_listed_as_it_is(name in "[^%/\\\\]{0,9}", other in "[^%/\\\\]{0,9}") {
            prop_assert_eq!(is_listed_as(&name, &other), name == other);
        }
    }
}
