//! The contract between a state machine and its driver.

use std::rc::Rc;

use crate::engine::outcome::Outcome;
use crate::protocol::call::Call;
use crate::util::clock::{Ms, Now};
use crate::util::value::Value;

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
