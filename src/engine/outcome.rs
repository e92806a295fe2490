//! How an attempt of a call ended.

use crate::error::Error;
use crate::protocol::model::Page;
use crate::util::value::{FromValue, Unreadable, Value};

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum Outcome<V> {
    /// The service, or something in front of it, answered.
    Answer(Answer<V>),
    /// No answer was read.
    Failure(Failure<V>),
    /// Nothing was sent: there is no token, and this is why.
    Unsent(Error<V>),
}

impl<V> Outcome<V> {
    /// An answer with a JSON body and no header of interest.
    pub fn json(status: u16, value: V) -> Self {
        Outcome::Answer(Answer { status, payload: Payload::Json(value), retry_after: None })
    }
}

/// An answer, as far as the core looks at it.
#[derive(Debug, Clone)]
pub struct Answer<V> {
    /// The HTTP status; 0 for a redirect that a browser does not show.
    pub status: u16,
    /// The body.
    pub payload: Payload<V>,
    /// The header `Retry-After`, as it came; not looked at where [`crate::engine::retry::heeds_retry_after`] says so.
    pub retry_after: Option<String>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub enum Payload<V> {
    /// It is JSON, whatever its content type says.
    Json(V),
    /// It is not; the first characters of it.
    Other(String),
    /// There is none.
    Empty,
}

impl<V: Value> Payload<V> {
    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Result<&V, Unreadable> {
        match self {
            Payload::Json(body) => Ok(body),
            Payload::Other(_) | Payload::Empty => Err(Unreadable),
        }
    }

    /// What the body is to hold.
    pub(crate) fn decode<T: FromValue>(&self) -> Result<T, Unreadable> {
        self.json()?.decode()
    }

    /// The array that the body is, or that it holds as its `content`: versions of the service differ. An envelope whose
    /// `totalElements` promises more than it holds is one page of a list, and not the list.
    pub(crate) fn list(&self) -> Result<V, Unreadable> {
        let body = self.json()?;
        let Some(content) = body.field("content") else { return Ok(body.clone()) };
        let count = content.items().ok_or(Unreadable)?.len();
        match body.decode::<Page>()?.total_elements {
            Some(total) if total > count as f64 => Err(Unreadable),
            _ => Ok(content),
        }
    }

    /// The elements of that array.
    pub(crate) fn items(&self) -> Result<Vec<V>, Unreadable> {
        self.list()?.items().ok_or(Unreadable)
    }
}

/// Why no answer was read.
#[derive(Debug, Clone)]
pub struct Failure<V> {
    /// What kind of failure.
    pub kind: FailureKind,
    /// The HTTP status, where the head of an answer had come.
    pub status: Option<u16>,
    /// What was thrown.
    pub cause: Option<V>,
    /// A few words about it, free of secrets; may be empty.
    pub detail: String,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The request could not be sent, or no answer came.
    Network,
    /// The answer broke off.
    Cut,
    /// The attempt took longer than it may.
    Timeout,
    /// The body is longer than it may be.
    TooLarge,
    /// What came is no answer: an injected `fetch` gave something else.
    NoResponse,
}

impl FailureKind {
    /// As events name it.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureKind::Network => "network",
            FailureKind::Cut => "cut",
            FailureKind::Timeout => "timeout",
            FailureKind::TooLarge => "too_large",
            FailureKind::NoResponse => "no_response",
        }
    }
}
