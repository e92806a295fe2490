//! The service, as far as a fleet meets it: many machines, their deployments, and the requests that work on them.
//!
//! It promises what the service of a single operation promises: a request that runs is in the list of trackers, though
//! it need not name its machine; what it made is listed soon after it has ended; a request on its way arrives soon or
//! never.

use serde_json::{Value as Json, json};
use vra_snapshots::{Body, Call, Method, Ms, Outcome};

use crate::lives::chance::Chance;
use crate::replies::{bare, refusal, trackers};

/// A request arrives so late at the most ...
pub(super) const TRAVEL: Ms = 4_000;
/// ... and a snapshot is listed so late, which together is less than `settleMs`.
pub(super) const LATE: Ms = 22_000;
/// No request takes longer.
pub(super) const LONGEST: Ms = 180_000;
/// One that is over stays in the list of trackers so long.
const LISTED: Ms = 60_000;

/// What kind of service this is.
pub(super) struct Habits {
    /// Calls in a thousand that go wrong.
    pub(super) faults: u64,
    /// What is busy is refused; else what is asked of it fails.
    pub(super) refuses: bool,
    pub(super) drops_descriptions: bool,
    pub(super) lists_trackers: bool,
    pub(super) loses_trackers: bool,
    pub(super) lists_late: bool,
    pub(super) fails: bool,
}

pub(super) struct Kept {
    pub(super) id: String,
    name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) ours: bool,
    listed_from: Ms,
}

pub(super) struct Request {
    pub(super) machine: usize,
    pub(super) ours: bool,
    pub(super) starts: Ms,
    pub(super) ends: Ms,
    pub(super) fails: bool,
    resources: Vec<String>,
    /// While it cannot be found by its id.
    lost: (Ms, Ms),
    forgotten: bool,
}

/// A machine, as the service knows it.
#[derive(Default)]
pub(super) struct Host {
    pub(super) deployment: Option<usize>,
    pub(super) snapshots: Vec<Kept>,
    pub(super) requests: Vec<usize>,
}

pub(super) struct Model {
    pub(super) chance: Chance,
    pub(super) habits: Habits,
    pub(super) hosts: Vec<Host>,
    pub(super) requests: Vec<Request>,
    /// Those that are listed yet, or will be.
    recent: Vec<usize>,
}

impl Model {
    pub(super) fn new(chance: Chance, habits: Habits, hosts: Vec<Host>) -> Self {
        Self { chance, habits, hosts, requests: Vec::new(), recent: Vec::new() }
    }

    pub(super) fn carry_out(&mut self, call: &Call, now: Ms) -> Outcome<Json> {
        let segments: Vec<&str> = call.path.split('/').skip(3).collect();
        match (call.method, segments.as_slice()) {
            (Method::Get, ["machines", machine, "snapshots"]) => self.list(number(machine), now),
            (Method::Get, ["request-tracker"]) => self.list_trackers(now),
            (Method::Get, ["request-tracker", id]) => {
                let found = &self.requests[number(id)];
                match (found.lost.0..found.lost.1).contains(&now) {
                    true => refusal(404, "no such tracker"),
                    false => Outcome::json(200, self.tracker(number(id), now)),
                }
            }
            (Method::Post, ["machines", machine, "operations", "snapshots"]) => {
                let Some(Body::Specification(it)) = &call.body else { panic!("{call:?}") };
                self.accept(number(machine), it.name.clone(), it.description.clone(), now)
            }
            _ => panic!("{call:?}"),
        }
    }

    /// Our requests that are under way.
    pub(super) fn under_way(&self, now: Ms) -> impl Iterator<Item = &Request> {
        let requests = self.recent.iter().map(|number| &self.requests[*number]);
        requests.filter(move |it| it.ours && it.starts <= now && now < it.ends)
    }

    fn accept(
        &mut self,
        machine: usize,
        name: Option<String>,
        description: Option<String>,
        now: Ms,
    ) -> Outcome<Json> {
        self.forget(now);
        let deployment = self.hosts[machine].deployment;
        for other in self.under_way(now) {
            let shares = deployment.is_some() && self.hosts[other.machine].deployment == deployment;
            assert!(other.machine != machine, "m-{machine} is asked for twice at once");
            assert!(!shares, "m-{machine} and m-{} of one deployment at once", other.machine);
        }
        let mut own = self.hosts[machine].requests.iter().map(|it| &self.requests[*it]);
        let is_busy = own.any(|it| it.starts <= now && now < it.ends);
        if is_busy && self.habits.refuses {
            return refusal(409, "busy");
        }
        let fails = is_busy || self.habits.fails && self.chance.one_in(4);
        let time = self.chance.pick(&[1, 2_000, 20_000, LONGEST]);
        let number = self.add(machine, true, now, time, fails);
        if !fails {
            let late = if self.habits.lists_late { self.chance.below(LATE) } else { 0 };
            let description = description.filter(|_| !self.habits.drops_descriptions);
            self.keep(machine, true, name, description, now + time + late);
        }
        Outcome::json(202, self.tracker(number, now))
    }

    pub(super) fn keep(
        &mut self,
        machine: usize,
        ours: bool,
        name: Option<String>,
        description: Option<String>,
        listed_from: Ms,
    ) {
        let number = self.hosts[machine].snapshots.len();
        let id = format!("s-{machine}-{number}");
        let kept = Kept { id, name, description, ours, listed_from };
        self.hosts[machine].snapshots.push(kept);
    }

    /// A request that starts at some time.
    pub(super) fn add(
        &mut self,
        machine: usize,
        ours: bool,
        starts: Ms,
        time: Ms,
        fails: bool,
    ) -> usize {
        let number = self.requests.len();
        let mut resources = vec![format!("/iaas/api/machines/m-{machine}")];
        match self.chance.below(5) {
            0 if self.habits.loses_trackers => resources.clear(),
            1 if ours && !fails => {
                let snapshot = self.hosts[machine].snapshots.len();
                resources.push(format!(
                    "/iaas/api/machines/m-{machine}/snapshots/s-{machine}-{snapshot}"
                ));
            }
            _ => {}
        }
        let lost_from = starts + self.chance.below(time + 30_000);
        let lost_for = self.chance.pick(&[0, 10_000, Ms::MAX / 2]);
        let is_lost = self.habits.loses_trackers && self.chance.one_in(2);
        let lost = if is_lost { (lost_from, lost_from + lost_for) } else { (0, 0) };
        let forgotten = self.habits.loses_trackers && self.chance.one_in(2);
        let ends = starts + time;
        let request = Request { machine, ours, starts, ends, fails, resources, lost, forgotten };
        self.requests.push(request);
        self.hosts[machine].requests.push(number);
        self.recent.push(number);
        number
    }

    fn list(&self, machine: usize, now: Ms) -> Outcome<Json> {
        let there = self.hosts[machine].snapshots.iter().filter(|it| it.listed_from <= now);
        let document =
            |it: &Kept| json!({ "id": it.id, "name": it.name, "description": it.description });
        Outcome::json(200, there.map(document).collect())
    }

    fn list_trackers(&mut self, now: Ms) -> Outcome<Json> {
        if !self.habits.lists_trackers {
            return bare(403);
        }
        self.forget(now);
        let listed = self.recent.iter().filter(|number| self.requests[**number].starts <= now);
        trackers(&listed.map(|number| self.tracker(*number, now)).collect::<Vec<_>>())
    }

    fn forget(&mut self, now: Ms) {
        let requests = &self.requests;
        self.recent.retain(|number| {
            let request = &requests[*number];
            now < request.ends + if request.forgotten { 0 } else { LISTED }
        });
    }

    fn tracker(&self, number: usize, now: Ms) -> Json {
        let request = &self.requests[number];
        let (status, progress) = match now < request.ends {
            true => {
                let whole = request.ends - request.starts;
                ("INPROGRESS", 100 * (now - request.starts) / whole)
            }
            false if request.fails => ("FAILED", 50),
            false => ("FINISHED", 100),
        };
        json!({
            "id": format!("t-{number}"), "status": status, "progress": progress,
            "resources": request.resources,
        })
    }

    /// What was made on a machine, or will be.
    pub(super) fn made(&self, machine: usize) -> Vec<&str> {
        let ours = self.hosts[machine].snapshots.iter().filter(|it| it.ours);
        ours.map(|it| it.id.as_str()).collect()
    }
}

/// The number in `m-7` or `t-7`.
pub(super) fn number(id: &str) -> usize {
    id[2..].parse().unwrap()
}
