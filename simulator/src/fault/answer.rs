//! Answers that are not the service's own.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use crate::error::ServiceError;
use crate::http::{Request, Response};
use crate::ids;
use crate::service::Simulator;
use crate::time::{DateForm, http_date, timestamp};

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
    fn text(&self, now_ms: u64) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Text(text) => text.clone(),
            Self::Date(date) => http_date(now_ms.saturating_add_signed(date.in_ms), date.form),
        }
    }
}

const PAGE: &str = "<!DOCTYPE html><html><head><title>Gateway</title></head>\
    <body><h1>The request could not be served</h1></body></html>";

impl Simulator {
    /// Writes the answer to a request, at this time by the service's clock.
    pub(crate) fn write(&mut self, answer: &Answer, request: &Request) -> Response {
        let status = answer.status;
        let otherwise = if status < 400 { AnswerBody::Empty } else { AnswerBody::Error };
        let mut response = match answer.body.as_ref().unwrap_or(&otherwise) {
            AnswerBody::Empty => Response::empty(status),
            AnswerBody::Json(body) => Response::json(status, body),
            AnswerBody::Text(text) => Response::of_type(status, "application/json", text.as_str()),
            AnswerBody::Html => Response::of_type(status, "text/html; charset=utf-8", PAGE),
            AnswerBody::Gateway => Response::json(status, &self.no_handler(status, request)),
            AnswerBody::Echo => Response::json(status, &repeating(status, request)),
            AnswerBody::Error => {
                let message = answer.message.clone();
                let message = message.unwrap_or_else(|| format!("Simulated fault: {status}"));
                let error = ServiceError::simulated(status, message, answer.details.clone());
                self.refuse(error)
            }
        };
        let headers = answer.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        response.headers.extend(headers);
        match &answer.retry_after {
            Some(after) => response.with_header("retry-after", after.text(self.clock(self.now))),
            None => response,
        }
    }

    /// The body that Spring's gateways write: they call the status `status`, and the service calls it `statusCode`.
    fn no_handler(&mut self, status: u16, request: &Request) -> Value {
        json!({
            "timestamp": timestamp(self.clock(self.now)),
            "path": request.split_target().0,
            "status": status,
            "error": "Not Found",
            "message": "No matching handler",
            "requestId": ids::hex(&mut self.random, 8),
        })
    }
}

/// An error body that repeats what was sent: in texts, in a nested list, as a name, escaped and percent-encoded.
fn repeating(status: u16, request: &Request) -> Value {
    let authorization = request.header("authorization").unwrap_or("no token");
    let (_, token) = authorization.split_once(' ').unwrap_or(("", authorization));
    let body = String::from_utf8_lossy(&request.body);
    json!({
        "message": format!("Cannot process {body} of {authorization}"),
        "statusCode": status,
        "errorCode": 0,
        "details": [format!("sent: {body}"), format!("by: {token}")],
        "request": {
            "headers": [{ "name": "authorization", "value": authorization }],
            "known": { token: true },
            "form": percent_encode(body.as_bytes(), NON_ALPHANUMERIC).to_string(),
            "text": Value::from(body).to_string(),
        },
    })
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match u16::deserialize(deserializer)? {
        status @ 200..=599 => Ok(status),
        other => Err(de::Error::custom(format!("{other} is no status from 200 to 599"))),
    }
}
