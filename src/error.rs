//! The one error type, and the codes that programs decide on.

use std::ops::{Deref, DerefMut};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::util::names::names;
use crate::util::value::{Unreadable, Value, optional, required, write_some};

/// What went wrong. The names are part of the public interface; `js/error.d.ts` says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

names! {
    Code {
        InvalidInput = "invalid_input",
        Unauthorized = "unauthorized",
        Forbidden = "forbidden",
        NotFound = "not_found",
        Conflict = "conflict",
        RateLimited = "rate_limited",
        ServiceError = "service_error",
        Network = "network",
        Timeout = "timeout",
        UnexpectedResponse = "unexpected_response",
        BodyTooLarge = "body_too_large",
        OperationFailed = "operation_failed",
        OutcomeUnknown = "outcome_unknown",
        AmbiguousResult = "ambiguous_result",
    }
}

/// An error as the user gets it. It never holds a token: nothing in the core ever sees one.
///
/// It is a box: most results may be one, and what every result may be is moved about everywhere.
#[derive(Debug, Clone)]
pub struct Error<V>(pub(crate) Box<Details<V>>);

/// What an error tells.
#[derive(Debug, Clone)]
pub struct Details<V> {
    /// For programs.
    pub code: Code,
    /// For people: what happened, and what to do.
    pub message: String,
    /// Whether the same call may be made again and may then succeed.
    pub retryable: bool,
    /// The HTTP status, where one was read.
    pub status: Option<u16>,
    /// The service's own error body.
    pub service: Option<V>,
    /// The tracker of a failed operation.
    pub tracker: Option<V>,
    /// The snapshots among which the operation's own cannot be told.
    pub candidates: Vec<V>,
    /// What was thrown. It does not outlive the process, so a state leaves it out.
    pub cause: Option<V>,
}

impl<V> Error<V> {
    /// An error with nothing but a code and a message; not to be tried again.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code,
            message: message.into(),
            retryable: false,
            status: None,
            service: None,
            tracker: None,
            candidates: Vec::new(),
            cause: None,
        }))
    }

    /// The same, of what may be tried again.
    #[must_use]
    pub(crate) fn again(mut self) -> Self {
        self.retryable = true;
        self
    }
}

impl<V> Deref for Error<V> {
    type Target = Details<V>;

    fn deref(&self) -> &Details<V> {
        &self.0
    }
}

impl<V> DerefMut for Error<V> {
    fn deref_mut(&mut self) -> &mut Details<V> {
        &mut self.0
    }
}

impl<V: Value> Error<V> {
    /// Reads what was written down.
    pub(crate) fn read(value: &V) -> Result<Self, Unreadable> {
        let message: String = required(value, "message")?;
        let mut error = Self::new(required(value, "code")?, message);
        error.retryable = required(value, "retryable")?;
        error.status = optional(value, "status")?;
        error.service = value.field("service");
        error.tracker = value.field("tracker");
        if let Some(candidates) = value.field("candidates") {
            error.candidates = candidates.items().ok_or(Unreadable)?;
        }
        Ok(error)
    }
}

impl<V: Value> Serialize for Error<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("code", self.code.as_str())?;
        object.serialize_entry("message", &self.message)?;
        object.serialize_entry("retryable", &self.retryable)?;
        write_some(&mut object, "status", self.status.as_ref())?;
        write_some(&mut object, "service", self.service.as_ref())?;
        write_some(&mut object, "tracker", self.tracker.as_ref())?;
        let candidates = (!self.candidates.is_empty()).then_some(&self.candidates);
        write_some(&mut object, "candidates", candidates)?;
        object.end()
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
