//! The one error type, and the codes that programs decide on.

use serde::{Deserialize, Serialize};

use crate::value::{Unreadable, Value, optional, required};

/// What went wrong. The names are part of the public interface; `js/error.d.ts` says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // one place for the meaning: the table in the README
pub enum Code {
    InvalidInput,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    RateLimited,
    ServiceError,
    Network,
    Timeout,
    UnexpectedResponse,
    BodyTooLarge,
    OperationFailed,
    OutcomeUnknown,
    AmbiguousResult,
}

impl Code {
    /// The code as users see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidInput => "invalid_input",
            Code::Unauthorized => "unauthorized",
            Code::Forbidden => "forbidden",
            Code::NotFound => "not_found",
            Code::Conflict => "conflict",
            Code::RateLimited => "rate_limited",
            Code::ServiceError => "service_error",
            Code::Network => "network",
            Code::Timeout => "timeout",
            Code::UnexpectedResponse => "unexpected_response",
            Code::BodyTooLarge => "body_too_large",
            Code::OperationFailed => "operation_failed",
            Code::OutcomeUnknown => "outcome_unknown",
            Code::AmbiguousResult => "ambiguous_result",
        }
    }
}

/// An error as the user gets it. It never holds a token: nothing in the core ever sees one.
#[derive(Debug, Clone, Serialize)]
#[serde(bound = "V: Value")]
pub struct Error<V> {
    /// For programs.
    pub code: Code,
    /// For people: what happened, and what to do.
    pub message: String,
    /// Whether the same call may be made again and may then succeed.
    pub retryable: bool,
    /// The HTTP status, where one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The service's own error body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<V>,
    /// The tracker of a failed operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracker: Option<V>,
    /// The snapshots among which the operation's own cannot be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<V>,
    /// What was thrown. It does not outlive the process, so a state leaves it out.
    #[serde(skip)]
    pub cause: Option<V>,
}

impl<V> Error<V> {
    /// An error with nothing but a code and a message; not to be tried again.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retryable: false,
            status: None,
            service: None,
            tracker: None,
            candidates: Vec::new(),
            cause: None,
        }
    }
}

impl<V: Value> Error<V> {
    /// Reads what was written down.
    pub(crate) fn read(value: &V) -> Result<Self, Unreadable> {
        let candidates = value.field("candidates");
        let candidates = candidates.map(|it| it.items().ok_or(Unreadable)).transpose()?;
        Ok(Self {
            code: required(value, "code")?,
            message: required(value, "message")?,
            retryable: required(value, "retryable")?,
            status: optional(value, "status")?,
            service: value.field("service"),
            tracker: value.field("tracker"),
            candidates: candidates.unwrap_or_default(),
            cause: None,
        })
    }
}

/// An argument or option that cannot be used: which one, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidInput(pub String);

impl core::fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for InvalidInput {}

impl<V> From<InvalidInput> for Error<V> {
    fn from(input: InvalidInput) -> Self {
        Self::new(Code::InvalidInput, input.0)
    }
}
