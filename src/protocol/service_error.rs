//! What an error body says, in whatever shape it comes.
//!
//! The documented shape is `ServiceErrorResponse`. Live systems also send numbers in place of texts, `details` as a text or an
//! object, and the shapes of OAuth, Spring, vCloud and problem details. A member of another type than expected hides none of
//! the others.

use crate::util::text::{concat, digits, join};
use crate::util::value::Value;

/// What is read of an error body; nothing in it is certain to be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceError {
    /// The reason, for people.
    pub reason: Option<String>,
    /// Names the reason.
    pub message_id: Option<String>,
    /// The id to quote to the people who run the service.
    pub server_error_id: Option<String>,
    /// The service says that the same request may succeed later.
    pub should_retry: bool,
    /// A gateway that has no handler for the request wrote this body, and not the service.
    pub is_of_gateway: bool,
}

/// What marks a request as one to be sent again.
const SHOULD_RETRY: &str = "SHOULD_RETRY";

/// No error body that makes sense nests its reason deeper.
const DEPTH: u32 = 4;

impl ServiceError {
    /// Reads the body of an answer with this status.
    pub fn of<V: Value>(body: &V, status: u16) -> Self {
        let first = |names: &[&'static str]| names.iter().find_map(|name| word(&body.field(name)?));
        let details = body.field("details").map(|details| details.items().unwrap_or(vec![details]));
        let should_retry = details
            .is_some_and(|all| all.iter().any(|it| it.text().as_deref() == Some(SHOULD_RETRY)));
        Self {
            reason: reason(body, DEPTH),
            message_id: first(&["messageId", "minorErrorCode", "internalErrorCode"]),
            server_error_id: first(&["serverErrorId", "requestId"]),
            should_retry,
            is_of_gateway: is_of_gateway(body, status),
        }
    }
}

/// Whether this is the error body of Spring's gateways: they call the HTTP status `status` and name the request's time or path,
/// where the service's own body has `statusCode`. The text of the message decides nothing.
fn is_of_gateway<V: Value>(body: &V, status: u16) -> bool {
    let has = |names: &[&'static str]| names.iter().any(|name| body.field(name).is_some());
    let is_status = |value: V| word(&value).is_some_and(|text| text == digits(status.into()));
    body.field("status").is_some_and(is_status)
        && has(&["timestamp", "path"])
        && !has(&["statusCode", "errorCode", "documentKind", "serverErrorId", "messageId"])
}

/// The first reason that a body gives; for details that come with it, both.
fn reason<V: Value>(value: &V, depth: u32) -> Option<String> {
    if let Some(text) = word(value) {
        return (text != SHOULD_RETRY).then_some(text);
    }
    let depth = depth.checked_sub(1)?;
    if let Some(items) = value.items() {
        return joined(items.iter().filter_map(|item| reason(item, depth)));
    }
    let first =
        |names: &[&'static str]| names.iter().find_map(|name| reason(&value.field(name)?, depth));
    let main = first(&["message", "error_description", "errors", "detail"]);
    let details = value.field("details").and_then(|details| {
        reason(&details, depth).or_else(|| {
            let known =
                |(name, value): (String, V)| Some(concat(&[&name, ": ", &reason(&value, depth)?]));
            joined(details.entries().into_iter().filter_map(known))
        })
    });
    match (main, details) {
        (Some(main), Some(details)) if !main.contains(&details) => {
            Some(concat(&[&main, " (", &details, ")"]))
        }
        (main, details) => main.or(details).or_else(|| first(&["error", "title"])),
    }
}

fn joined(reasons: impl Iterator<Item = String>) -> Option<String> {
    let all: Vec<String> = reasons.collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    (!all.is_empty()).then(|| join(&all, "; "))
}

/// A text that says something, or a number.
fn word<V: Value>(value: &V) -> Option<String> {
    let text = match (value.text(), value.number()) {
        (Some(text), _) => text,
        // Whole numbers only: to write others takes kilobytes of code.
        (None, Some(number)) if number >= 0.0 && number.fract() == 0.0 => digits(number as u64),
        _ => return None,
    };
    let text = text.trim_ascii();
    (!text.is_empty()).then(|| text.to_owned())
}
