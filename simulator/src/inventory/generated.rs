//! Machines beyond the well-known ones: a seeded estate as a company has it.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::machine::{Machine, Platform, PowerState};
use super::outline::Outline;
use super::snapshots::{Snapshot, Snapshots};
use crate::util::ids;

pub(super) const PROJECTS: [&str; 5] = [
    "e0a1b2c3-d4e5-4f60-a718-293a4b5c6d01",
    "e0a1b2c3-d4e5-4f60-a718-293a4b5c6d02",
    "e0a1b2c3-d4e5-4f60-a718-293a4b5c6d03",
    "e0a1b2c3-d4e5-4f60-a718-293a4b5c6d04",
    "e0a1b2c3-d4e5-4f60-a718-293a4b5c6d05",
];

/// The beginning of the names, the application, and what the machine does there.
const ROLES: [(&str, &str, &str); 20] = [
    ("erp-db", "erp", "ERP database"),
    ("erp-app", "erp", "ERP application server"),
    ("shop-web", "webshop", "Webshop, front end"),
    ("shop-api", "webshop", "Webshop, API"),
    ("shop-cache", "webshop", "Webshop, cache"),
    ("payment", "webshop", "Payment gateway"),
    ("mail", "office", "Mail server"),
    ("files", "office", "File server"),
    ("print", "office", "Print server"),
    ("ldap", "identity", "Directory"),
    ("sso", "identity", "Single sign-on"),
    ("ci-runner", "build", "Build runner"),
    ("artifacts", "build", "Artifact repository"),
    ("kafka", "data", "Event broker"),
    ("spark", "data", "Analytics worker"),
    ("dwh", "data", "Data warehouse"),
    ("monitor", "operations", "Monitoring"),
    ("log", "operations", "Log collector"),
    ("backup", "operations", "Backup proxy"),
    ("jump", "operations", "Jump host"),
];

const ENVIRONMENTS: [(u32, &str); 4] = [(50, "prod"), (20, "test"), (20, "dev"), (10, "stage")];

const PLATFORMS: [(u32, Platform); 4] = [
    (84, Platform::Vsphere),
    (7, Platform::Google),
    (5, Platform::Aws),
    (4, Platform::FaultTolerant),
];

const POWER_STATES: [(u32, PowerState); 5] = [
    (76, PowerState::On),
    (13, PowerState::Off),
    (5, PowerState::GuestOff),
    (4, PowerState::Suspend),
    (2, PowerState::Unknown),
];

const SNAPSHOT_NAMES: [&str; 6] =
    ["before-patch", "nightly", "golden", "pre-migration", "before-upgrade", "test"];

/// 2023-01-01 at 00:00 UTC; machines are made in the three years from here, snapshots in the year after.
const EPOCH_MS: u64 = 1_672_531_200_000;
const YEAR_MS: u64 = 31_536_000_000;

/// So many machines.
pub(super) fn machines(count: usize, random: &mut Rng) -> impl Iterator<Item = Machine> {
    let mut generator = Generator { random, numbers: BTreeMap::new(), deployment: None };
    (0..count).map(move |index| generator.machine(index))
}

struct Generator<'a> {
    random: &'a mut Rng,
    /// How many machines have this role and environment.
    numbers: BTreeMap<(&'static str, &'static str), u32>,
    /// The deployment of the machine before, if it had one.
    deployment: Option<(String, &'static str)>,
}

impl Generator<'_> {
    fn machine(&mut self, index: usize) -> Machine {
        let [first_role, ..] = ROLES;
        let (role, application, description) = self.random.choice(ROLES).unwrap_or(first_role);
        let environment = self.weighted(ENVIRONMENTS, "prod");
        let number = self.numbers.entry((role, environment)).or_default();
        *number += 1;
        let name = format!("{role}-{environment}-{number:02}");

        let (deployment, project) = self.placement();
        let platform = self.weighted(PLATFORMS, Platform::Vsphere);
        let snapshots = match platform {
            Platform::Vsphere | Platform::Google => self.snapshots(),
            Platform::Aws | Platform::FaultTolerant => Snapshots::default(),
        };
        // Never below what there is already.
        let held = u8::try_from(snapshots.len()).unwrap_or(u8::MAX);
        let snapshot_limit = (self.random.u8(0..10) == 0).then(|| held + self.random.u8(0..4));
        let outline = Outline {
            id: ids::any(self.random),
            name,
            description: description.into(),
            application,
            environment,
            platform,
            power_state: self.weighted(POWER_STATES, PowerState::On),
            project,
            deployment,
            external_id: ids::uuid(self.random),
            address: format!("10.{}.{}.{}", 1 + index / 50_000, index / 250 % 200, 1 + index % 250),
            snapshot_limit,
            created_ms: EPOCH_MS + self.random.u64(0..3 * YEAR_MS),
            snapshots,
            boolean_link: self.random.u8(0..4) == 0,
        };
        outline.into_machine()
    }

    /// Deployment and project: often those of the machine before; one machine in six has no deployment.
    fn placement(&mut self) -> (Option<String>, &'static str) {
        let [first_project, ..] = PROJECTS;
        let shared = self.deployment.take_if(|_| self.random.u8(0..3) == 0);
        let (deployment, project) = shared.unwrap_or_else(|| {
            let project = self.random.choice(PROJECTS).unwrap_or(first_project);
            (ids::uuid(self.random), project)
        });
        if self.random.u8(0..6) == 0 {
            return (None, project);
        }
        self.deployment = Some((deployment.clone(), project));
        (Some(deployment), project)
    }

    /// Up to three on one machine in four.
    fn snapshots(&mut self) -> Snapshots {
        let mut snapshots = Snapshots::default();
        if self.random.u8(0..4) == 0 {
            let mut created_ms = EPOCH_MS + 3 * YEAR_MS;
            for _ in 0..self.random.u8(1..=3) {
                created_ms += self.random.u64(0..YEAR_MS / 4);
                let name = self.random.choice(SNAPSHOT_NAMES).unwrap_or("nightly");
                let mut snapshot = Snapshot::new(ids::any(self.random), name, created_ms);
                snapshot.boolean_link = self.random.bool();
                snapshots.add(snapshot);
            }
        }
        snapshots
    }

    fn weighted<T, const N: usize>(&mut self, choices: [(u32, T); N], otherwise: T) -> T {
        let total = choices.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.random.u32(0..total);
        for (weight, choice) in choices {
            match drawn.checked_sub(weight) {
                None => return choice,
                Some(rest) => drawn = rest,
            }
        }
        otherwise
    }
}
