//! The contract between a state machine and whoever drives it.

use std::cell::Cell;
use std::rc::Rc;

use crate::engine::polling::Polling;
use crate::engine::retry::Retry;
use crate::error::Error;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::call::Call;
use crate::protocol::model::Page;
use crate::util::value::{FromValue, Unreadable, Value};

/// Milliseconds. The core measures nothing finer and no `f64` crosses into its arithmetic.
pub type Ms = u64;

/// The two clocks: schedules use the first, what is written down uses the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; starts anywhere.
    pub monotonic: Ms,
    /// Since 1970, UTC; may jump either way.
    pub wall: Ms,
}

/// Names one attempt among those a machine has open.
pub type SendId = u32;

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Keep the state somewhere safe, then tell [`Event::Persisted`] - or [`Event::NotPersisted`],
    /// and nothing is sent.
    Persist,
    /// Send this once, and tell the outcome under this id. Several may be open.
    Send {
        /// To be repeated in the outcome.
        id: SendId,
        /// What to send.
        call: Rc<Call>,
        /// 1 for the first attempt of this call.
        attempt: u32,
    },
    /// End an attempt that is open; its outcome is not wanted any more.
    Cancel {
        /// The attempt.
        id: SendId,
    },
    /// Nothing to do until this time, or until an event; without a time, until an event.
    Wait {
        /// On the monotonic clock.
        until: Option<Ms>,
    },
    /// A call is ready, and may not be sent now; nothing else to do until this time, or until an event. Only where
    /// [`StateMachine::next_action`] was told so: [`StateMachine::poll`] never answers this.
    Throttled {
        /// On the monotonic clock.
        until: Option<Ms>,
    },
    /// Nothing to do, ever - or, for an operation, until somebody wants something of it again.
    Done,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event<V> {
    /// The state asked for by [`Action::Persist`] is safe.
    Persisted,
    /// It is not, and so nothing may be sent.
    NotPersisted,
    /// An attempt came to its end.
    Outcome {
        /// The attempt.
        id: SendId,
        /// Its end.
        outcome: Outcome<V>,
    },
    /// A list showed the tracker that this attempt polled, now or the last time. A machine whose poll is due, open or
    /// yet to come takes it for the poll's answer.
    Seen {
        /// The attempt.
        id: SendId,
        /// The tracker.
        tracker: V,
    },
    /// Look again now: somebody asked, the network is back, the tab is visible.
    Nudge,
    /// Nobody waits any more. What was open has been cancelled and gets no outcome.
    Abandoned,
}

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

/// What the machines of one client share: where they call, and how patiently.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The service.
    pub base: BaseUrl,
    /// Attempts of one call.
    pub retry: Retry,
    /// The pace of tracker polls.
    pub polling: Polling,
    /// How long a snapshot may be listed late, in milliseconds.
    pub settle: Ms,
    /// The pause between two looks at the snapshots.
    pub look: Ms,
    /// Whether another token can be had after a 401.
    pub renewable: bool,
    /// Whether the token is a text that the user gave: an error then says what else it may be.
    pub token_is_fixed: bool,
    /// The API version that calls name.
    pub api_version: String,
    /// Whether a specification is sent with the `id` and `_links` that the description requires.
    pub conformant: bool,
    /// The service refuses `$orderby` on the list of machines, as far as has been learnt: clones share it.
    pub unsorted: Rc<Cell<bool>>,
}

impl Policy {
    /// The defaults.
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            retry: Retry::default(),
            polling: Polling::default(),
            settle: 30_000,
            look: 2_000,
            renewable: true,
            token_is_fixed: false,
            api_version: "2021-07-15".into(),
            conformant: true,
            unsorted: Rc::default(),
        }
    }
}

/// A decision maker without I/O; the crate's documentation has the contract.
pub trait StateMachine<V: Value> {
    /// What to do next. An action is answered once; asking again gives the next one.
    fn poll(&mut self, now: Now) -> Action {
        self.next_action(now, true)
    }
    /// The same, for a driver that must hold back calls for a while. Without `may_send` it never answers
    /// [`Action::Send`]: a call that is ready stays with the machine, which can still take it back, and everything else
    /// goes on. So what has been answered with `Send` has left.
    fn next_action(&mut self, now: Now, may_send: bool) -> Action;
    /// Takes note of what happened. `random` is uniform over its range.
    fn handle(&mut self, event: Event<V>, now: Now, random: u32);
}

/// What several calls of one machine wait for, together.
#[derive(Default)]
pub(crate) struct Waits {
    is_throttled: bool,
    until: Option<Ms>,
}

impl Waits {
    /// Adds what one of them answered; gives back what is to be done now.
    pub(crate) fn add(&mut self, action: Action) -> Option<Action> {
        let (is_throttled, until) = match action {
            Action::Wait { until } => (false, until),
            Action::Throttled { until } => (true, until),
            action => return Some(action),
        };
        self.is_throttled |= is_throttled;
        self.until = self.until.into_iter().chain(until).min();
        None
    }

    /// What there is to wait for.
    pub(crate) fn action(self) -> Action {
        match self {
            Self { is_throttled: true, until } => Action::Throttled { until },
            Self { until, .. } => Action::Wait { until },
        }
    }
}
