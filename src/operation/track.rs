//! From an accepted request to its snapshot.

use super::pick::{Clues, Pick, machine_in, pick};
use super::{Glimpse, Kind, Lost, Operation, Phase, Purpose, Work, tracker_in};
use crate::model::{RequestStatus, RequestTracker};
use crate::pace::MAX_FAILED_POLLS;
use crate::{Call, Code, Error, Failed, Id, Now, Read, Unreadable, Value};

impl<V: Value> Operation<V> {
    /// What to read next while the request runs.
    pub(super) fn next_read(&mut self) -> Option<(Purpose, Call)> {
        if let (Kind::Create, None, Glimpse::Untried, Some(machine)) =
            (self.kind, &self.baseline, &self.glimpse, &self.machine)
        {
            return Some((Purpose::Glimpse, Call::list_snapshots(machine)));
        }
        Some((Purpose::Poll, Call::get_tracker(self.tracker_id.as_ref()?)))
    }

    /// What to read next when the request is over, or its tracker is not to be found.
    pub(super) fn next_look(&mut self) -> Option<(Purpose, Call)> {
        match (&self.machine, &self.tracker_id) {
            (_, Some(tracker)) if self.lost == Lost::Poll => {
                Some((Purpose::Poll, Call::get_tracker(tracker)))
            }
            (Some(machine), _) => Some((Purpose::Look, Call::list_snapshots(machine))),
            (None, _) => {
                self.halt(Error::new(
                    Code::AmbiguousResult,
                    "The request is over, and its tracker does not name the machine: give `machineId` to track()",
                ));
                None
            }
        }
    }

    /// The service has accepted: this is its tracker.
    pub(super) fn accept(&mut self, seen: RequestTracker, tracker: V, now: Now, random: u32) {
        match Id::new("the tracker's id", &seen.id) {
            Ok(id) => self.tracker_id = Some(id),
            Err(invalid) => {
                self.phase = Phase::Reconciling;
                return self.halt(self.outcome_unknown(Some(invalid.into())));
            }
        }
        self.phase = Phase::Tracking;
        self.note(seen, tracker, now, random);
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
                Err(Unreadable) => {
                    Error { retryable: true, ..self.unreadable(Purpose::Poll, &read) }
                }
            },
            Err(failed) => failed.error,
        };
        if error.code == Code::NotFound && self.kind == Kind::Create && self.machine.is_some() {
            // No proof of failure: how long a tracker lives is not known. The snapshots decide.
            self.lost = Lost::Look;
            self.phase = Phase::Resolving;
            self.due = now.monotonic;
            return;
        }
        self.note_failed_read(error, now, random);
    }

    pub(super) fn take_look(&mut self, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        let mut list = match self.read_snapshots(end) {
            Ok(list) => list,
            Err(error) => {
                let retryable = error.retryable || error.code == Code::UnexpectedResponse;
                return self.note_failed_read(Error { retryable, ..error }, now, random);
            }
        };
        self.failed_reads = 0;
        let snapshots: Vec<_> = list.iter().map(|(snapshot, _)| snapshot.clone()).collect();
        let clues = Clues {
            machine: self.machine_id(),
            resources: &self.resources,
            baseline: self.baseline.as_deref().unwrap_or_default(),
            name: self.specification.name.as_deref(),
        };
        // What a tracker that is gone has made is told by the difference, and by nothing else.
        let is_guess = self.lost != Lost::No && self.baseline.is_none();
        match pick(&snapshots, clues, |id| self.claims.taken(self.claimant(), id)) {
            Pick::One(place) if is_guess => {
                let (_, document) = list.swap_remove(place);
                self.look_again(vec![document], now);
            }
            Pick::One(place) => {
                let (snapshot, document) = list.swap_remove(place);
                self.claims.claim(self.claimant(), &snapshot.id);
                self.snapshot = Some(document);
                self.finish();
            }
            Pick::Unclear(places) => {
                let candidates =
                    places.iter().filter_map(|place| list.get(*place)).map(|(_, it)| it.clone());
                let candidates = candidates.collect();
                self.look_again(candidates, now);
            }
        }
    }

    /// Who hands a snapshot out: the request, which several operations may follow.
    pub(super) fn claimant(&self) -> &str {
        self.tracker_id.as_ref().map_or(&self.id, Id::as_str)
    }

    /// A look showed nothing certain. Snapshots may be listed late, so it is looked again for a while.
    fn look_again(&mut self, candidates: Vec<V>, now: Now) {
        let (since, looks) = self.vain.unwrap_or((now.monotonic, 0));
        self.vain = Some((since, looks.saturating_add(1)));
        if looks == 0 || now.monotonic.saturating_sub(since) < self.policy.settle {
            self.due = now.monotonic.saturating_add(self.policy.look);
            if self.lost == Lost::Look {
                self.lost = Lost::Poll;
            }
            return;
        }
        let (code, what) = match (self.lost != Lost::No, candidates.is_empty()) {
            (true, _) => (
                Code::OutcomeUnknown,
                "The request tracker is gone, and no snapshot is certain to be its own",
            ),
            (false, true) => {
                (Code::AmbiguousResult, "The request has finished, and no new snapshot is listed")
            }
            (false, false) => (
                Code::AmbiguousResult,
                "The request has finished, and it cannot be told which snapshot is its own",
            ),
        };
        let message = format!("{what}. Look at the snapshots of machine {}.", self.machine_id());
        self.halt(Error { tracker: self.tracker.clone(), candidates, ..Error::new(code, message) });
    }

    /// A read failed, and that is not the operation's failure: it is tried again for a while.
    fn note_failed_read(&mut self, error: Error<V>, now: Now, random: u32) {
        self.failed_reads += 1;
        if !error.retryable || self.failed_reads > MAX_FAILED_POLLS {
            return self.halt(error);
        }
        let delay =
            self.policy.polling.after_failures(&self.policy.retry, self.failed_reads, random);
        self.due = now.monotonic.saturating_add(delay);
    }

    /// The tracker as it is now.
    fn note(&mut self, seen: RequestTracker, tracker: V, now: Now, random: u32) {
        self.failed_reads = 0;
        self.lost = Lost::No;
        self.vain = None;
        if self.machine.is_none() {
            let machine = machine_in(seen.resources.as_deref().unwrap_or_default());
            self.machine = machine.and_then(|id| Id::new("machineId", &id).ok());
        }
        let before = self
            .tracker
            .replace(tracker)
            .and_then(|tracker| tracker.decode::<RequestTracker>().ok());
        if before.as_ref() != Some(&seen) {
            self.revision = self.revision.wrapping_add(1).max(1);
        }
        match seen.status {
            RequestStatus::Finished => {
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
                let message = format!("The {} of a snapshot failed: {why}", self.kind.as_str());
                let tracker = self.tracker.clone();
                self.fail(Error { tracker, ..Error::new(Code::OperationFailed, message) });
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

    fn finish(&mut self) {
        self.progress.finish();
        self.phase = Phase::Finished;
        self.work = Work::Idle;
    }
}
