//! The secrets that a client knows, and how texts are kept free of them.
//!
//! Services and proxies repeat what was sent to them. A secret is found as it is; escaped as in JSON and percent-encoded, up to
//! three layers of these in any order; and in base64, alone or within a longer text such as the `user:password` of Basic. It is not
//! found in part (the beginning of a token), split, hashed or encrypted.

/// What stands in a text in place of a secret.
const MASK: &str = "***";

/// A shorter text hides too much else: no access token, refresh token or password in use is so short. A shorter secret is left
/// as it is.
const SHORTEST: usize = 8;

/// So many renewed tokens are remembered. An attempt does not outlive that many renewals.
const REMEMBERED: usize = 8;

/// How many layers of encoding are undone.
const LAYERS: u32 = 3;

/// A byte of a text, and the place in the original text where its spelling begins.
type Letter = (u8, usize);

/// From a place in a text to before another one.
type Range = (usize, usize);

/// The secrets of one client.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Those that never change, such as a refresh token.
    lasting: Vec<Needles>,
    /// The access tokens, the newest last.
    tokens: Vec<Needles>,
}

/// A secret, and what is left of it in base64 at each of the three places where it may begin in a group of three bytes.
#[derive(Clone)]
struct Needles([Vec<u8>; 4]);

impl Secrets {
    /// Remembers a secret for good.
    pub fn keep(&mut self, secret: &str) {
        if let Some(needles) = Needles::of(secret) {
            self.lasting.push(needles);
        }
    }

    /// Remembers an access token: the newest one, and some of those before.
    pub fn learn(&mut self, token: &str) {
        self.tokens.retain(|known| !known.is_of(token));
        self.tokens.extend(Needles::of(token));
        if self.tokens.len() > REMEMBERED {
            self.tokens.remove(0);
        }
    }

    /// The texts of which one stands in every text that holds a secret, unless that text has a backslash or a percent sign: what
    /// a shell looks for before it has a text masked.
    pub fn clues(&self) -> Vec<String> {
        let mut clues = Vec::new();
        for Needles([secret, encoded @ ..]) in self.all() {
            clues.push(written(secret.iter().copied()));
            for needle in encoded {
                clues.push(written(needle.iter().copied()));
                clues.push(written(needle.iter().map(|letter| match letter {
                    b'+' => b'-',
                    b'/' => b'_',
                    other => *other,
                })));
            }
        }
        clues
    }

    /// The text with `***` in place of each secret; `None` if it holds none.
    pub fn mask(&self, text: &str) -> Option<String> {
        let mut hidden = Vec::new();
        let letters: Vec<Letter> = text.bytes().zip(0..).collect();
        self.search(&letters, text.len(), LAYERS, &mut hidden);
        (!hidden.is_empty()).then(|| replaced(text, &hidden))
    }

    /// Notes where the secrets are in a text, and in what is left of it without so many layers of encoding: in whatever order
    /// they lie over each other.
    fn search(&self, letters: &[Letter], end: usize, layers: u32, hidden: &mut Vec<Range>) {
        let plain: Vec<u8> = letters.iter().map(|(byte, _)| *byte).collect();
        let standard: Vec<u8> = plain.iter().map(|byte| standard(*byte)).collect();
        let mut hide = |from: usize, to: usize| {
            let place = |at: usize| letters.get(at).map_or(end, |(_, place)| *place);
            hidden.push((place(from), place(to)));
        };
        for Needles([secret, encoded @ ..]) in self.all() {
            for at in places(&plain, secret) {
                hide(at, at + secret.len());
            }
            for needle in encoded {
                for at in places(&standard, needle) {
                    let (from, to) = run(&standard, at, at + needle.len());
                    hide(from, to);
                }
            }
        }
        let Some(layers) = layers.checked_sub(1) else { return };
        for undo in [percent, escape] {
            let decoded = undone(letters, undo);
            if decoded.len() < letters.len() {
                self.search(&decoded, end, layers, hidden);
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Needles> {
        self.lasting.iter().chain(&self.tokens)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Needles {
    fn of(secret: &str) -> Option<Self> {
        let base64 = |skipped| base64_inside(secret.as_bytes(), skipped);
        (secret.len() >= SHORTEST)
            .then(|| Self([secret.as_bytes().to_vec(), base64(0), base64(1), base64(2)]))
    }

    fn is_of(&self, secret: &str) -> bool {
        self.0[0] == secret.as_bytes()
    }
}

fn written(letters: impl Iterator<Item = u8>) -> String {
    letters.map(char::from).collect()
}

/// Where a text holds another one.
fn places<'a>(text: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let windows = text.windows(needle.len().max(1)).enumerate();
    windows.filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}

/// The text with each of these ranges masked; they may overlap, and stand in any order.
fn replaced(text: &str, hidden: &[Range]) -> String {
    let (mut masked, mut shown) = (String::new(), 0);
    // Sorting would bring kilobytes of code for a handful of ranges.
    while let Some(&(start, mut end)) =
        hidden.iter().filter(|(start, _)| *start >= shown).min_by_key(|(start, _)| *start)
    {
        masked.push_str(text.get(shown..start).unwrap_or_default());
        masked.push_str(MASK);
        while let Some((_, further)) =
            hidden.iter().find(|(other, further)| (start..end).contains(other) && *further > end)
        {
            end = *further;
        }
        shown = end;
    }
    masked.push_str(text.get(shown..).unwrap_or_default());
    masked
}

/// Undoes one layer of an encoding: `undo` gives what the beginning of a text stands for, and how long that beginning is. What
/// is no encoding stands for itself.
fn undone(letters: &[Letter], undo: fn(&[Letter]) -> Option<(u8, usize)>) -> Vec<Letter> {
    let (mut plain, mut rest) = (Vec::new(), letters);
    while let [(letter, place), ..] = *rest {
        let (decoded, length) = undo(rest).unwrap_or((letter, 1));
        plain.push((decoded, place));
        rest = rest.get(length..).unwrap_or_default();
    }
    plain
}

/// `%2F`
fn percent(text: &[Letter]) -> Option<(u8, usize)> {
    match text {
        [(b'%', _), high, low, ..] => Some((byte(high, low)?, 3)),
        _ => None,
    }
}

/// `\"`, or `\u002f`. Secrets are ASCII, so that the escape of another character may stand for any.
fn escape(text: &[Letter]) -> Option<(u8, usize)> {
    match text {
        [(b'\\', _), (b'u', _), first, second, high, low, ..] => {
            byte(first, second)?;
            Some((byte(high, low)?, 6))
        }
        [(b'\\', _), (escaped, _), ..] => Some((*escaped, 2)),
        _ => None,
    }
}

fn byte(high: &Letter, low: &Letter) -> Option<u8> {
    let digit = |(letter, _): &Letter| char::from(*letter).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// The part of a base64 text that depends on the secret alone, if so many bytes stand before it in its group of three.
fn base64_inside(secret: &[u8], before: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.iter().copied()).collect();
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let letter =
        |group: usize| (0..6).fold(0, |sum, at| sum << 1 | usize::from(bit(group * 6 + at)));
    (first..last).filter_map(|group| LETTERS.get(letter(group)).copied()).collect()
}

/// The letter that the ordinary base64 has for one of base64url.
fn standard(letter: u8) -> u8 {
    match letter {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }
}

/// The whole base64 text around a part of it.
fn run(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let before = text.iter().take(start).rev().take_while(is_base64).count();
    let after = text.iter().skip(end).take_while(is_base64).count();
    (start - before, end + after)
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const TOKEN: &str = r#"a+b/c"d\e=f~0123"#;

    fn knowing(secrets: &[&str]) -> Secrets {
        let mut known = Secrets::default();
        secrets.iter().for_each(|secret| known.learn(secret));
        known
    }

    fn percent(text: &str) -> String {
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    }

    fn json(text: &str) -> String {
        Value::from(text).to_string()
    }

    /// Base64 by the book: three bytes, four letters.
    fn base64(text: &str) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut encoded = String::new();
        for group in text.as_bytes().chunks(3) {
            let at = |place: usize| u32::from(*group.get(place).unwrap_or(&0));
            let bits = at(0) << 16 | at(1) << 8 | at(2);
            for place in 0..4 {
                let letter = letters[(bits >> (18 - 6 * place) & 63) as usize];
                encoded.push(if place > group.len() { '=' } else { letter.into() });
            }
        }
        encoded
    }

    #[test]
    fn a_secret_is_masked_in_every_spelling_and_nothing_else_is() {
        assert_eq!(base64("a\u{3f}>"), "YT8+");
        let secrets = knowing(&[TOKEN]);
        for (spelled, masked) in [
            (TOKEN.to_owned(), "***"),
            (percent(TOKEN), "***"),
            (percent(TOKEN).to_lowercase(), "***"),
            (percent(&percent(TOKEN)), "***"),
            (json(TOKEN), "\"***\""),
            (json(&json(TOKEN)), r#""\"***\"""#),
            (json(TOKEN).replace('=', r"\u003d").replace('/', r"\/"), "\"***\""),
            (base64(TOKEN), "***"),
            (base64(&format!("user:{TOKEN}")), "***"),
            (base64(&format!("users:{TOKEN}!")).replace('+', "-").replace('/', "_"), "***"),
            (percent(&base64(&format!("u:{TOKEN}"))), "***"),
        ] {
            let text = format!("é {spelled}, 50 % {spelled} \\ end");
            let expected = format!("é {masked}, 50 % {masked} \\ end");
            assert_eq!(secrets.mask(&text), Some(expected), "{spelled}");
        }
        for text in ["", "a", "100 %", r"\", r"\u00", "%4", &TOKEN[1..], "a+b/c"] {
            assert_eq!(secrets.mask(text), None, "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_an_escape_takes_nothing_of_a_secret() {
        // The two digits of `%21` would end an escape that begins with `\u`.
        let masked = knowing(&["!secret!"]).mask(r"\u %21secret%21 end");
        assert_eq!(masked.as_deref(), Some(r"\u *** end"));
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_of_it() {
        let secrets = knowing(&["12345678", "12345678-long", "78-longer-still"]);
        assert_eq!(secrets.mask("x 12345678-longer-still y").as_deref(), Some("x *** y"));
        assert_eq!(secrets.mask("1234567812345678").as_deref(), Some("******"));
    }

    #[test]
    fn short_secrets_hide_nothing_and_old_tokens_are_forgotten_but_for_what_lasts() {
        assert_eq!(knowing(&["1234567", ""]).mask("1234567"), None);
        let mut secrets = Secrets::default();
        secrets.keep("refresh-token");
        (0..20).for_each(|number| secrets.learn(&format!("token-number-{number:02}")));
        secrets.learn("token-number-19");
        assert_eq!(secrets.mask("token-number-11"), None);
        assert_eq!(secrets.mask("token-number-12 refresh-token").as_deref(), Some("*** ***"));
        assert_eq!(format!("{secrets:?}"), "Secrets");
    }

    proptest! {
        /// What is masked holds no secret any more, however it was written; and what was around it is still there.
        #[test]
        fn no_secret_is_left(
            secret in "[!-~]{8,40}",
            before in "[ a-zA-Z%\\\\é:]{0,12}",
            after in "[ a-zA-Z%\\\\é:]{0,12}",
            layers in proptest::collection::vec(0..3u8, 0..3),
        ) {
            let spelled = layers.iter().fold(secret.clone(), |text, layer| match layer {
                0 => percent(&text),
                1 => json(&text),
                _ => text.chars().map(|sign| format!("\\u{:04x}", u32::from(sign))).collect(),
            });
            let secrets = knowing(&[&secret]);
            let masked = secrets.mask(&format!("{before} {spelled} {after}")).unwrap_or_default();
            prop_assert!(masked.contains("***"), "{}", spelled);
            prop_assert!(!masked.contains(&spelled));
            prop_assert!(secrets.mask(&masked).is_none_or(|again| again == masked), "{}", masked);
            prop_assert!(masked.starts_with(&before) && masked.ends_with(&after), "{}", masked);
        }

        /// Any base64 that holds the secret, at any place.
        #[test]
        fn no_secret_is_left_in_base64(secret in "[!-~]{8,40}", before in "[!-~]{0,9}", after in "[!-~]{0,9}") {
            let text = format!("Basic {}.", base64(&format!("{before}{secret}{after}")));
            let masked = knowing(&[&secret]).mask(&text);
            prop_assert_eq!(masked.as_deref(), Some("Basic ***."));
        }

        /// A shell asks only for texts with a clue.
        #[test]
        fn what_has_no_clue_holds_no_secret(secret in "[!-~]{8,20}", text in "[ -~]{0,60}") {
            let secrets = knowing(&[&secret]);
            for text in [text.clone(), format!("{text}{secret}"), format!("{text}{}", base64(&secret)), base64(&secret).replace('+', "-").replace('/', "_")] {
                let has_clue = text.contains(['%', '\\']) || secrets.clues().iter().any(|clue| text.contains(clue));
                prop_assert!(has_clue || secrets.mask(&text).is_none());
            }
        }
    }
}
