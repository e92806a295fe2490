//! Answers that are not the service's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::util::time::{DateForm, http_date};

/// An answer that comes in place of the service's own.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    /// From 200 to 599.
    #[serde(deserialize_with = "status")]
    pub status: u16,
    /// What the service's error body says. Default: the status.
    #[serde(default)]
    pub message: Option<String>,
    /// The `details` of the service's error body: `["SHOULD_RETRY"]`. Default: left out.
    #[serde(default)]
    pub details: Vec<String>,
    /// The header `Retry-After`. Default: left out.
    #[serde(default)]
    pub retry_after: Option<RetryAfter>,
    /// More headers: a `location`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Default: the service's error body from status 400 on, else none.
    #[serde(default)]
    pub body: Option<AnswerBody>,
}

/// What an answer carries.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerBody {
    /// The service's error body.
    Error,
    /// A page, as proxies send it.
    Html,
    /// Nothing.
    Empty,
    /// The error body of a gateway in front of the service that finds no handler for the request.
    Gateway,
    /// The service's error body, which repeats the token and the body of the request in several spellings.
    Echo,
    /// This, as JSON.
    Json(Value),
    /// This, declared as JSON, which it need not be.
    Text(String),
}

/// The header `Retry-After`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// Anything, however malformed.
    Text(String),
    /// A date by the service's clock.
    Date(RetryDate),
}

/// A date from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryDate {
    /// How far from now; below 0 in the past.
    pub in_ms: i64,
    /// Which of HTTP's three forms. Default: the one that is not obsolete.
    #[serde(default, rename = "as")]
    pub form: DateForm,
}

impl RetryAfter {
    pub(crate) fn text(&self, now_ms: u64) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text.clone(),
            Self::Date(date) => http_date(now_ms.saturating_add_signed(date.in_ms), date.form),
        }
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match u16::deserialize(deserializer)? {
        status @ 200..=599 => Ok(status),
        other => Err(de::Error::custom(format!("{other} is no status from 200 to 599"))),
    }
}
