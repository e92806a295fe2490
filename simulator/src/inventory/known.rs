//! The well-known machines, which tests and demonstrations address by name or id. `README.md` lists them.

use super::generated::PROJECTS;
use super::machine::{Machine, Platform, PowerState};
use super::outline::Outline;
use super::snapshots::{Snapshot, Snapshots};

struct Known<'a> {
    id: &'a str,
    name: &'a str,
    description: &'static str,
    platform: Platform,
    power_state: PowerState,
    snapshot_limit: Option<u8>,
    /// Ids, names and descriptions, the oldest first.
    snapshots: &'static [(&'static str, &'static str, &'static str)],
}

const PLAIN: Known<'_> = Known {
    id: "",
    name: "",
    description: "",
    platform: Platform::Vsphere,
    power_state: PowerState::On,
    snapshot_limit: None,
    snapshots: &[],
};

/// What the trouble makers do is decided by their names: see `Trouble`.
const KNOWN: [Known<'_>; 14] = [
    Known {
        id: "9e49c1f0a2b34d57",
        name: "erp-db-01",
        description: "ERP database, primary",
        snapshots: &[
            ("4f1d2a7b9c3e5f60", "before-upgrade", "Before the upgrade to 19c"),
            ("c7a90b1e-52d4-4e0f-a6b3-7d8e9f012345", "after-upgrade", "Upgrade verified"),
        ],
        ..PLAIN
    },
    Known {
        id: "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01",
        name: "web-prod-01",
        description: "Webshop, front end",
        ..PLAIN
    },
    Known {
        id: "6f0b9d3c2e5a48718c7d9e0f1a2b3",
        name: "files-01",
        description: "File server of the archive, switched off",
        power_state: PowerState::Off,
        ..PLAIN
    },
    Known {
        id: "2a4c6e8f0b1d3f57",
        name: "history-01",
        description: "Build server with a history of snapshots",
        snapshots: &[
            ("0a1b2c3d4e5f6071", "nightly", "Monday"),
            ("1b2c3d4e5f60718293a4b5c6d7e8f", "nightly", "Tuesday"),
            ("d4c3b2a1-0f9e-4d8c-a7b6-5a4f3e2d1c0b", "nightly", "Wednesday"),
            ("2c3d4e5f60718293", "release 4.2 \"final\"", ""),
            ("e5d4c3b2-1a0f-4e9d-b8c7-6b5a4f3e2d1c", "nightly", "Thursday"),
        ],
        ..PLAIN
    },
    Known {
        id: "3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f",
        name: "limited-01",
        description: "As many snapshots as its limit allows",
        snapshot_limit: Some(2),
        snapshots: &[
            ("f6e5d4c3b2a19080", "weekly-1", "Kept for audits"),
            ("a7f6e5d4c3b2a190", "weekly-2", "Kept for audits"),
        ],
        ..PLAIN
    },
    Known {
        id: "4718263544556677",
        name: "gcp-web-01",
        description: "Google Cloud: can be snapshot, cannot be reverted",
        platform: Platform::Google,
        snapshots: &[("b8a7f6e5d4c3b2a1", "baseline", "After provisioning")],
        ..PLAIN
    },
    Known {
        id: "5d6e7f8091a2b3c4",
        name: "ft-ledger-01",
        description: "Fault tolerant: cannot be snapshot",
        platform: Platform::FaultTolerant,
        ..PLAIN
    },
    Known {
        id: "aws-i-0c1d2e3f4a5b6c7d8",
        name: "aws-batch-01",
        description: "AWS: cannot be snapshot",
        platform: Platform::Aws,
        ..PLAIN
    },
    Known {
        id: "6e7f8091-a2b3-4c4d-9e5f-60718293a4b5",
        name: "lost-host-01",
        description: "Its host is lost: the power state is unknown, nothing can be done",
        power_state: PowerState::Unknown,
        ..PLAIN
    },
    Known {
        id: "7f8091a2b3c4d5e6",
        name: "slow-01",
        description: "Large disks: operations take ten times as long",
        ..PLAIN
    },
    Known {
        id: "8091a2b3c4d5e6f7",
        name: "denied-01",
        description: "Every action is refused with 403",
        snapshots: &[("c9b8a7f6e5d4c3b2", "locked", "Not yours to touch")],
        ..PLAIN
    },
    Known {
        id: "91a2b3c4d5e6f708",
        name: "gone-01",
        description: "Listed, but every action is answered with 404",
        ..PLAIN
    },
    Known {
        id: "a2b3c4d5e6f70819",
        name: "failing-01",
        description: "Actions are accepted, and then fail",
        snapshots: &[("dac9b8a7f6e5d4c3", "last-good", "Before the datastore ran full")],
        ..PLAIN
    },
    Known {
        id: "b3c4d5e6f708192a",
        name: "busy-01",
        description: "Another operation is always under way: every action is refused with 409",
        ..PLAIN
    },
];

/// 2026-01-05 at 22:00 UTC.
const FIRST_SNAPSHOT_MS: u64 = 1_767_650_400_000;
const DAY_MS: u64 = 86_400_000;

pub(super) fn machines() -> Vec<Machine> {
    (1..).zip(KNOWN).map(|(number, known)| machine(number, known)).collect()
}

/// A machine like any other, that is asked for by its name; its id is the same.
pub(super) fn named(number: u64, name: &str) -> Machine {
    // Their addresses and deployments come after those of the well-known ones.
    machine(100 + number, Known { id: name, name, description: "Asked for by its name", ..PLAIN })
}

fn machine(number: u64, known: Known<'_>) -> Machine {
    let mut snapshots = Snapshots::default();
    for (day, (id, name, description)) in (0..).zip(known.snapshots) {
        let mut snapshot = Snapshot::new(*id, *name, FIRST_SNAPSHOT_MS + day * DAY_MS);
        snapshot.description = (!description.is_empty()).then(|| (*description).to_owned());
        snapshot.boolean_link = day % 2 == 1;
        snapshots.add(snapshot);
    }
    let [project, ..] = PROJECTS;
    let outline = Outline {
        id: known.id.into(),
        name: known.name.into(),
        description: known.description.into(),
        application: "well-known",
        environment: "prod",
        platform: known.platform,
        power_state: known.power_state,
        project,
        deployment: Some(format!("d0000000-0000-4000-a000-{number:012}")),
        external_id: format!("50000000-0000-4000-a000-{number:012}"),
        address: format!("10.0.0.{number}"),
        snapshot_limit: known.snapshot_limit,
        created_ms: FIRST_SNAPSHOT_MS - 400 * DAY_MS,
        snapshots,
        boolean_link: number.is_multiple_of(4),
    };
    outline.into_machine()
}
