//! From nothing sent to an answer to the request - or to none.

use super::state::{Kind, Phase};
use super::{Operation, Purpose, UnderWay, Work, tracker_in};
use crate::engine::exchange::{Certainty, Failed, Read};
use crate::error::{Code, Error};
use crate::protocol::call::{Call, Id};
use crate::protocol::model::{RequestTracker, SnapshotSpecification};
use crate::util::clock::Now;
use crate::util::value::Value;

impl<V: Value> Operation<V> {
    /// The request that must not be repeated.
    pub(super) fn request(&self) -> Option<Call> {
        let machine = self.machine.as_ref()?;
        match self.kind {
            Kind::Create => Some(Call::create_snapshot(
                machine,
                self.marked_specification(),
                self.policy.conformant,
            )),
            Kind::Revert => Some(Call::revert_snapshot(machine, self.target.as_ref()?)),
            Kind::Delete => Some(Call::delete_snapshot(machine, self.target.as_ref()?)),
        }
    }

    fn marked_specification(&self) -> SnapshotSpecification {
        let mut specification = self.specification.clone();
        if let Some(key) = &self.key {
            specification.description = Some(key.mark(specification.description.as_deref()));
        }
        specification
    }

    /// A create is preceded by a look: what is there before it is not ours.
    pub(super) fn begin(&mut self) -> Option<Work<V>> {
        if self.kind == Kind::Create && !self.is_fresh {
            return self.list_snapshots(Purpose::Baseline);
        }
        self.phase = Phase::Submitting;
        Some(Work::Persist { asked: false })
    }

    pub(super) fn take_baseline(&mut self, end: Result<Read<V>, Failed<V>>) {
        let list = match self.read_snapshots(end) {
            Ok(list) => list,
            // Nothing has been sent, so that it may simply be submitted again.
            Err(error) => return self.halt(error),
        };
        let (mut baseline, mut ours) = (Vec::new(), Vec::new());
        for (snapshot, document) in list {
            let description = snapshot.description.as_deref();
            match &self.key {
                Some(key) if key.is_in(description) => ours.push((snapshot.id, document)),
                _ => baseline.push(snapshot.id),
            }
        }
        if let Some((id, document)) = ours.pop() {
            if ours.is_empty() {
                return self.found(&id, document);
            }
            let message = "Several snapshots carry this idempotencyKey; none is made";
            let mut error = Error::new(Code::AmbiguousResult, message);
            error.candidates = ours.into_iter().map(|(_, document)| document).collect();
            error.candidates.push(document);
            return self.halt(error);
        }
        self.baseline = Some(baseline);
        self.ask_to_persist();
    }

    /// All is ready to be sent, once the state is safe.
    pub(super) fn ask_to_persist(&mut self) {
        self.phase = Phase::Submitting;
        self.work = Work::Persist { asked: false };
    }

    /// This is the snapshot that was asked for.
    pub(super) fn found(&mut self, id: &str, document: V) {
        self.claims.claim(self.claimant(), id);
        self.snapshot = Some(document);
        self.finish();
    }

    pub(super) fn take_submit(&mut self, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        self.due = now.monotonic;
        let (error, certainty) = match end {
            Ok(read) if self.kind == Kind::Delete && read.status == 204 => return self.finish(),
            Ok(read) => match tracker_in(&read.payload)
                .map(|(seen, it)| (Id::new("id", &seen.id), seen, it))
            {
                Ok((Ok(id), seen, tracker)) => return self.accept(id, seen, tracker, now, random),
                _ => (read.unexpected(), Certainty::Unknown),
            },
            Err(failed) => (failed.error, failed.certainty),
        };
        let gone = self.kind == Kind::Delete && error.code == Code::NotFound;
        match certainty {
            // An earlier attempt, whose answer was lost, has deleted it.
            Certainty::Refused if gone && self.tainted => self.finish(),
            Certainty::Refused if !self.tainted => {
                self.wanted = false;
                self.fail(error);
            }
            Certainty::Unsent if !self.tainted => self.back_to_prepared(error),
            // No look could tell whether a revert was refused.
            Certainty::Claimed(pause)
                if self.kind != Kind::Revert && self.submits < self.policy.retry.max_attempts =>
            {
                self.claimed = true;
                self.tainted = true;
                self.why = Some(error);
                self.due = now.monotonic.saturating_add(pause);
            }
            _ => {
                self.wanted = false;
                self.tainted = true;
                self.why = Some(error);
                self.phase = Phase::Reconciling;
            }
        }
    }

    fn back_to_prepared(&mut self, error: Error<V>) {
        self.phase = Phase::Prepared;
        self.baseline = None;
        self.halt(error);
    }

    /// The service has accepted: this is its tracker.
    fn accept(&mut self, id: Id, seen: RequestTracker, tracker: V, now: Now, random: u32) {
        self.wanted = false;
        self.tracker_id = Some(id);
        self.phase = Phase::Tracking;
        self.note(seen, tracker, now, random);
    }

    /// Takes the request back, if it has not left and none before it has: whether that is so.
    pub(crate) fn recall(&mut self) -> bool {
        let has_left = match &self.work {
            Work::Call(Purpose::Submit, exchange) => exchange.is_open(),
            _ => false,
        };
        let is_unsent = matches!(self.phase, Phase::Prepared | Phase::Submitting);
        let is_unsent = is_unsent && !self.tainted && !has_left;
        if is_unsent {
            self.abandon();
        }
        is_unsent
    }

    /// Nobody waits any more. A request that has left cannot be called back; all else is dropped.
    pub(super) fn abandon(&mut self) {
        let sent = match &self.work {
            Work::Call(Purpose::Submit, exchange) => exchange.is_open(),
            _ => false,
        };
        let submitting = matches!(self.work, Work::Persist { .. } | Work::Call(Purpose::Submit, _));
        self.work = Work::Idle;
        self.under_way = UnderWay::Unknown;
        self.wanted = false;
        self.tainted |= sent;
        if self.tainted && self.phase == Phase::Submitting {
            self.claimed = false;
            self.phase = Phase::Reconciling;
        } else if submitting || self.phase == Phase::Submitting {
            self.phase = Phase::Prepared;
        }
    }
}
