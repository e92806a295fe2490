//! Polls, what answers them by lists, a service that lists trackers, and the time.

use std::rc::Rc;

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, Call, Event, Ms, Now, Outcome, Poll, SendId, StateMachine, Told, Tracking,
};

use crate::bench::{START, policy};
use crate::replies::refusal;

/// What a service makes of a parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Manner {
    Obeys,
    Ignores,
    Refuses,
}

/// A service that lists trackers.
pub(super) struct Service {
    /// Ids and statuses.
    pub(super) trackers: Vec<(String, &'static str)>,
    /// How many it shows that is not asked for a number.
    pub(super) page: usize,
    pub(super) tells_total: bool,
    pub(super) paging: Manner,
    pub(super) filter: Manner,
    /// Later pages are cut from a list whose last so many entries have come to its front.
    pub(super) turns_by: usize,
    /// What it answers instead, to the call of this number; the first is 1.
    pub(super) fails: Box<dyn Fn(usize) -> Option<Outcome<Json>>>,
    pub(super) latency: Ms,
}

impl Service {
    pub(super) fn of(ids: impl IntoIterator<Item = String>) -> Self {
        Self {
            trackers: ids.into_iter().map(|id| (id, "INPROGRESS")).collect(),
            page: usize::MAX,
            tells_total: true,
            paging: Manner::Ignores,
            filter: Manner::Obeys,
            turns_by: 0,
            fails: Box::new(|_| None),
            latency: 100,
        }
    }

    fn answer(&self, call: &Call, number: usize) -> Outcome<Json> {
        if let Some(outcome) = (self.fails)(number) {
            return outcome;
        }
        let value = |name| {
            let mut query = call.query.iter();
            query.find(|(other, _)| *other == name).map(|(_, value)| value.clone())
        };
        let mut found: Vec<&(String, &str)> = self.trackers.iter().collect();
        if let Some(filter) = value("$filter") {
            let ids: Vec<String> = filter.split(" or ").map(unquoted).collect();
            match self.filter {
                Manner::Obeys => found.retain(|(id, _)| ids.contains(id)),
                Manner::Ignores => {}
                Manner::Refuses => return refusal(400, "no $filter"),
            }
        }
        let total = found.len();
        let number = |name| value(name).and_then(|text| text.parse::<usize>().ok());
        let (mut skip, mut top) = (0, self.page);
        if let (Some(asked), Some(skipped)) = (number("$top"), number("$skip")) {
            match self.paging {
                Manner::Obeys => (skip, top) = (skipped, asked),
                Manner::Ignores => {}
                Manner::Refuses => return refusal(400, "no $top"),
            }
        }
        if skip > 0 {
            found.rotate_right(self.turns_by);
        }
        let content: Vec<Json> =
            found.into_iter().skip(skip).take(top).map(|(id, status)| entry(id, status)).collect();
        let mut body = json!({ "content": content });
        if self.tells_total {
            body["totalElements"] = total.into();
        }
        Outcome::json(200, body)
    }
}

pub(super) fn entry(id: &str, status: &str) -> Json {
    json!({ "id": id, "status": status, "progress": 5, "selfLink": "x" })
}

fn unquoted(term: &str) -> String {
    let quoted = term.strip_prefix("id eq '").and_then(|rest| rest.strip_suffix('\''));
    quoted.expect("a term of the filter").replace("''", "'")
}

/// What has been told, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct News {
    pub(super) at: Ms,
    pub(super) owner: u32,
    pub(super) id: SendId,
    /// The tracker's id and status, if it was seen.
    pub(super) seen: Option<(String, String)>,
}

pub(super) struct World {
    pub(super) tracking: Tracking<Json>,
    pub(super) service: Service,
    /// Since the start.
    pub(super) time: Ms,
    pub(super) sent: Vec<Call>,
    pub(super) news: Vec<News>,
    open: Vec<(Ms, SendId, Outcome<Json>)>,
    ids: SendId,
    calls: usize,
}

impl World {
    /// `T` is 2,000 ms.
    pub(super) fn new(service: Service) -> Self {
        Self::paced(service, 1_000)
    }

    pub(super) fn paced(service: Service, initial_delay: Ms) -> Self {
        let mut policy = policy();
        policy.polling.initial_delay = initial_delay;
        Self {
            tracking: Tracking::new(Rc::new(policy)),
            service,
            time: 0,
            sent: Vec::new(),
            news: Vec::new(),
            open: Vec::new(),
            ids: 0,
            calls: 0,
        }
    }

    pub(super) fn now(&self) -> Now {
        Now { monotonic: START.monotonic + self.time, wall: START.wall + self.time }
    }

    /// Offers a poll: its attempt, and whether it is kept.
    pub(super) fn offer(&mut self, owner: u32, tracker: &str) -> (SendId, bool) {
        self.ids += 1;
        let poll = Poll { owner, id: self.ids, tracker: tracker.into() };
        (self.ids, self.tracking.offer(poll, self.now()))
    }

    /// Offers polls of an owner: how many are kept.
    pub(super) fn offer_all(&mut self, owner: u32, trackers: &[String]) -> usize {
        trackers.iter().filter(|tracker| self.offer(owner, tracker).1).count()
    }

    pub(super) fn tell(&mut self, event: Event<Json>) {
        self.tracking.handle(event, self.now(), 0);
        self.listen();
    }

    /// Lets so much time pass.
    #[track_caller]
    pub(super) fn pass(&mut self, time: Ms) {
        let end = self.time + time;
        for _ in 0..100_000 {
            let action = self.tracking.poll(self.now());
            self.listen();
            let until = match action {
                Action::Send { id, call, .. } => {
                    self.sent.push(Call::clone(&call));
                    self.calls += 1;
                    let outcome = self.service.answer(&call, self.calls);
                    self.open.push((self.time + self.service.latency, id, outcome));
                    continue;
                }
                Action::Wait { until: Some(until) } => {
                    assert!(until > self.now().monotonic, "a wait for a time that has come");
                    until - START.monotonic
                }
                Action::Wait { until: None } | Action::Done => Ms::MAX,
                other => panic!("{other:?}"),
            };
            let answered = self.open.first().map_or(Ms::MAX, |(time, ..)| *time);
            let next = until.min(answered);
            if next > end {
                self.time = end;
                return;
            }
            self.time = next;
            if answered <= next {
                let (_, id, outcome) = self.open.remove(0);
                self.tell(Event::Outcome { id, outcome });
            }
        }
        panic!("it runs in circles");
    }

    fn listen(&mut self) {
        while let Some(told) = self.tracking.told() {
            let at = self.time;
            self.news.push(match told {
                Told::Seen { owner, id, tracker } => {
                    let text = |name: &str| tracker[name].as_str().unwrap().to_owned();
                    News { at, owner, id, seen: Some((text("id"), text("status"))) }
                }
                Told::Single { owner, id } => News { at, owner, id, seen: None },
            });
        }
    }

    /// How many were told, by a list and to be sent, since this was asked last.
    pub(super) fn told(&mut self) -> (usize, usize) {
        let news = std::mem::take(&mut self.news);
        let seen = news.iter().filter(|news| news.seen.is_some()).count();
        (seen, news.len() - seen)
    }

    /// How many calls were sent since this was asked last: without and with a filter.
    pub(super) fn calls(&mut self) -> (usize, usize) {
        let sent = std::mem::take(&mut self.sent);
        let has_filter = |call: &&Call| call.query.iter().any(|(name, _)| *name == "$filter");
        let filtered = sent.iter().filter(has_filter).count();
        (sent.len() - filtered, filtered)
    }
}

/// Ids that begin so, by number.
pub(super) fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number}")).collect()
}
