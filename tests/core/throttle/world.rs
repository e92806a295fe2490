//! A fleet with its lists of trackers, driven as the package's shell drives them, against a service that refuses calls; all
//! of it in virtual time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::rc::Rc;

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, Body, Call, Event, Fleet, FleetMachine, FleetOptions, MachineStatus, Ms, Now, Outcome,
    Poll, SendId, StateMachine, Throttle, Told, Tracking,
};

use crate::bench::{START, id, policy};
use crate::fleet::bench::{at_once, before};
use crate::lives::chance::Chance;
use crate::replies::{bare, later};

/// From a call to its answer.
const LATENCY: Ms = 40;
/// The shell opens no more attempts.
const OPEN: usize = 64;
/// How long the service shows a request tracker that has come to its end.
const TRACKER_LIFE: Ms = 60_000;

/// How fast the client may call.
pub(super) trait Rule {
    fn opens_at(&self) -> Ms;
    fn sent(&mut self, now: Now);
    fn note(&mut self, outcome: &Outcome<Json>, sent_at: Ms, now: Now);
}

impl Rule for Throttle {
    fn opens_at(&self) -> Ms {
        Throttle::opens_at(self)
    }

    fn sent(&mut self, now: Now) {
        Throttle::sent(self, now);
    }

    fn note(&mut self, outcome: &Outcome<Json>, sent_at: Ms, now: Now) {
        Throttle::note(self, outcome, sent_at, now);
    }
}

/// No rule: calls are sent as soon as they are ready.
pub(super) struct Unlimited;

impl Rule for Unlimited {
    fn opens_at(&self) -> Ms {
        0
    }

    fn sent(&mut self, _: Now) {}

    fn note(&mut self, _: &Outcome<Json>, _: Ms, _: Now) {}
}

/// Which calls the service refuses.
#[derive(Clone, Copy)]
pub(super) enum Refuses {
    /// So many in a thousand, at random.
    Share(u64),
    /// What exceeds so many calls a second; it takes a burst of one second.
    Above(u64),
    /// What exceeds so many calls at once.
    AtOnce(usize),
}

/// What a refused call is answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) retry_after: Option<&'static str>,
}

/// What came of a fleet.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Course {
    pub(super) time: Ms,
    pub(super) calls: u64,
    pub(super) refused: u64,
    /// The calls refused within ten seconds, at the most, after the first ten.
    pub(super) refused_at_most: u64,
    pub(super) finished: u32,
}

struct Request {
    ends: Ms,
    description: Option<String>,
}

struct Service {
    /// An operation, in milliseconds.
    takes: Ms,
    refuses: Refuses,
    refusal: Refusal,
    chance: Chance,
    /// In thousandths of a call.
    left: u64,
    left_at: Ms,
    requests: BTreeMap<String, Request>,
}

impl Service {
    fn refuses(&mut self, open: usize, now: Ms) -> bool {
        match self.refuses {
            Refuses::Share(share) => self.chance.below(1000) < share,
            Refuses::AtOnce(most) => open > most,
            Refuses::Above(rate) => {
                let earned = (now - self.left_at) * rate;
                self.left = (self.left + earned).min(1000 * rate);
                self.left_at = now;
                let accepts = self.left >= 1000;
                self.left -= if accepts { 1000 } else { 0 };
                !accepts
            }
        }
    }

    fn tracker(machine: &str, request: &Request, now: Ms) -> Json {
        let status = if now >= request.ends { "FINISHED" } else { "INPROGRESS" };
        let resources = [format!("/iaas/api/machines/{machine}")];
        json!({ "id": format!("t-{machine}"), "status": status, "progress": 50, "resources": resources })
    }

    fn answer(&mut self, call: &Call, now: Ms) -> Outcome<Json> {
        let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            [_, _, "machines", machine, "operations", _] => {
                let Some(Body::Specification(body)) = &call.body else { panic!("a specification") };
                // A tenth more or less, by the machine.
                let number: Ms = machine.trim_start_matches("m-").parse().unwrap();
                let ends = now + self.takes * (900 + number * 7_919 % 201) / 1000;
                let request = Request { ends, description: body.description.clone() };
                let tracker = Self::tracker(machine, &request, now);
                let earlier = self.requests.insert((*machine).to_owned(), request);
                assert!(earlier.is_none(), "{machine} twice");
                Outcome::json(202, tracker)
            }
            [_, _, "machines", machine, "snapshots"] => {
                let made = self.requests.get(*machine).filter(|request| now >= request.ends);
                let snapshot = |it: &Request| json!({ "id": format!("s-{machine}"), "name": "before", "description": it.description });
                Outcome::json(200, made.map(snapshot).into_iter().collect())
            }
            [_, _, "request-tracker"] => {
                let is_shown = |it: &(&String, &Request)| now < it.1.ends + TRACKER_LIFE;
                let shown = self.requests.iter().filter(is_shown);
                let content: Vec<Json> =
                    shown.map(|(machine, it)| Self::tracker(machine, it, now)).collect();
                Outcome::json(200, json!({ "totalElements": content.len(), "content": content }))
            }
            [_, _, "request-tracker", tracker] => {
                let machine = tracker.trim_start_matches("t-");
                Outcome::json(200, Self::tracker(machine, &self.requests[machine], now))
            }
            _ => panic!("{}", call.path),
        }
    }
}

/// Whose attempt it is.
#[derive(Clone, Copy)]
enum Owner {
    Fleet,
    Lists,
}

struct Flight {
    owner: Owner,
    id: SendId,
    sent_at: Ms,
    outcome: Outcome<Json>,
}

struct World {
    fleet: Fleet<Json>,
    lists: Tracking<Json>,
    rule: Box<dyn Rule>,
    service: Service,
    now: Now,
    held: HashMap<SendId, Rc<Call>>,
    released: Vec<SendId>,
    flights: HashMap<u64, Flight>,
    arrivals: BinaryHeap<Reverse<(Ms, u64)>>,
    course: Course,
    /// The refused calls, by ten seconds.
    refused: HashMap<Ms, u64>,
}

/// A fleet: machines, how many at once, and how long an operation takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) machines: usize,
    pub(super) concurrency: u32,
    pub(super) takes: Ms,
}

/// A fleet of this size, to its end.
pub(super) fn drive(
    Size { machines, concurrency, takes }: Size,
    refuses: Refuses,
    refusal: Refusal,
    rule: Box<dyn Rule>,
) -> Course {
    let all = (0..machines).map(|number| FleetMachine::new(id(&format!("m-{number}")))).collect();
    let options: FleetOptions = at_once(concurrency);
    let own = "0123456789abcdef0123456789abcdef".to_owned();
    let fleet = Fleet::new(own, policy(), all, before(), options, START).unwrap();
    let left = if let Refuses::Above(rate) = refuses { 1000 * rate } else { 0 };
    let service = Service {
        takes,
        refuses,
        refusal,
        chance: Chance::new(7),
        left,
        left_at: START.monotonic,
        requests: BTreeMap::new(),
    };
    let mut world = World {
        fleet,
        lists: Tracking::new(Rc::new(policy())),
        rule,
        service,
        now: START,
        held: HashMap::new(),
        released: Vec::new(),
        flights: HashMap::new(),
        arrivals: BinaryHeap::new(),
        course: Course::default(),
        refused: HashMap::new(),
    };
    while world.step() {}
    let mut course = world.course;
    course.time = world.now.monotonic - START.monotonic;
    course.finished = world.fleet.count(MachineStatus::Finished);
    course.refused_at_most = world
        .refused
        .iter()
        .filter(|(part, _)| **part > 0)
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0);
    course
}

impl World {
    fn may_send(&self) -> bool {
        self.rule.opens_at() <= self.now.monotonic && self.flights.len() < OPEN
    }

    /// All that can be done now, and then the next thing that happens; whether there is one.
    fn step(&mut self) -> bool {
        let (lists_until, lists_throttled) = self.run_lists();
        self.pass_on();
        let (fleet_until, fleet_throttled, is_done) = self.run_fleet();
        if is_done {
            return false;
        }
        self.pass_on();
        // The fleet may have left a poll to the lists.
        let (later, throttled) = self.run_lists();
        self.pass_on();
        let is_held_back =
            lists_throttled || fleet_throttled || throttled || !self.released.is_empty();
        let opens_at = self.rule.opens_at();
        let opens_at = Some(opens_at).filter(|at| is_held_back && *at > self.now.monotonic);
        let answered = self.arrivals.peek().map(|Reverse((at, _))| *at);
        let times = [lists_until, fleet_until, later, opens_at, answered];
        let next = times.into_iter().flatten().filter(|at| *at > self.now.monotonic).min();
        if self.may_send() && !self.released.is_empty() {
            return true;
        }
        let time = next.expect("something to wait for") - self.now.monotonic;
        self.now.monotonic += time;
        self.now.wall += time;
        while let Some(Reverse((at, key))) = self.arrivals.peek().copied()
            && at <= self.now.monotonic
        {
            self.arrivals.pop();
            self.arrive(key);
        }
        true
    }

    fn arrive(&mut self, key: u64) {
        let Flight { owner, id, sent_at, outcome } = self.flights.remove(&key).unwrap();
        self.rule.note(&outcome, sent_at, self.now);
        let random = self.service.chance.next() as u32;
        let event = Event::Outcome { id, outcome };
        match owner {
            Owner::Fleet => self.fleet.handle(event, self.now, random),
            Owner::Lists => self.lists.handle(event, self.now, random),
        }
    }

    fn send(&mut self, owner: Owner, id: SendId, call: &Call) {
        let now = self.now.monotonic;
        self.rule.sent(self.now);
        self.course.calls += 1;
        let key = self.course.calls;
        let outcome = if self.service.refuses(self.flights.len() + 1, now) {
            self.course.refused += 1;
            *self.refused.entry((now - START.monotonic) / 10_000).or_default() += 1;
            let Refusal { status, retry_after } = self.service.refusal;
            retry_after.map_or_else(|| bare(status), |seconds| later(status, seconds))
        } else {
            self.service.answer(call, now + LATENCY / 2)
        };
        self.flights.insert(key, Flight { owner, id, sent_at: now, outcome });
        self.arrivals.push(Reverse((now + LATENCY, key)));
    }

    fn run_lists(&mut self) -> (Option<Ms>, bool) {
        loop {
            match self.lists.next_action(self.now, self.may_send()) {
                Action::Send { id, call, .. } => self.send(Owner::Lists, id, &call),
                Action::Wait { until } => return (until, false),
                Action::Throttled { until } => return (until, true),
                Action::Done => return (None, false),
                Action::Persist | Action::Cancel { .. } => panic!("lists do not"),
            }
        }
    }

    fn run_fleet(&mut self) -> (Option<Ms>, bool, bool) {
        loop {
            while self.may_send()
                && let Some(id) = self.released.pop()
            {
                if let Some(call) = self.held.remove(&id) {
                    self.send(Owner::Fleet, id, &call);
                }
            }
            match self.fleet.next_action(self.now, self.may_send()) {
                Action::Persist => self.fleet.handle(Event::Persisted, self.now, 0),
                Action::Send { id, call, .. } => {
                    let tracker = self.fleet.polled(id).map(str::to_owned);
                    let poll = tracker.map(|tracker| Poll { owner: 0, id, tracker });
                    if poll.is_some_and(|poll| self.lists.offer(poll, self.now)) {
                        self.held.insert(id, call);
                    } else {
                        self.send(Owner::Fleet, id, &call);
                    }
                }
                Action::Cancel { .. } => {}
                Action::Wait { until } => return (until, false, false),
                Action::Throttled { until } => return (until, true, false),
                Action::Done => return (None, false, true),
            }
        }
    }

    /// What the lists have to tell.
    fn pass_on(&mut self) {
        while let Some(told) = self.lists.told() {
            match told {
                Told::Seen { id, tracker, .. } => {
                    self.held.remove(&id);
                    self.fleet.handle(Event::Seen { id, tracker }, self.now, 0);
                }
                Told::Single { id, .. } => self.released.push(id),
            }
        }
    }
}
