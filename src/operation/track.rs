//! From an accepted request to its snapshot.

use super::pick::machine_in;
use super::state::{Kind, Phase};
use super::{Glimpse, Operation, Purpose, UnderWay, Work, tracker_in};
use crate::engine::exchange::{Failed, Read};
use crate::engine::polling::MAX_FAILED_POLLS;
use crate::error::{Code, Error};
use crate::protocol::call::{Call, Id};
use crate::protocol::model::{RequestStatus, RequestTracker};
use crate::util::clock::Now;
use crate::util::text::concat;
use crate::util::value::{Unreadable, Value};

impl<V: Value> Operation<V> {
    /// What to read next while the request runs.
    pub(super) fn read_on(&mut self) -> Option<Work<V>> {
        // With a key nothing needs to be known of what was there before.
        if let (Kind::Create, None, None, Glimpse::Untried, Some(_)) =
            (self.kind, &self.key, &self.baseline, &self.glimpse, &self.machine)
        {
            return self.list_snapshots(Purpose::Glimpse);
        }
        let call = Call::get_tracker(self.tracker_id.as_ref()?);
        Some(self.calling(Purpose::Poll, call))
    }

    pub(super) fn take_glimpse(&mut self, end: Result<Read<V>, Failed<V>>) {
        self.glimpse = match self.read_snapshots(end) {
            Ok(list) => {
                Glimpse::Provisional(list.into_iter().map(|(snapshot, _)| snapshot.id).collect())
            }
            // Without a baseline it may still be told which snapshot is new; and if not, that is said.
            Err(_) => Glimpse::Over,
        };
    }

    pub(super) fn take_poll(&mut self, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        let error = match end {
            Ok(read) => match tracker_in(&read.payload) {
                Ok((seen, tracker)) => {
                    self.polls = self.polls.wrapping_add(1);
                    return self.note(seen, tracker, now, random);
                }
                Err(Unreadable) => read.unexpected().again(),
            },
            Err(failed) => failed.error,
        };
        // A gateway's 404 says nothing of the tracker. Where nothing else comes for long, a check is better than to give up.
        let is_gone = error.code == Code::NotFound
            || error.status == Some(404) && self.failed_reads >= MAX_FAILED_POLLS;
        if is_gone && self.machine.is_some() {
            // No proof of failure: how long a tracker lives is not known. A check decides.
            self.why = Some(error);
            self.phase = Phase::Reconciling;
            self.under_way = UnderWay::Unknown;
            self.unsettle();
            return;
        }
        self.note_failed_read(error, now, random);
    }

    /// A list showed our tracker: as good as a poll, if it is time for one or will be.
    pub(super) fn take_seen(&mut self, tracker: V, now: Now, random: u32) {
        let polls = matches!(self.work, Work::Idle | Work::Call(Purpose::Poll, _));
        let Ok(seen) = tracker.decode::<RequestTracker>() else { return };
        let is_own = self.tracker_id.as_ref().is_some_and(|own| own.as_str() == seen.id);
        if self.phase == Phase::Tracking && polls && is_own && self.halted.is_none() {
            self.work = Work::Idle;
            self.polls = self.polls.wrapping_add(1);
            self.note(seen, tracker, now, random);
        }
    }

    /// Who hands a snapshot out: the request, which several operations may follow.
    pub(super) fn claimant(&self) -> &str {
        self.tracker_id.as_ref().map_or(&self.id, Id::as_str)
    }

    /// A read failed, and that is not the operation's failure: it is tried again for a while.
    pub(super) fn note_failed_read(&mut self, error: Error<V>, now: Now, random: u32) {
        self.failed_reads += 1;
        if !error.retryable || self.failed_reads > MAX_FAILED_POLLS {
            return self.halt(error);
        }
        let delay =
            self.policy.polling.after_failures(&self.policy.retry, self.failed_reads, random);
        self.due = now.monotonic.saturating_add(delay);
    }

    /// The tracker as it is now.
    pub(super) fn note(&mut self, seen: RequestTracker, tracker: V, now: Now, random: u32) {
        self.failed_reads = 0;
        self.vain = 0;
        self.quiet_since = Some(now.monotonic);
        if self.machine.is_none() {
            let machine = machine_in(seen.resources.as_deref().unwrap_or_default());
            self.machine = machine.and_then(|id| Id::new("machineId", &id).ok());
        }
        self.show(&seen, tracker);
        match seen.status {
            RequestStatus::Finished => {
                // Whatever the service reports: what is left is to find the snapshot.
                self.progress.report(100.0, now.monotonic);
                self.resources = seen.resources.unwrap_or_default();
                self.due = now.monotonic;
                if self.kind == Kind::Create {
                    self.phase = Phase::Resolving
                } else {
                    self.finish()
                }
            }
            RequestStatus::Failed => {
                self.progress.report(seen.progress, now.monotonic);
                let why = seen.message.as_deref().unwrap_or("the service gave no reason");
                let message = concat(&["The ", self.kind.as_str(), " of a snapshot failed: ", why]);
                let mut error = Error::new(Code::OperationFailed, message);
                error.tracker = self.tracker.clone();
                if self.kind == Kind::Delete && self.tainted {
                    // Perhaps for an earlier attempt that deletes it: the snapshots tell.
                    self.why = Some(error);
                    self.tracker_id = None;
                    self.phase = Phase::Reconciling;
                    self.unsettle();
                } else {
                    self.fail(error);
                }
            }
            RequestStatus::InProgress | RequestStatus::Other(_) => {
                self.phase = Phase::Tracking;
                if let Glimpse::Provisional(seen) = &mut self.glimpse {
                    self.baseline = Some(std::mem::take(seen));
                    self.glimpse = Glimpse::Over;
                }
                self.progress.report(seen.progress, now.monotonic);
                let eta = self.progress.eta(now.monotonic);
                let delay = self.policy.polling.delay(self.polls, eta, random);
                self.due = now.monotonic.saturating_add(delay);
            }
        }
    }

    /// What whoever waits is shown.
    pub(super) fn show(&mut self, seen: &RequestTracker, tracker: V) {
        self.tracker = Some(tracker);
        let shown = Some(seen.fingerprint());
        if shown != self.shown {
            self.shown = shown;
            self.revision = self.revision.wrapping_add(1).max(1);
        }
    }
}
