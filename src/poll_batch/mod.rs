//! The tracker polls of a whole client, answered by one list where that is cheaper than a call for each.
//!
//! A poll that is about to be sent is offered first. One that is kept is told later: the tracker, read from a list, or
//! to be sent after all. Whose polls they are makes no difference: a fleet's, or those of a hundred single operations.
//!
//! - Every tracker offered is registered until it is shown with its end, its attempt is withdrawn, its owner rests, a
//!   list without it has come while nobody polled it, or nothing has been heard of it for long.
//! - Lists are `T` apart, twice the first pause between polls, and begin `T`/8, a second at the most, after the first
//!   poll kept: those that come together are answered together. No poll is kept longer than `T` + `T`/8 and the calls of one look: one, but
//!   for a list in pages, and one for each 60 ids.
//! - A bare list answers all that are registered, those too that are not due yet: a hundred slow operations then come
//!   to be due together, and stay at one call. It is read no further than to the last of ours.
//! - A filtered list asks for those that are kept, by their ids. No service is known to obey that filter, so it is
//!   tried only where a bare list does not pay. One that shows others is ignored by the service; what it shows counts.
//! - What a list shows is told, even to a poll that was kept while the list was under way: it is older than the poll by
//!   no more than one call. What it does not show is polled singly, and so is, from then on, what a list does not show
//!   that shows most of ours: it would be kept in vain each time.
//! - A list that fails costs nothing but the wait: all that is kept is polled singly, and for 8 `T` all else.
//!
//! When a list pays and what is learnt of one is in `ways.rs`.

pub(crate) mod demand;
pub(crate) mod registry;
pub(crate) mod ways;

use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::pages::{Pages, Paging};
use crate::engine::policy::Policy;
use crate::error::Error;
use crate::protocol::call::Call;
use crate::protocol::model::{RequestStatus, RequestTracker};
use crate::util::clock::{Ms, Now};
use crate::util::text::hash;
use crate::util::value::{Unreadable, Value};
use demand::{Demand, spacing};
use registry::{Entry, Part, Registry};
use ways::{IDS, Lists, Way, cost};

/// A poll of a tracker that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Whose it is: whatever numbers its attempts by itself.
    pub owner: u32,
    /// The attempt, among those of its owner.
    pub id: SendId,
    /// The tracker's id.
    pub tracker: String,
}

/// What becomes of a poll.
#[derive(Debug, Clone, PartialEq)]
pub enum Told<V> {
    /// The tracker that this attempt polled - now, or the last time - is this.
    Seen {
        /// Whose attempt.
        owner: u32,
        /// The attempt: it may be over long since, or under way by itself.
        id: SendId,
        /// As it came.
        tracker: V,
    },
    /// The attempt is to be sent after all.
    Single {
        /// Whose attempt.
        owner: u32,
        /// The attempt.
        id: SendId,
    },
}

/// The tracker polls of a client.
#[derive(Debug)]
pub struct Tracking<V> {
    /// With one attempt for each call: a list that fails is no reason to keep polls waiting.
    policy: Rc<Policy>,
    /// `T`
    spacing: Ms,
    registry: Registry,
    lists: Lists,
    list: Option<List<V>>,
    sends: SendId,
    /// Since when a poll is kept that no list has been asked for.
    first_held: Option<Ms>,
    last_tick: Option<Ms>,
    nudged: bool,
    let_go_at: Ms,
    demand: Demand,
    /// What there is to tell, the newest last; and what is being told, the newest first.
    news: Vec<Told<V>>,
    telling: Vec<Told<V>>,
}

/// A list on its way.
#[derive(Debug)]
struct List<V> {
    pages: Pages<V>,
    way: Way,
    /// The hashes of those that a filtered list asks for, sorted.
    asked: Vec<u64>,
    calls: u32,
    entries: u32,
    /// How many of ours, or of those asked for.
    shown: u32,
    /// It shows what it was not asked for.
    others: bool,
}

/// Those that come together come within this time, however rare the polls are.
const LONGEST_GATHERING: Ms = 1_000;

/// After a failure there is some pause even without one between polls.
const SHORTEST_PAUSE: Ms = 1_000;

/// An address has room for so many bytes of ids and of what stands around them.
const ADDRESS: usize = 4_000;

impl<V: Value> Tracking<V> {
    /// For the polls of a client with this policy.
    pub fn new(policy: Rc<Policy>) -> Self {
        let spacing = spacing(&policy);
        let mut policy = Policy::clone(&policy);
        policy.retry.max_attempts = 1;
        Self {
            policy: Rc::new(policy),
            spacing,
            registry: Registry::default(),
            lists: Lists::default(),
            list: None,
            sends: 0,
            first_held: None,
            last_tick: None,
            nudged: false,
            let_go_at: 0,
            demand: Demand::default(),
            news: Vec::new(),
            telling: Vec::new(),
        }
    }

    /// Offers a poll: whether it is kept, and will be told. If not, it is to be sent now.
    pub fn offer(&mut self, poll: Poll, now: Now) -> bool {
        let now = now.monotonic;
        let (owner, id) = (poll.owner, poll.id);
        self.drop_silent(now);
        let place = self.registry.enter(poll, now);
        let registered = self.registered();
        let expected = self.demand.count(self.spacing, now).min(registered);
        // If there is to be a list anyway, one more costs next to nothing.
        let is_listed =
            self.first_held.is_some() || self.lists.way(registered, expected, now) != Way::Singly;
        let Some(entry) = self.registry.entries.get_mut(place) else { return false };
        if entry.id != id && entry.held.take().is_some() {
            // Nobody is left without an answer.
            self.news.push(Told::Single { owner, id: entry.id });
        }
        entry.id = id;
        entry.heard = now;
        if entry.held.is_none() && is_listed && !entry.missing {
            entry.held = Some(now);
            self.nudged &= self.first_held.is_some();
            self.first_held = self.first_held.or(Some(now));
        }
        entry.held.is_some()
    }

    /// Drops those of which nothing has been heard for long: polled singly, they have come to their end.
    fn drop_silent(&mut self, now: Ms) {
        let polling = &self.policy.polling;
        let life = polling.max_delay.max(polling.initial_delay).saturating_mul(10);
        if now >= self.let_go_at {
            self.let_go_at = now.saturating_add(life);
            let is_alive = |entry: &Entry| entry.heard.saturating_add(life) >= now;
            self.registry.entries.retain(|entry| entry.held.is_some() || is_alive(entry));
        }
    }

    /// This attempt has been cancelled.
    pub fn withdraw(&mut self, owner: u32, id: SendId) {
        self.registry.entries.retain(|entry| (entry.owner, entry.id) != (owner, id));
        self.unsay(|whose, which| (whose, which) == (owner, id));
    }

    /// This attempt is sent by itself, and is not kept any more. What a list shows of its tracker is told all the same.
    pub fn let_go(&mut self, owner: u32, id: SendId) {
        for entry in &mut self.registry.entries {
            if (entry.owner, entry.id) == (owner, id) {
                entry.held = None;
            }
        }
        self.first_held = self.registry.first_held();
    }

    /// The owner rests: none of its polls is wanted.
    pub fn forget(&mut self, owner: u32) {
        self.registry.entries.retain(|entry| entry.owner != owner);
        self.unsay(|whose, _| whose == owner);
    }

    /// What there is to tell, one by one: to be asked after each poll, event and offer.
    pub fn told(&mut self) -> Option<Told<V>> {
        if self.telling.is_empty() {
            std::mem::swap(&mut self.telling, &mut self.news);
            self.telling.reverse();
        }
        self.telling.pop()
    }

    fn unsay(&mut self, whose: impl Fn(u32, SendId) -> bool) {
        let is_wanted = |told: &Told<V>| match told {
            Told::Seen { owner, id, .. } | Told::Single { owner, id } => !whose(*owner, *id),
        };
        self.news.retain(is_wanted);
        self.telling.retain(is_wanted);
        self.first_held = self.registry.first_held();
    }

    /// How many of them a list may show.
    fn registered(&self) -> u32 {
        self.registry.count(|entry| !entry.missing)
    }

    /// When the next list is due, if anything is kept.
    fn due(&self) -> Option<Ms> {
        let gathered = self.first_held?.saturating_add((self.spacing / 8).min(LONGEST_GATHERING));
        let spaced = self.last_tick.map_or(0, |time| time.saturating_add(self.spacing));
        Some(if self.nudged { 0 } else { gathered.max(spaced) })
    }

    fn tick(&mut self, now: Ms) {
        self.nudged = false;
        self.first_held = None;
        let held = self.registry.count(|entry| entry.held.is_some());
        self.demand.note(held);
        let way = self.lists.way(self.registered(), held, now);
        for entry in &mut self.registry.entries {
            entry.part = match way {
                Way::Bare if !entry.missing => Part::Asked,
                Way::Filtered if entry.held.is_some() => Part::Wanted,
                _ => Part::None,
            };
        }
        match way {
            Way::Bare => self.ask(way, Call::list_trackers(), Vec::new()),
            Way::Filtered => self.ask_for_wanted(),
            Way::Singly => return self.release(),
        }
        self.last_tick = Some(now);
    }

    /// Asks for as many of those wanted as one call may name.
    fn ask_for_wanted(&mut self) {
        let mut ids: Vec<&str> = Vec::new();
        let mut asked = Vec::new();
        let mut length = 0;
        for entry in &mut self.registry.entries {
            if entry.part != Part::Wanted {
                continue;
            }
            // Two owners of one tracker stand side by side.
            if ids.last() != Some(&entry.tracker.as_str()) {
                // With what stands around it, percent-encoded.
                length += entry.tracker.len() + 24;
                if !ids.is_empty() && (ids.len() as u32 >= IDS || length > ADDRESS) {
                    break;
                }
                ids.push(&entry.tracker);
                asked.push(entry.hash);
            }
            entry.part = Part::Asked;
        }
        if !ids.is_empty() {
            let call = Call::list_some_trackers(&ids);
            self.ask(Way::Filtered, call, asked);
        }
    }

    fn ask(&mut self, way: Way, call: Call, asked: Vec<u64>) {
        // What a list does not show is polled singly.
        let pages = Pages::new(call, Paging::Bare, name_of, self.policy.clone()).with_gaps();
        let (calls, entries, shown, others) = (0, 0, 0, false);
        self.list = Some(List { pages, way, asked, calls, entries, shown, others });
    }

    /// Takes what has come of a list.
    fn read(&mut self, mut list: List<V>, now: Ms) {
        let end = loop {
            match list.pages.take_named() {
                Some(Ok(Some((id, item)))) => self.show(&mut list, &id, &item, now),
                Some(Ok(None)) => break Some(None),
                Some(Err(error)) => break Some(Some(error)),
                None => break None,
            }
        };
        self.registry.entries.retain(|entry| entry.part != Part::Over);
        match end {
            Some(error) => self.end(&list, error, now),
            // No further page is of use.
            None if list.others || self.registry.count(|entry| entry.part == Part::Asked) == 0 => {
                self.end(&list, None, now);
            }
            None => self.list = Some(list),
        }
    }

    /// A list shows this.
    fn show(&mut self, list: &mut List<V>, id: &str, item: &V, now: Ms) {
        list.entries = list.entries.saturating_add(1);
        // What is no tracker is none of ours.
        if id.is_empty() {
            return;
        }
        let hash = hash(&[id]);
        if list.way == Way::Filtered {
            match list.asked.binary_search(&hash) {
                Ok(_) => list.shown += 1,
                Err(_) => list.others = true,
            }
        }
        let followers = self.registry.followers(hash, id);
        if followers.is_empty() {
            return;
        }
        // One that cannot be read is polled, and that says what is wrong with it.
        let Ok(tracker) = item.decode::<RequestTracker>() else { return };
        let is_over = matches!(tracker.status, RequestStatus::Finished | RequestStatus::Failed);
        for entry in followers {
            // Pages overlap when a list grows meanwhile.
            if entry.part == Part::Shown {
                continue;
            }
            if list.way == Way::Bare {
                list.shown += 1;
            }
            entry.held = None;
            entry.heard = now;
            entry.missing = false;
            entry.part = if is_over { Part::Over } else { Part::Shown };
            let (owner, id) = (entry.owner, entry.id);
            self.news.push(Told::Seen { owner, id, tracker: item.clone() });
        }
    }

    /// A list has been read as far as it is, or failed.
    fn end(&mut self, list: &List<V>, error: Option<Error<V>>, now: Ms) {
        if let Some(error) = error {
            let pause = self.spacing.saturating_mul(8).max(SHORTEST_PAUSE);
            self.lists.note_failure(list.way, &error, pause, now);
            return self.release();
        }
        let pays = if list.way == Way::Bare {
            self.lists.note_bare(list.shown, cost(list.calls, list.entries), now)
        } else {
            let asked = list.asked.len() as u32;
            self.lists.note_filtered(asked, list.shown, list.others, now)
        };
        let (spacing, news) = (self.spacing, &mut self.news);
        self.registry.entries.retain_mut(|entry| {
            let part = entry.part;
            // Of a list that is of no use the rest is not asked for.
            if pays && part == Part::Wanted {
                return true;
            }
            entry.part = if part == Part::Shown { part } else { Part::None };
            let Some(since) = entry.held else { return part != Part::Asked };
            let is_new = matches!(part, Part::None | Part::Shown);
            // It came too late for this list, and may wait for the next one.
            if !(is_new && now < since.saturating_add(spacing)) {
                entry.held = None;
                entry.missing |= pays && part == Part::Asked;
                news.push(Told::Single { owner: entry.owner, id: entry.id });
            }
            true
        });
        self.first_held = self.registry.first_held();
        self.ask_for_wanted();
    }

    /// All that is kept is to be sent.
    fn release(&mut self) {
        for entry in &mut self.registry.entries {
            entry.part = Part::None;
            if entry.held.take().is_some() {
                self.news.push(Told::Single { owner: entry.owner, id: entry.id });
            }
        }
        self.first_held = None;
    }
}

/// An entry of a list, by its id: nothing else is read of those that are not ours.
pub(crate) fn name_of<V: Value>(item: &V) -> Result<String, Unreadable> {
    Ok(item.field("id").and_then(|id| id.text()).unwrap_or_default())
}

impl<V: Value> StateMachine<V> for Tracking<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        loop {
            if let Some(list) = &mut self.list {
                let action = list.pages.poll_with(now, may_send, &mut self.sends);
                if let Action::Send { .. } = action {
                    list.calls += 1;
                }
                return action;
            }
            match self.due() {
                Some(due) if due <= now.monotonic => self.tick(now.monotonic),
                // Until another poll is kept.
                None => return Action::Done,
                until => return Action::Wait { until },
            }
        }
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        match event {
            Event::Outcome { .. } => {
                if let Some(mut list) = self.list.take() {
                    list.pages.handle(event, now, random);
                    self.read(list, now.monotonic);
                }
            }
            Event::Nudge => self.nudged = self.first_held.is_some(),
            Event::Abandoned => {
                self.list = None;
                self.release();
            }
            Event::Persisted | Event::NotPersisted | Event::Seen { .. } => {}
        }
    }
}
