//! The service, as far as a life meets it: one machine, its snapshots, and the requests that work on it.
//!
//! It promises no more than this: a request that runs is in the list of trackers, though it need not name
//! the machine; what it made is listed soon after it has ended; a request on its way arrives soon or never.

use serde_json::{Value as Json, json};
use vra_snapshots::{Body, Call, Method, Ms, Outcome};

use super::chance::Chance;
use super::faults::fault;
use crate::replies::{bare, refusal, trackers};

/// A request arrives so late at the most ...
const TRAVEL: Ms = 4_000;
/// ... and a snapshot is listed so late, which together is less than `settleMs`.
const LATE: Ms = 22_000;

/// A snapshot.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) ours: bool,
    pub(crate) listed_from: Ms,
    pub(crate) gone_from: Ms,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Create,
    Revert,
    Delete,
    /// Something that makes no snapshot.
    Power,
}

/// A request that was carried out, or will be.
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) what: What,
    pub(crate) ours: bool,
    pub(crate) starts: Ms,
    pub(crate) ends: Ms,
    pub(crate) fails: bool,
    resources: Vec<String>,
    /// While it cannot be found by its id.
    lost: (Ms, Ms),
    /// Not in the list any more once it is over.
    forgotten: bool,
}

/// What the service makes of a request while another runs on the machine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Busy {
    Refuses,
    Fails,
    Minds,
}

/// What kind of service this is.
pub(crate) struct Habits {
    /// Calls in a thousand that go wrong.
    pub(crate) faults: u64,
    pub(crate) busy: Busy,
    pub(crate) drops_descriptions: bool,
    pub(crate) lists_trackers: bool,
    pub(crate) loses_trackers: bool,
    pub(crate) lists_late: bool,
    pub(crate) fails: bool,
}

pub(crate) struct Model {
    pub(crate) chance: Chance,
    pub(crate) habits: Habits,
    pub(crate) snapshots: Vec<Kept>,
    pub(crate) requests: Vec<Request>,
}

impl Model {
    /// What comes of a call, and how long that takes.
    pub(crate) fn answer(&mut self, call: &Call, now: Ms) -> (Outcome<Json>, Ms) {
        let latency = self.chance.pick(&[0, 20, 300, TRAVEL]);
        let arrives = now + self.chance.below(latency + 1);
        if self.chance.below(1000) >= self.habits.faults {
            return (self.carry_out(call, arrives), latency);
        }
        let (outcome, has_effect, latency) = fault(&mut self.chance, latency);
        if has_effect {
            self.carry_out(call, arrives);
        }
        (outcome, latency)
    }

    fn carry_out(&mut self, call: &Call, now: Ms) -> Outcome<Json> {
        let segments: Vec<&str> = call.path.split('/').skip(3).collect();
        match (call.method, segments.as_slice()) {
            (Method::Get, ["machines", _, "snapshots"]) => self.list(now),
            (Method::Get, ["request-tracker"]) => {
                if !self.habits.lists_trackers {
                    return bare(403);
                }
                let listed = self.requests.iter().filter(|it| it.starts <= now);
                let listed = listed.filter(|it| !(it.forgotten && it.ends <= now));
                trackers(&listed.map(|it| it.tracker(now)).collect::<Vec<_>>())
            }
            (Method::Get, ["request-tracker", id]) => {
                let found = self.requests.iter().find(|it| it.id == *id && it.starts <= now);
                match found.filter(|it| !(it.lost.0..it.lost.1).contains(&now)) {
                    Some(request) => Outcome::json(200, request.tracker(now)),
                    None => refusal(404, "no such tracker"),
                }
            }
            (Method::Post, ["machines", _, "operations", "snapshots"]) => {
                let Some(Body::Specification(it)) = &call.body else { panic!("{call:?}") };
                self.accept(What::Create, it.name.clone(), it.description.clone(), None, now)
            }
            (Method::Post, ["machines", _, "operations", "revert", id]) => {
                self.accept(What::Revert, None, None, Some(id), now)
            }
            (Method::Delete, ["machines", _, "snapshots", id]) => {
                self.accept(What::Delete, None, None, Some(id), now)
            }
            _ => panic!("{call:?}"),
        }
    }

    fn accept(
        &mut self,
        what: What,
        name: Option<String>,
        description: Option<String>,
        target: Option<&str>,
        now: Ms,
    ) -> Outcome<Json> {
        if let Some(id) = target
            && !self.snapshots.iter().any(|it| it.id == id && now < it.gone_from)
        {
            return refusal(404, "no such snapshot");
        }
        let is_busy = self.requests.iter().any(|it| it.starts <= now && now < it.ends);
        if is_busy && matches!(self.habits.busy, Busy::Refuses) {
            return refusal(409, "busy");
        }
        let fails = is_busy && matches!(self.habits.busy, Busy::Fails)
            || self.habits.fails && self.chance.one_in(4);
        let at_once = what == What::Delete && !fails && self.chance.one_in(4);
        let time = if at_once { 0 } else { self.chance.pick(&[1, 2_000, 20_000, 180_000]) };
        self.add(what, true, name, description, now, time, fails);
        if let Some(id) = target.filter(|_| what == What::Delete && !fails) {
            let target = self.snapshots.iter_mut().find(|it| it.id == id).unwrap();
            target.gone_from = target.gone_from.min(now + time);
        }
        if at_once {
            return bare(204);
        }
        Outcome::json(202, self.requests.last().unwrap().tracker(now))
    }

    /// A request that starts at some time.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn add(
        &mut self,
        what: What,
        ours: bool,
        name: Option<String>,
        description: Option<String>,
        starts: Ms,
        time: Ms,
        fails: bool,
    ) {
        let number = self.requests.len();
        let ends = starts + time;
        let snapshot = format!("made-{number}");
        let mut resources = vec!["/iaas/api/machines/m-1".to_owned()];
        match self.chance.below(5) {
            0 => resources.clear(),
            1 if what == What::Create => {
                resources.push(format!("/iaas/api/machines/m-1/snapshots/{snapshot}"));
            }
            _ => {}
        }
        let lost_from = starts + self.chance.below(time + 30_000);
        let lost_for = self.chance.pick(&[0, 10_000, Ms::MAX / 2]);
        let lost =
            if self.habits.loses_trackers { (lost_from, lost_from + lost_for) } else { (0, 0) };
        let forgotten = self.habits.loses_trackers && self.chance.one_in(2);
        let id = format!("t-{number}");
        self.requests.push(Request {
            id,
            what,
            ours,
            starts,
            ends,
            fails,
            resources,
            lost,
            forgotten,
        });
        if what == What::Create && !fails {
            let late = if self.habits.lists_late { self.chance.below(LATE) } else { 0 };
            let description = description.filter(|_| !self.habits.drops_descriptions);
            self.snapshots.push(Kept {
                id: snapshot,
                name,
                description,
                ours,
                listed_from: ends + late,
                gone_from: Ms::MAX,
            });
        }
    }

    fn list(&self, now: Ms) -> Outcome<Json> {
        let listed = self.snapshots.iter().filter(|it| it.listed_from <= now && now < it.gone_from);
        let document =
            |it: &Kept| json!({ "id": it.id, "name": it.name, "description": it.description });
        Outcome::json(200, listed.map(document).collect())
    }

    /// What our requests made, or will have made.
    pub(crate) fn made(&self) -> Vec<&str> {
        self.snapshots.iter().filter(|it| it.ours).map(|it| it.id.as_str()).collect()
    }

    /// Our requests that were taken on.
    pub(crate) fn taken_on(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|it| it.ours)
    }
}

impl Request {
    fn tracker(&self, now: Ms) -> Json {
        let (status, progress) = match now < self.ends {
            true => ("INPROGRESS", 100 * (now - self.starts) / (self.ends - self.starts)),
            false if self.fails => ("FAILED", 50),
            false => ("FINISHED", 100),
        };
        json!({
            "id": self.id, "status": status, "progress": progress, "resources": self.resources,
            "selfLink": format!("/iaas/api/request-tracker/{}", self.id),
        })
    }
}
