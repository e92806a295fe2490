//! How the service says no.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::message::Response;

/// The shape of error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorBodies {
    /// A `ServiceErrorResponse`, as the API's description says.
    #[default]
    Full,
    /// The answers 403 and 404 carry nothing, as the product's pages say.
    None,
    /// A `ServiceErrorResponse` with numbers where texts are documented, and `details` as an object.
    Loose,
    /// `{"error", "error_description"}`, as OAuth 2 has it.
    Oauth,
    /// `{"errors": [{"message"}]}`
    Errors,
    /// `{"timestamp", "status", "error", "path", "details"}`, with `details` as a text.
    Spring,
    /// `{"minorErrorCode", "message", "stackTrace"}`
    Vcloud,
}

/// A refusal. It becomes the service's `ServiceErrorResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceError {
    status: u16,
    message: String,
    /// The header that HTTP wants beside this status.
    header: Option<(&'static str, String)>,
    details: Vec<String>,
}

impl ServiceError {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), header: None, details: Vec::new() }
    }

    /// Any status, for a fault.
    pub(crate) fn simulated(status: u16, message: String, details: Vec<String>) -> Self {
        Self { details, ..Self::new(status, message) }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let challenge = ("www-authenticate", "Bearer".to_owned());
        Self { header: Some(challenge), ..Self::new(401, message) }
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(403, "forbidden")
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, message)
    }

    pub(crate) fn method_not_allowed(method: &str, allowed: String) -> Self {
        let message = format!("Request method '{method}' is not supported; use {allowed}");
        Self { header: Some(("allow", allowed)), ..Self::new(405, message) }
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub(crate) fn into_response(self, bodies: ErrorBodies, server_error_id: String) -> Response {
        let Self { status, message, details, .. } = &self;
        let of = |body: Value| Response::json(*status, &body);
        let response = match bodies {
            ErrorBodies::None if matches!(status, 403 | 404) => Response::empty(*status),
            ErrorBodies::Full | ErrorBodies::None => {
                let body = Body {
                    message,
                    status_code: *status,
                    error_code: 0,
                    server_error_id,
                    details,
                    document_kind: "com:vmware:xenon:common:ServiceErrorResponse",
                };
                Response::json(*status, &body)
            }
            ErrorBodies::Loose => of(json!({
                "message": message,
                "messageId": 20_017,
                "statusCode": status.to_string(),
                "errorCode": "0",
                "serverErrorId": 4_711,
                "details": { "fields": details },
            })),
            ErrorBodies::Oauth => of(json!({ "error": "refused", "error_description": message })),
            ErrorBodies::Errors => of(json!({ "errors": [{ "message": message }] })),
            ErrorBodies::Spring => of(json!({
                "timestamp": 1_772_352_000_000_u64,
                "status": status,
                "error": "Refused",
                "path": "/iaas/api",
                "details": message,
            })),
            ErrorBodies::Vcloud => of(json!({
                "minorErrorCode": "REFUSED",
                "message": message,
                "stackTrace": null,
            })),
        };
        match self.header {
            Some((name, value)) => response.with_header(name, value),
            None => response,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    message: &'a str,
    status_code: u16,
    error_code: i32,
    server_error_id: String,
    document_kind: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    details: &'a [String],
}
