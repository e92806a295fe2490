//! How the service says no.

use serde::Serialize;

use crate::http::Response;
use crate::options::ErrorBodies;

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
        let bare = bodies == ErrorBodies::None && matches!(self.status, 403 | 404);
        let response = if bare {
            Response::empty(self.status)
        } else {
            let body = Body {
                message: &self.message,
                status_code: self.status,
                error_code: 0,
                server_error_id,
                details: &self.details,
                document_kind: "com:vmware:xenon:common:ServiceErrorResponse",
            };
            Response::json(self.status, &body)
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
