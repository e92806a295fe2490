//! Where the service is.

use crate::InvalidInput;
use crate::text::{concat, cut};

/// The address of a service: scheme, host and a path prefix, without a slash at its end.
///
/// It is read strictly rather than leniently. What it does not take it names; a shell that has a URL
/// parser hands in what that parser printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads `https://host[:port][/prefix]`; `http:` on loopback only, unless `allow_insecure`.
    pub fn new(text: &str, allow_insecure: bool) -> Result<Self, InvalidInput> {
        let (secure, rest) = if let Some(rest) = text.strip_prefix("https://") {
            (true, rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            (false, rest)
        } else {
            return refuse("must be a URL such as \"https://vra.example.com\"");
        };
        if rest.bytes().any(|byte| byte <= b' ' || byte == b'\\' || byte >= 0x7f) {
            return refuse(
                "must be a URL without white space, backslashes or unencoded characters",
            );
        }
        if rest.bytes().any(|byte| byte == b'?' || byte == b'#') {
            return refuse("must have neither a query nor a fragment");
        }
        let authority = cut(rest, b'/').map_or(rest, |(authority, _)| authority);
        if authority.bytes().any(|byte| byte == b'@') {
            return refuse("must not carry credentials: use the option `auth`");
        }
        let host = host(authority);
        if host.is_empty() {
            return refuse("must name a host, as in \"https://vra.example.com\"");
        }
        if !secure && !allow_insecure && !is_loopback(host) {
            return refuse(
                "must be https: over http: the token would cross the network in clear (`allowInsecure` permits it)",
            );
        }
        let mut address = text;
        while let Some(shorter) = address.strip_suffix("/") {
            address = shorter;
        }
        Ok(Self(address.into()))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refuse(what: &str) -> Result<BaseUrl, InvalidInput> {
    // The value is not repeated: it may carry a password.
    Err(InvalidInput(concat(&["baseUrl ", what])))
}

/// The host of `host[:port]` or `[v6][:port]`.
fn host(authority: &str) -> &str {
    match cut(authority, b']') {
        Some((address, _)) => authority.get(..=address.len()).unwrap_or_default(),
        None => cut(authority, b':').map_or(authority, |(host, _)| host),
    }
}

fn is_loopback(host: &str) -> bool {
    // A name may start with "127." too; only an address of four numbers is loopback for certain.
    let is_v4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || host == "[::1]"
        || (is_v4 && host.starts_with("127."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_and_refuses() {
        let cases: &[(&str, bool, Result<&str, &str>)] = &[
            ("https://vra.example", false, Ok("https://vra.example")),
            ("https://vra.example/", false, Ok("https://vra.example")),
            ("https://vra.example//", false, Ok("https://vra.example")),
            ("https://vra.example/proxy/a/", false, Ok("https://vra.example/proxy/a")),
            ("https://vra.example:8443", false, Ok("https://vra.example:8443")),
            ("http://localhost:8080", false, Ok("http://localhost:8080")),
            ("http://127.0.0.1:1", false, Ok("http://127.0.0.1:1")),
            ("http://127.9.9.9", false, Ok("http://127.9.9.9")),
            ("http://[::1]:3000/x", false, Ok("http://[::1]:3000/x")),
            ("http://app.localhost", false, Ok("http://app.localhost")),
            ("http://vra.example", true, Ok("http://vra.example")),
            ("http://vra.example", false, Err("https")),
            ("http://127.evil.example", false, Err("https")),
            ("http://localhost.evil.example", false, Err("https")),
            ("http://[::2]", false, Err("https")),
            ("https://user:secret@vra.example", false, Err("credentials")),
            ("https://vra.example?x=1", false, Err("query")),
            ("https://vra.example/#a", false, Err("fragment")),
            ("https://vra.example\\@evil.example", false, Err("backslashes")),
            ("https:// vra.example", false, Err("white space")),
            ("https://", false, Err("host")),
            ("https://:80", false, Err("host")),
            ("ftp://vra.example", false, Err("URL such as")),
            ("vra.example", false, Err("URL such as")),
            ("", false, Err("URL such as")),
        ];
        for (text, allow_insecure, expected) in cases {
            match (BaseUrl::new(text, *allow_insecure), expected) {
                (Ok(base), Ok(expected)) => assert_eq!(base.as_str(), *expected),
                (Err(error), Err(words)) => {
                    assert!(error.0.contains(words), "{text}: {error}");
                    assert!(!error.0.contains("secret"));
                }
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }
}
