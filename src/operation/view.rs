//! What can be seen of an operation from outside, and what may be waited for.

use super::state::{Kind, Phase};
use super::{Operation, Purpose, Work};
use crate::engine::contract::SendId;
use crate::engine::exchange::Next;
use crate::error::{Error, InvalidInput};
use crate::protocol::call::Id;
use crate::util::clock::{Ms, Now};
use crate::util::value::Value;

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// That the service has accepted the request.
    Accepted,
    /// That the operation is over.
    Ended,
    /// That the tracker differs from this revision, or that it will not change any more.
    Changed(u32),
    /// That the tracker has been polled more often than this.
    Polled(u32),
}

impl<V: Value> Operation<V> {
    /// Whether the goal is reached, or what keeps it from being reached; `None`: not yet.
    pub fn answer(&self, goal: Goal) -> Option<Result<(), Error<V>>> {
        if let Some(error) = &self.halted {
            return Some(Err(error.clone()));
        }
        let reached = match goal {
            // A request that was accepted may have failed since: its result tells.
            Goal::Accepted => self.tracker_id.is_some() || self.phase == Phase::Finished,
            Goal::Ended => self.phase == Phase::Finished,
            Goal::Changed(since) => self.revision != since || self.is_settled(),
            Goal::Polled(since) => self.polls != since || self.is_over(),
        };
        match (reached, &self.error) {
            (true, _) => Some(Ok(())),
            (false, Some(error)) => Some(Err(error.clone())),
            (false, None) if self.phase == Phase::Prepared && !self.wanted => Some(Err(
                InvalidInput("this operation has not been submitted: call submit() first".into())
                    .into(),
            )),
            (false, None) => None,
        }
    }

    /// Random; the same after a resume.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it does.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The machine; empty while it is not known.
    pub fn machine_id(&self) -> &str {
        self.machine.as_ref().map_or("", Id::as_str)
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The last tracker seen, as it came.
    pub fn tracker(&self) -> Option<&V> {
        self.tracker.as_ref()
    }

    /// Whether there is a tracker to poll.
    pub fn has_tracker(&self) -> bool {
        self.tracker_id.is_some()
    }

    /// Counts the changes of the tracker; 0: none has been seen.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Counts the polls that were answered.
    pub fn polls(&self) -> u32 {
        self.polls
    }

    /// 0 to 100.
    pub fn progress(&self) -> Option<u8> {
        self.progress.percent()
    }

    /// The time left, if it can be told.
    pub fn eta(&self, now: Now) -> Option<Ms> {
        if self.is_over() { None } else { self.progress.eta(now.monotonic) }
    }

    /// The snapshot that was made.
    pub fn snapshot(&self) -> Option<&V> {
        self.snapshot.as_ref()
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&Error<V>> {
        self.error.as_ref()
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Finished | Phase::Failed)
    }

    /// Why it rests, if it does: whoever waits next takes it up where it stands.
    pub fn halted(&self) -> Option<&Error<V>> {
        self.halted.as_ref()
    }

    /// Whether what it sends next is the request.
    pub(crate) fn is_about_to_submit(&self) -> bool {
        match &self.work {
            Work::Call(Purpose::Submit, exchange) => !exchange.is_open(),
            _ => false,
        }
    }

    /// Whether the request that must not be repeated is on its way.
    pub(crate) fn is_sending(&self) -> bool {
        matches!(&self.work, Work::Call(Purpose::Submit, exchange) if exchange.is_open())
    }

    /// The tracker that this attempt polls, if it polls one.
    pub fn polled(&self, id: SendId) -> Option<&str> {
        match &self.work {
            Work::Call(Purpose::Poll, exchange) if exchange.next() == Next::Open(id) => {
                self.tracker_id.as_ref().map(Id::as_str)
            }
            _ => None,
        }
    }

    /// Whether its tracker will not change any more.
    fn is_settled(&self) -> bool {
        self.is_over() || self.phase == Phase::Resolving
    }
}
