//! An answer that comes in place of the service's own, written.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use crate::faults::answer::{Answer, AnswerBody};
use crate::http::error::ServiceError;
use crate::http::message::{Request, Response};
use crate::service::Simulator;
use crate::util::ids;
use crate::util::time::timestamp;

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
