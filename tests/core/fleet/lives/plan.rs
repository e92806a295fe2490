//! What is wanted, and the world in which it is.

use serde_json::Value as Json;
use vra_snapshots::{Fleet, FleetMachine, FleetOptions, Ms, Order, Policy, SnapshotSpecification};

use super::model::{Habits, Host, LATE, LONGEST, Model};
use crate::bench::{START, id, policy};
use crate::lives::chance::Chance;

pub(super) struct Plan {
    pub(super) policy: Policy,
    pub(super) options: FleetOptions,
    /// By machine, the number of its deployment.
    deployments: Vec<Option<usize>>,
    /// Processes end, people leave, pause and retry.
    pub(super) is_troubled: bool,
}

impl Plan {
    pub(super) fn size(&self) -> usize {
        self.deployments.len()
    }

    /// The fleet; `run` counts those that were lost before anything was kept of them.
    pub(super) fn begin(&self, run: u32) -> Fleet<Json> {
        let machines = (0..).zip(&self.deployments).map(|(number, deployment)| FleetMachine {
            name: Some(format!("web {number}")),
            deployment: deployment.map(|it| format!("d-{it}")),
            ..FleetMachine::new(id(&format!("m-{number}")))
        });
        let specification = SnapshotSpecification {
            name: Some("before".into()),
            description: Some("of a life".into()),
            ..SnapshotSpecification::default()
        };
        let id = format!("{run:016}0123456789abcdef");
        let options = self.options.clone();
        Fleet::new(id, self.policy.clone(), machines.collect(), specification, options, START)
            .unwrap()
    }

    /// Once nothing goes wrong any more, it is over within this time: each machine alone, were it the only one, and
    /// the foreign requests and retries after 429 and 503 that were there before.
    pub(super) fn calm_limit(&self) -> Ms {
        let each = LONGEST + LATE + 4 * self.policy.settle + 60_000;
        let rounds = self.size() as u64;
        rounds * (each + self.options.submit_interval_us / 1000) + 7_200_000
    }

    /// The polls of a request that takes so long: the first nine within the first minute, then one every 12 s at the
    /// fastest, and five more when the end is near.
    fn polls(time: Ms) -> u64 {
        14 + time / 12_000
    }

    /// No more calls than these are made in a life. Each machine costs its request, the look before it where the key
    /// has a prefix, the polls of its tracker, and looks every `look` until the snapshot is listed. Whatever breaks
    /// this - a fault, or for each of the 2 × `concurrency` that may be under way an interruption, or a retry - costs
    /// at the most a look at what runs and at the snapshots every `look` until the settling time has passed twice
    /// (once for the claim of a refusal), the polls that wait for what runs, and the same as a machine again.
    pub(super) fn calls(&self, requests: u64, breaks: u64) -> u64 {
        let settling = 2 * (2 * self.policy.settle / self.policy.look + 4);
        let one = 3 + Self::polls(LONGEST) + LATE / self.policy.look + 2;
        let machines = requests.max(self.size() as u64);
        machines * one + breaks * (settling + 2 * Self::polls(LONGEST) + one)
    }
}

pub(super) fn plan(chance: &mut Chance, size: Option<usize>) -> (Plan, Model) {
    let size = size.unwrap_or_else(|| match chance.below(10) {
        0..8 => 1 + chance.below(12) as usize,
        _ => 13 + chance.below(28) as usize,
    });
    let mut policy = policy();
    policy.retry.max_attempts = chance.pick(&[1, 2, 4]);
    policy.renewable = chance.one_in(2);
    let concurrency = match size {
        1..=40 => chance.pick(&[1, 2, 5, 20]),
        _ => chance.pick(&[20, 50]),
    };
    let few = chance.pick(&[None, None, Some(1), Some(3)]);
    let options = FleetOptions {
        concurrency,
        submit_interval_us: chance
            .pick(&[0, 0, 333_333, 5_000_000])
            .min(4_000_000_000 / size as u64),
        key_prefix: chance.pick(&[None, None, Some("patch".to_owned())]),
        stop_after_failures: few.filter(|_| size <= 40),
        order: chance.pick(&[Order::Given, Order::LargestDeploymentFirst]),
    };
    let apart = chance.one_in(3);
    let many = chance.pick(&[1, 3, size as u64]);
    let deployments: Vec<_> = (0..size)
        .map(|_| {
            (!apart && !chance.one_in(3)).then(|| chance.below(many.max(size as u64 / 40)) as usize)
        })
        .collect();
    let is_huge = size > 40;
    let habits = Habits {
        faults: chance.pick(if is_huge { &[10, 20][..] } else { &[0, 30, 100, 300] }),
        refuses: chance.one_in(2),
        drops_descriptions: chance.one_in(8),
        lists_trackers: !chance.one_in(8),
        loses_trackers: chance.one_in(4),
        lists_late: chance.one_in(2),
        fails: chance.one_in(4),
    };
    let is_troubled = !chance.one_in(4);
    let hosts = deployments.iter().map(|it| Host { deployment: *it, ..Host::default() }).collect();
    let mut model = Model::new(Chance::new(chance.next()), habits, hosts);
    populate(&mut model, chance);
    (Plan { policy, options, deployments, is_troubled }, model)
}

/// What is there before, and what others do meanwhile.
fn populate(model: &mut Model, chance: &mut Chance) {
    let (theirs, namesakes) = (chance.one_in(3), chance.one_in(3));
    for machine in 0..model.hosts.len() {
        if namesakes && chance.one_in(3) {
            let description = chance.pick(&[None, Some("[k.0]".to_owned())]);
            model.keep(machine, false, Some("before".into()), description, 0);
        }
        if theirs && chance.one_in(4) {
            let starts = START.monotonic + chance.below(600_000);
            let time = chance.pick(&[1, 5_000, 60_000]);
            model.add(machine, false, starts, time, false);
        }
    }
}
