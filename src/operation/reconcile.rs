//! What became of a request whose answer nobody read: looks at what runs on the machine, and at its
//! snapshots, until they tell - or until it is clear that they will not.

use super::pick::{Clues, Pick, pick};
use super::state::{Kind, Phase};
use super::{Operation, Purpose, UnderWay, Work, decoded};
use crate::engine::exchange::{Exchange, Failed, Read};
use crate::engine::pages::{Pages, Paging, id_of};
use crate::error::{Code, Error};
use crate::protocol::call::Call;
use crate::protocol::model::{RequestStatus, RequestTracker, Snapshot};
use crate::util::clock::{Ms, Now};
use crate::util::text::concat;
use crate::util::value::{Unreadable, Value};

/// So many looks must show nothing before nothing is believed.
const EMPTY_LOOKS: u32 = 2;

impl<V: Value> Operation<V> {
    /// The first half of a look: what runs. First, because a request that ends between the two halves is
    /// then seen by the second; the other way round it would be seen by none.
    pub(super) fn look(&mut self) -> Option<Work<V>> {
        if self.under_way == UnderWay::Unknown {
            let check = id_of::<RequestTracker, V>;
            let pages = Pages::new(Call::list_trackers(), Paging::Bare, check, self.policy.clone());
            return Some(Work::Trackers(Box::new(pages)));
        }
        self.list_snapshots(Purpose::Look)
    }

    pub(super) fn take_trackers(&mut self, end: Result<Vec<V>, Error<V>>, now: Now, random: u32) {
        let mut trackers = match end.and_then(|list| self.read_trackers(list)) {
            Ok(trackers) => trackers,
            Err(error) if error.retryable && error.code != Code::UnexpectedResponse => {
                return self.failed_look(error, now, random);
            }
            // A list that is incomplete or cannot be read is no empty list; the snapshots may tell all the same.
            Err(error) => {
                self.why.get_or_insert(error);
                return self.saw(UnderWay::Perhaps, now, random);
            }
        };
        let is_ours = |(seen, _): &(RequestTracker, V)| {
            self.tracker_id.as_ref().is_some_and(|own| own.as_str() == seen.id)
        };
        if let Some(place) = trackers.iter().position(is_ours) {
            // It had only been mislaid.
            let (seen, tracker) = trackers.swap_remove(place);
            self.phase = Phase::Tracking;
            return self.note(seen, tracker, now, random);
        }
        let mut under_way = UnderWay::Nothing;
        for (seen, tracker) in trackers {
            match self.concerns(&seen) {
                UnderWay::Something => {
                    under_way = UnderWay::Something;
                    // Shown, so that somebody who waits sees why; never taken for ours.
                    self.show(&seen, tracker);
                }
                UnderWay::Perhaps if under_way == UnderWay::Nothing => {
                    under_way = UnderWay::Perhaps
                }
                _ => {}
            }
        }
        self.saw(under_way, now, random);
    }

    fn saw(&mut self, under_way: UnderWay, now: Now, random: u32) {
        if self.kind == Kind::Revert {
            // Nothing else tells whether it was carried out.
            self.failed_reads = 0;
            return self.found_nothing(under_way, None, now, random);
        }
        self.under_way = under_way;
    }

    fn read_trackers(&self, list: Vec<V>) -> Result<Vec<(RequestTracker, V)>, Error<V>> {
        decoded(list).map_err(|Unreadable| {
            Error::new(Code::UnexpectedResponse, "The list of request trackers cannot be read")
        })
    }

    /// Whether a request runs on this machine. One that names nothing might.
    fn concerns(&self, tracker: &RequestTracker) -> UnderWay {
        if matches!(tracker.status, RequestStatus::Finished | RequestStatus::Failed) {
            return UnderWay::Nothing;
        }
        let resources = tracker.resources.as_deref().unwrap_or_default();
        if resources.is_empty() {
            return UnderWay::Perhaps;
        }
        let ours = resources.iter().any(|path| super::pick::is_of(path, self.machine_id()));
        if ours { UnderWay::Something } else { UnderWay::Nothing }
    }

    /// The second half of a look, or a look for the result of a request that has finished.
    pub(super) fn take_look(&mut self, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        let list = match self.read_snapshots(end) {
            Ok(list) => list,
            Err(error) => return self.failed_look(error, now, random),
        };
        self.failed_reads = 0;
        let under_way = std::mem::replace(&mut self.under_way, UnderWay::Unknown);
        match (self.phase, self.kind) {
            (Phase::Resolving, _) => self.resolve(list, now),
            (_, Kind::Create) => self.judge_create(list, under_way, now, random),
            (_, Kind::Delete) => self.judge_delete(&list, under_way, now, random),
            (_, Kind::Revert) => {}
        }
    }

    fn resolve(&mut self, list: Vec<(Snapshot, V)>, now: Now) {
        let waited = self.in_vain(now);
        match self.pick(&list) {
            Pick::One(place) => self.report(list, place),
            // What was there before is not known: it may be one of old.
            Pick::Unmarked(place) if waited && self.baseline.is_none() => {
                self.ambiguous("The snapshot that bears the name lacks the key", &list, &[place]);
            }
            Pick::Unmarked(place) if waited => self.report(list, place),
            Pick::Unmarked(_) => self.look_later(now, self.policy.look),
            Pick::Several(places) | Pick::None(places) if waited => {
                let what = if places.is_empty() {
                    "The request has finished, and no new snapshot is listed"
                } else {
                    "The request has finished, and it cannot be told which snapshot is its own"
                };
                self.ambiguous(what, &list, &places);
            }
            Pick::Several(_) | Pick::None(_) => self.look_later(now, self.policy.look),
        }
    }

    fn judge_create(
        &mut self,
        list: Vec<(Snapshot, V)>,
        under_way: UnderWay,
        now: Now,
        random: u32,
    ) {
        match self.pick(&list) {
            // Nobody knows what was there before somebody else's request: this one may have been.
            Pick::One(place) if self.baseline.is_none() && self.key.is_none() => {
                let candidates = list.get(place).map(|(_, document)| document.clone());
                self.found_nothing(under_way, candidates, now, random);
            }
            Pick::One(place) => self.report(list, place),
            // The one with the key may be yet to come; these may be others' - or have been there before.
            Pick::Unmarked(_) | Pick::Several(_)
                if self.key.is_some() && self.looks_on(&under_way, now, random) => {}
            Pick::Unmarked(place) => {
                self.ambiguous("A new snapshot bears the name, and not the key", &list, &[place]);
            }
            Pick::Several(places) => {
                self.ambiguous("Several new snapshots may be the one", &list, &places)
            }
            // The refusal is believed only if nothing that can be seen speaks against it.
            Pick::None(_) if self.claimed && under_way != UnderWay::Nothing => {
                self.claimed = false;
                self.wanted = false;
                self.phase = Phase::Reconciling;
                self.found_nothing(under_way, None, now, random);
            }
            Pick::None(_) => self.found_nothing(under_way, None, now, random),
        }
    }

    /// A delete may be repeated: what is gone is done, and what is there may be deleted again.
    fn judge_delete(&mut self, list: &[(Snapshot, V)], under_way: UnderWay, now: Now, random: u32) {
        self.claimed = false;
        self.tainted = true;
        self.phase = Phase::Reconciling;
        // Of a tracked request nobody knows what it deletes.
        let Some(target) = &self.target else {
            return self.found_nothing(under_way, None, now, random);
        };
        let there = list.iter().any(|(snapshot, _)| snapshot.id == target.as_str());
        match self.request() {
            _ if !there => self.finish(),
            Some(call)
                if under_way != UnderWay::Something
                    && self.submits < self.policy.retry.max_attempts =>
            {
                let pause = self.policy.retry.backoff(self.submits, random);
                let exchange =
                    Exchange::new(call, &self.policy).at(now.monotonic.saturating_add(pause));
                self.phase = Phase::Submitting;
                self.tracker_id = None;
                self.work = Work::Call(Purpose::Submit, Box::new(exchange));
            }
            _ => self.found_nothing(under_way, None, now, random),
        }
    }

    /// The look made nothing certain: something that runs is waited out, and then it must stay so for a while. Whether
    /// another look is to come.
    fn looks_on(&mut self, under_way: &UnderWay, now: Now, random: u32) -> bool {
        if *under_way == UnderWay::Something {
            self.unsettle();
            self.watched = self.watched.saturating_add(1);
            let pace = self.policy.polling.delay(self.watched, None, random);
            self.look_later(now, pace.max(self.policy.look));
            return true;
        }
        self.watched = 0;
        if *under_way == UnderWay::Nothing {
            self.still_since.get_or_insert(now.monotonic);
        } else {
            self.still_since = None;
        }
        let looks_on = !self.in_vain(now);
        if looks_on {
            self.look_later(now, self.policy.look);
        }
        looks_on
    }

    /// The look shows no trace of the request.
    fn found_nothing(&mut self, under_way: UnderWay, guess: Option<V>, now: Now, random: u32) {
        if self.looks_on(&under_way, now, random) {
            return;
        }
        let still_since = self.still_since.unwrap_or(now.monotonic);
        // Refused as the service claims; or asked for again, with a key, and looked for in vain.
        let may_send = self.claimed
            || self.wanted && self.key.is_some() && self.submits < self.policy.retry.max_attempts;
        if may_send && under_way == UnderWay::Nothing {
            if now.monotonic.saturating_sub(still_since) < self.policy.settle {
                return self.look_later(now, self.policy.look);
            }
            self.claimed = false;
            return self.ask_to_persist();
        }
        let mut error = self.outcome_unknown();
        error.candidates = guess.into_iter().collect();
        self.halt(error);
    }

    /// Something happens, or may have happened unseen: what is quiet must be so for a while again.
    pub(super) fn unsettle(&mut self) {
        self.vain = 0;
        self.quiet_since = None;
        self.still_since = None;
    }

    /// Whether this look is the one after which no other is made: not the first that came late enough.
    fn in_vain(&mut self, now: Now) -> bool {
        let since = *self.quiet_since.get_or_insert(now.monotonic);
        if now.monotonic.saturating_sub(since) >= self.policy.settle {
            self.vain = self.vain.saturating_add(1);
        }
        self.vain >= EMPTY_LOOKS
    }

    /// Whether it was looked until nothing could be under way any more: a request on its way has had the time to arrive.
    pub(crate) fn is_still(&self) -> bool {
        self.still_since.is_some() && self.vain >= EMPTY_LOOKS
    }

    fn look_later(&mut self, now: Now, pause: Ms) {
        self.due = now.monotonic.saturating_add(pause);
    }

    fn failed_look(&mut self, error: Error<V>, now: Now, random: u32) {
        self.under_way = UnderWay::Unknown;
        if self.claimed {
            // It cannot be seen whether the refusal may be believed.
            self.claimed = false;
            self.phase = Phase::Reconciling;
        }
        self.note_failed_read(error, now, random);
    }

    fn pick(&self, list: &[(Snapshot, V)]) -> Pick {
        let clues = Clues {
            machine: self.machine_id(),
            resources: &self.resources,
            baseline: self.baseline.as_deref().unwrap_or_default(),
            key: self.key.as_ref(),
            name: self.specification.name.as_deref(),
        };
        let snapshots = list.iter().map(|(snapshot, _)| snapshot);
        pick(snapshots, clues, |id| self.claims.taken(self.claimant(), id))
    }

    fn report(&mut self, mut list: Vec<(Snapshot, V)>, place: usize) {
        if place < list.len() {
            let (snapshot, document) = list.swap_remove(place);
            self.found(&snapshot.id, document);
        }
    }

    fn ambiguous(&mut self, what: &str, list: &[(Snapshot, V)], places: &[usize]) {
        let candidates =
            places.iter().filter_map(|place| list.get(*place)).map(|(_, it)| it.clone()).collect();
        let message = concat(&[what, ". Look at the snapshots of machine ", self.machine_id()]);
        let mut error = Error::new(Code::AmbiguousResult, message);
        error.tracker = self.tracker.clone();
        error.candidates = candidates;
        self.halt(error);
    }

    fn outcome_unknown(&self) -> Error<V> {
        let mut error = self.why.clone().unwrap_or_else(|| {
            Error::new(
                Code::OutcomeUnknown,
                "An earlier request got no readable answer, or its tracker is gone",
            )
        });
        error.code = Code::OutcomeUnknown;
        error.retryable = false;
        error.message = concat(&[
            &error.message,
            ". What became of it cannot be told, and it is not sent again; look at machine ",
            self.machine_id(),
        ]);
        error
    }
}
