//! Where the service is.

use crate::error::InvalidInput;
use crate::util::text::{concat, cut};

/// The address of a service: scheme, host and a path prefix, without a slash at its end.
///
/// It is read strictly rather than leniently. What it does not take it names; a shell that has a URL
/// parser hands in what that parser printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads `https://host[:port][/prefix]`; `http:` on loopback only, unless `allow_insecure`.
    pub fn new(mut text: &str, allow_insecure: bool) -> Result<Self, InvalidInput> {
        if let Some(fault) = fault(text, allow_insecure) {
            // The value is not repeated: it may carry a password.
            return Err(InvalidInput(concat(&["baseUrl ", fault])));
        }
        text = text.trim_end_matches('/');
        match without_api_path(text) {
            None => Ok(Self(text.into())),
            // Credentials were refused above, so that the address can be shown.
            Some(address) => Err(InvalidInput(concat(&[
                "baseUrl must be the address without the path of an API: \"",
                address,
                "\"",
            ]))),
        }
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address without a path of the product at its end, if it has one there: such an address is copied from the product's
/// pages, and every call to it would be answered 404 or by a page. Below a proxy's own path only the paths of the IaaS API
/// are certain to be wrong: the others may be the proxy's names.
fn without_api_path(address: &str) -> Option<&str> {
    let (scheme, rest) = cut(address, b'/')?;
    let (_, rest) = cut(rest, b'/')?;
    let (authority, path) = cut(rest, b'/')?;
    let lower = path.to_ascii_lowercase();
    let own = match lower.as_str() {
        "automation" | "csp" | "tm" => "",
        _ => ["iaas/api", "iaas"]
            .iter()
            .find_map(|api| lower.strip_suffix(api))
            .filter(|own| own.is_empty() || own.ends_with('/'))?,
    };
    let length = scheme.len() + "//".len() + authority.len() + "/".len() + own.len();
    Some(address.get(..length)?.trim_end_matches('/'))
}

/// Why it cannot be the address of a service, if so.
fn fault(text: &str, allow_insecure: bool) -> Option<&'static str> {
    let (rest, secure) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => return Some("must be a URL such as \"https://vra.example.com\""),
    };
    for byte in rest.bytes() {
        match byte {
            0..=b' ' | b'\\' | 0x7f.. => {
                return Some(
                    "must be a URL without white space, backslashes or unencoded characters",
                );
            }
            b'?' | b'#' => return Some("must have neither a query nor a fragment"),
            _ => {}
        }
    }
    let authority = before(rest, b'/');
    if cut(authority, b'@').is_some() {
        return Some("must not carry credentials: use the option `auth`");
    }
    // Colons end a name, and are part of an address in brackets.
    let host = before(authority, if authority.starts_with('[') { b']' } else { b':' });
    if host.is_empty() {
        return Some("must name a host, as in \"https://vra.example.com\"");
    }
    let in_clear = !secure && !allow_insecure && !is_loopback(host);
    in_clear.then_some(
        "must be https: over http: the token would cross the network in clear (`allowInsecure` permits it)",
    )
}

fn before(text: &str, end: u8) -> &str {
    cut(text, end).map_or(text, |(before, _)| before)
}

/// Whether the host - if in brackets, without the closing one - is this machine.
fn is_loopback(host: &str) -> bool {
    let mut name = host;
    while let Some((_, rest)) = cut(name, b'.') {
        name = rest;
    }
    // A name may start with "127." too; only an address of four numbers is loopback for certain.
    let is_v4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    name.eq_ignore_ascii_case("localhost") || host == "[::1" || (is_v4 && host.starts_with("127."))
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
            ("http://LocalHost", false, Ok("http://LocalHost")),
            ("https://[2001:db8::1]:8443/x", false, Ok("https://[2001:db8::1]:8443/x")),
            ("https://vra.example/@a", false, Ok("https://vra.example/@a")),
            ("http://vra.example", true, Ok("http://vra.example")),
            ("http://vra.example", false, Err("https")),
            ("http://127.evil.example", false, Err("https")),
            ("http://localhost.evil.example", false, Err("https")),
            ("http://notlocalhost", false, Err("https")),
            ("http://[::2]", false, Err("https")),
            ("http://[::1:2]", false, Err("https")),
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
            ("https://vra.example/iaas/api", false, Err("an API: \"https://vra.example\"")),
            ("https://vra.example//iaas//api//", false, Ok("https://vra.example//iaas//api")),
            ("https://vra.example/IAAS/API//", false, Err("an API: \"https://vra.example\"")),
            ("https://vra.example:8443//iaas/", false, Err("an API: \"https://vra.example:8443\"")),
            ("http://localhost/p/q/iaas/api", false, Err("an API: \"http://localhost/p/q\"")),
            ("https://vra.example/automation/", false, Err("an API: \"https://vra.example\"")),
            ("https://vra.example/CSP", false, Err("an API: \"https://vra.example\"")),
            ("https://[2001:db8::1]/tm", false, Err("an API: \"https://[2001:db8::1]\"")),
            ("https://vra.example/p/automation", false, Ok("https://vra.example/p/automation")),
            ("https://vra.example/team/tm", false, Ok("https://vra.example/team/tm")),
            ("https://vra.example/iaas/proxy", false, Ok("https://vra.example/iaas/proxy")),
            ("https://vra.example/myiaas", false, Ok("https://vra.example/myiaas")),
            ("https://iaas", false, Ok("https://iaas")),
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
