//! A life: a fleet, the processes that drive it one after the other, and all that befalls them. Many calls are on
//! their way at once, and everything happens in the order of its time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use serde_json::Value as Json;
use vra_snapshots::{
    Action, Call, Claims, Event, Fleet, FleetGoal, MachineStatus, Ms, Now, Outcome, SendId,
    StateMachine,
};

use super::model::{Model, TRAVEL};
use super::plan::{Plan, plan};
use super::store::{Store, essence};
use super::watch::Watch;
use crate::bench::{START, name};
use crate::lives::chance::Chance;
use crate::lives::faults::fault;

/// Something that is yet to happen, by its time and its number.
enum Coming {
    /// A call reaches the service.
    Arrives(usize),
    /// A call comes to its end.
    Ends(usize),
    /// The store answers this question.
    Kept(u32),
    /// Somebody waits again.
    Pull,
    /// Another process takes the fleet up.
    Resume,
}

/// A call on its way.
struct Flight {
    id: SendId,
    call: Rc<Call>,
    /// The process that made it.
    process: u32,
    outcome: Option<Outcome<Json>>,
}

/// What was counted.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) polls: u64,
    pub(super) faults: u64,
    pub(super) crashes: u64,
    /// Everything that makes all that are under way be looked for again.
    pub(super) interruptions: u64,
    pub(super) retries: u64,
}

pub(super) struct Life {
    pub(super) plan: Plan,
    pub(super) model: Model,
    pub(super) fleet: Option<Fleet<Json>>,
    pub(super) tally: Tally,
    pub(super) now: Now,
    pub(super) tells: bool,
    chance: Chance,
    watch: Watch,
    store: Store,
    /// What the open question of the fleet is about, and whether it ends well.
    keeping: Option<(Json, bool)>,
    questions: u32,
    flights: Vec<Option<Flight>>,
    coming: BinaryHeap<Reverse<(Ms, usize)>>,
    events: Vec<Option<Coming>>,
    /// When the fleet wants to be asked again.
    wakes: Ms,
    process: u32,
    /// By which process, and when.
    last_post: Option<(u32, Ms)>,
    is_calm: bool,
    /// Nothing may be sent before.
    opens_at: Ms,
}

impl Life {
    pub(super) fn new(seed: u64, size: Option<usize>) -> Self {
        let mut chance = Chance::new(seed);
        let (plan, model) = plan(&mut chance, size);
        let fleet = Some(plan.begin(0));
        Self {
            watch: Watch::new(plan.size()),
            plan,
            model,
            fleet,
            tally: Tally::default(),
            now: START,
            tells: false,
            chance,
            store: Store::default(),
            keeping: None,
            questions: 0,
            flights: Vec::new(),
            coming: BinaryHeap::new(),
            events: Vec::new(),
            wakes: 0,
            process: 0,
            last_post: None,
            is_calm: false,
            opens_at: 0,
        }
    }

    /// Lives it, to where nothing more can come of it.
    pub(super) fn live(&mut self) {
        self.calm_down_if(self.model.habits.faults == 0 && !self.plan.is_troubled);
        let patience = 400 + 60 * self.plan.size() as u64;
        let mut steps = 0;
        while !self.step() {
            steps += 1;
            self.calm_down_if(steps > patience);
            if !self.is_calm {
                self.trouble();
            }
        }
        self.calm_down_if(true);
        // The world is calm, and somebody asks what became of those that nobody could tell, and has the others made.
        for round in 0..4 {
            self.pass(3_600_000);
            let fleet = self.fleet.as_mut().unwrap();
            fleet.unpause();
            let over = [MachineStatus::Unknown, MachineStatus::Skipped];
            let again = over.into_iter().filter(|it| round < 3 || *it == MachineStatus::Unknown);
            let again: Vec<_> = again.collect();
            let retried: Vec<String> = fleet
                .entries()
                .filter(|it| again.contains(&it.status()))
                .map(|it| it.machine_id().to_owned())
                .collect();
            for machine in &retried {
                fleet.retry(machine).unwrap();
            }
            self.tally.retries += retried.len() as u64;
            if self.tells {
                println!("round {round}: {retried:?}");
            }
            self.watch.forgive();
            let (begun, limit) = (self.now.monotonic, self.plan.calm_limit());
            while !self.step() {
                let spent = self.now.monotonic - begun;
                assert!(spent <= limit, "{spent} ms for {} in a calm world", retried.len());
            }
        }
    }

    fn calm_down_if(&mut self, is_over: bool) {
        if is_over && !self.is_calm {
            self.is_calm = true;
            self.model.habits.faults = 0;
            if let Some(fleet) = &mut self.fleet {
                fleet.unpause();
            }
        }
    }

    /// Whatever the fleet wants now, and then the next thing that happens. Whether all is over.
    fn step(&mut self) -> bool {
        let is_done = self.act();
        if let Some(fleet) = &self.fleet {
            self.watch.look(fleet, &self.model);
            if is_done && fleet.is_over() && self.keeping.is_none() {
                return true;
            }
        }
        let next = self.coming.peek().map_or(Ms::MAX, |Reverse((at, _))| *at);
        if self.wakes < next {
            self.pass_to(self.wakes);
        } else if let Some(Reverse((at, number))) = self.coming.pop() {
            self.pass_to(at);
            let coming = self.events[number].take().unwrap();
            self.happens(coming);
        } else {
            // Nothing comes, and nobody waits: it is paused.
            let fleet = self.fleet.as_mut().unwrap();
            assert!(fleet.is_paused(), "it waits for what will never happen");
            fleet.unpause();
        }
        false
    }

    /// Asks the fleet what to do until it waits. Whether it is done.
    fn act(&mut self) -> bool {
        self.wakes = Ms::MAX;
        let (calls, slots) = (self.tally.calls, 2 * u64::from(self.plan.options.concurrency));
        loop {
            let Some(fleet) = &mut self.fleet else { return false };
            self.tally.polls += 1;
            let may_send = self.opens_at <= self.now.monotonic;
            match fleet.next_action(self.now, may_send) {
                Action::Persist => {
                    let changes = serde_json::to_value(fleet.changes_since(fleet.kept())).unwrap();
                    if self.plan.size() <= 12 {
                        let mut store = self.store.clone();
                        store.merge(changes.clone());
                        let whole = serde_json::to_value(fleet.state()).unwrap();
                        assert_eq!(essence(store.state(0)), essence(whole), "changes are all");
                    }
                    assert!(self.keeping.is_none(), "one question at a time");
                    let ends_well =
                        self.is_calm || !self.plan.is_troubled || !self.chance.one_in(40);
                    self.keeping = Some((changes, ends_well));
                    let time = self.chance.pick(&[0, 0, 5, 2_000]);
                    self.questions += 1;
                    self.comes(time, Coming::Kept(self.questions));
                }
                Action::Send { id, call, .. } => {
                    assert!(may_send, "nothing may be sent now");
                    self.send(id, call);
                }
                Action::Throttled { until } => {
                    assert!(!may_send, "only while nothing may be sent");
                    self.wakes = until.unwrap_or(Ms::MAX).min(self.opens_at);
                    return false;
                }
                Action::Cancel { .. } => {}
                Action::Wait { until } => {
                    let until = until.unwrap_or(Ms::MAX);
                    assert!(until > self.now.monotonic, "a wait that waits");
                    self.wakes = until;
                    return false;
                }
                Action::Done => {
                    let is_over = fleet.is_over();
                    let stopped = fleet.answer(FleetGoal::Ended).is_some_and(|it| it.is_err());
                    if !is_over {
                        assert!(stopped || self.plan.is_troubled, "it stops for no reason");
                        self.interrupt(false);
                    }
                    return is_over;
                }
            }
            let sent = self.tally.calls - calls;
            assert!(sent <= slots, "{sent} calls at once, and room for {slots} operations");
        }
    }

    fn send(&mut self, id: SendId, call: Rc<Call>) {
        let latency = self.chance.pick(&[0, 20, 300, TRAVEL]);
        self.tally.calls += 1;
        if !call.repeatable {
            let interval = self.plan.options.submit_interval_us;
            let since = self.last_post.filter(|(process, _)| *process == self.process);
            let since = since.map_or(Ms::MAX / 1000, |(_, at)| self.now.monotonic - at);
            assert!(since * 1000 >= interval, "{since} ms between two requests");
            self.last_post = Some((self.process, self.now.monotonic));
        }
        let (mut outcome, mut has_effect, mut time) = (None, true, latency);
        if self.chance.below(1000) < self.model.habits.faults {
            self.tally.faults += 1;
            let (failure, effect, takes) = fault(&mut self.chance, latency);
            // What was never sent takes no time.
            time = if matches!(failure, Outcome::Unsent(_)) { 0 } else { takes };
            (outcome, has_effect) = (Some(failure), effect);
        }
        if self.tells {
            let at = self.now.monotonic - START.monotonic;
            println!(
                "{at:>9} {id:>6} {} {}",
                name(&call),
                if outcome.is_some() { "!" } else { "" }
            );
        }
        // Whoever is not answered does not know when it arrives.
        let most = if outcome.is_some() { TRAVEL } else { latency };
        let travel = self.chance.below(most + 1);
        let number = self.flights.len();
        self.flights.push(Some(Flight { id, call, process: self.process, outcome }));
        if has_effect {
            self.comes(travel, Coming::Arrives(number));
        }
        self.comes(time, Coming::Ends(number));
    }

    fn comes(&mut self, after: Ms, what: Coming) {
        self.coming.push(Reverse((self.now.monotonic + after, self.events.len())));
        self.events.push(Some(what));
    }

    fn happens(&mut self, what: Coming) {
        match what {
            Coming::Arrives(number) => {
                // The answer to one that has ended is for nobody.
                let Some(flight) = &mut self.flights[number] else { return };
                let answer = self.model.carry_out(&flight.call, self.now.monotonic);
                flight.outcome.get_or_insert(answer);
                if !flight.call.repeatable {
                    self.watch.crowd(&self.model, self.fleet.as_ref(), &self.plan, self.now);
                }
            }
            Coming::Ends(number) => {
                let Some(flight) = &mut self.flights[number] else { return };
                // It may be on its way yet.
                let outcome = flight.outcome.clone().expect("an answer, for it has arrived");
                if flight.process == self.process {
                    let id = flight.id;
                    self.tell(Event::Outcome { id, outcome });
                }
            }
            Coming::Kept(question) if question == self.questions => {
                let Some((changes, ends_well)) = self.keeping.take() else { return };
                if ends_well || self.chance.one_in(2) {
                    self.store.merge(changes);
                }
                self.tell(if ends_well { Event::Persisted } else { Event::NotPersisted });
            }
            Coming::Kept(_) => {}
            Coming::Pull => {
                if let Some(fleet) = &mut self.fleet {
                    fleet.pull();
                }
            }
            Coming::Resume => self.resume(),
        }
    }

    fn tell(&mut self, event: Event<Json>) {
        let random = self.chance.next() as u32;
        if let Some(fleet) = &mut self.fleet {
            fleet.handle(event, self.now, random);
        }
    }

    /// What happens to a fleet besides.
    fn trouble(&mut self) {
        let odds = 200 + 20 * self.plan.size() as u64;
        if self.fleet.is_none() || !self.plan.is_troubled || !self.chance.one_in(20) {
            return;
        }
        if self.chance.one_in(3) {
            self.opens_at = self.now.monotonic + self.chance.pick(&[1, 500, 16_000]);
        }
        let Some(fleet) = &mut self.fleet else { return };
        match self.chance.below(odds / 20) {
            0 => self.crash(),
            1 => self.interrupt(true),
            2 => {
                self.tally.interruptions += 1;
                self.tell(Event::Nudge);
            }
            3 => fleet.pause(),
            4..=6 => fleet.unpause(),
            7..=10 => {
                let machine = format!("m-{}", self.chance.below(self.plan.size() as u64));
                let status = fleet.entry(&machine).unwrap().status();
                let is_over = status.is_over() && status != MachineStatus::Finished;
                assert_eq!(fleet.retry(&machine).is_ok(), is_over, "{status:?}");
                self.tally.retries += u64::from(is_over);
                self.watch.forgive();
            }
            _ => {}
        }
    }

    /// Nobody waits for a while. What is on its way is given up - or not, if it stopped by itself.
    fn interrupt(&mut self, always: bool) {
        self.tally.interruptions += 1;
        if always || !self.chance.one_in(4) {
            self.process += 1;
            self.forget_keeping();
            self.tell(Event::Abandoned);
        }
        let time = self.chance.pick(&[1, 1_000, 100_000]);
        self.comes(time, Coming::Pull);
    }

    fn crash(&mut self) {
        self.tally.crashes += 1;
        self.tally.interruptions += 1;
        self.process += 1;
        self.forget_keeping();
        self.fleet = None;
        let time = self.chance.pick(&[1, 5_000, 600_000]);
        self.comes(time, Coming::Resume);
    }

    /// The store may have got it, and nobody will hear of it.
    fn forget_keeping(&mut self) {
        if let Some((changes, _)) = self.keeping.take()
            && self.chance.one_in(2)
        {
            self.store.merge(changes);
        }
    }

    fn resume(&mut self) {
        self.watch.forgive();
        let fleet = if self.store.is_empty() {
            self.plan.begin(self.process)
        } else {
            let state = self.store.state(self.chance.below(50) as usize);
            let policy = self.plan.policy.clone();
            Fleet::resume(&state, policy, Claims::default()).unwrap()
        };
        self.fleet = Some(fleet);
    }

    fn pass(&mut self, time: Ms) {
        self.pass_to(self.now.monotonic + time);
    }

    fn pass_to(&mut self, at: Ms) {
        let time = at.saturating_sub(self.now.monotonic);
        self.now.monotonic += time;
        self.now.wall += time;
    }
}
