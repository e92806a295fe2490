//! What is asked of a fleet.

use crate::error::InvalidInput;
use crate::operation::key::IdempotencyKey;
use crate::protocol::call::Id;
use crate::protocol::model::SnapshotSpecification;
use crate::util::clock::Ms;
use crate::util::names::names;
use crate::util::text::{concat, digits, hash};

/// One of the machines to be snapshot.
#[derive(Debug, Clone)]
pub struct FleetMachine {
    /// The machine.
    pub id: Id,
    /// What stands for `{machine}` in the name of the snapshot; else it is the id.
    pub name: Option<String>,
    /// Of the machines of a deployment one at a time is snapshot.
    pub deployment: Option<String>,
    /// In place of the fleet's. Boxed: few machines have one, and there are thousands.
    pub specification: Option<Box<SnapshotSpecification>>,
}

impl FleetMachine {
    /// A machine of which nothing but the id is known.
    pub fn new(id: Id) -> Self {
        Self { id, name: None, deployment: None, specification: None }
    }
}

/// How a fleet goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetOptions {
    /// So many operations are under way at the service at the most: 1 to 1000.
    pub concurrency: u32,
    /// The time between two submits at the least, in microseconds.
    pub submit_interval_us: u64,
    /// What the key of each machine begins with; without it each has a random one.
    pub key_prefix: Option<String>,
    /// Once so many have failed, or have ended unknown, no other request leaves; what is asked for by name does.
    pub stop_after_failures: Option<u32>,
    /// Which come first.
    pub order: Order,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self {
            concurrency: 20,
            submit_interval_us: 0,
            key_prefix: None,
            stop_after_failures: None,
            order: Order::Given,
        }
    }
}

/// The number of failures that stops a fleet of so many machines: `limit` is a number of machines, or below 1 a share of
/// them. A share is at least one machine.
pub fn failure_limit(limit: f64, machines: usize) -> u32 {
    if limit >= 1.0 {
        return limit as u32;
    }
    // 0.29 × 100 is 28.999999999999996: what rounding has taken must not cost a machine.
    let share = limit * machines as f64 * (1.0 + 4.0 * f64::EPSILON);
    (share as u32).max(1)
}

/// Which machines come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they were given.
    Given,
    /// Those of the largest deployments: they wait for one another, and the fleet ends with the last of them.
    LargestDeploymentFirst,
}

names! {
    Order {
        Given = "given",
        LargestDeploymentFirst = "largestDeploymentFirst",
    }
}

/// More would only crowd the service, and the number of an attempt has no room for them.
pub(super) const MOST_AT_ONCE: u32 = 1000;

/// With the mark of the machine behind it, a key has no more than 64 characters.
const LONGEST_PREFIX: usize = 55;

impl FleetOptions {
    pub(super) fn check(&self) -> Result<(), InvalidInput> {
        if !(1..=MOST_AT_ONCE).contains(&self.concurrency) {
            return Err(InvalidInput(
                "options.concurrency must be a whole number from 1 to 1000".into(),
            ));
        }
        if let Some(prefix) = &self.key_prefix {
            IdempotencyKey::new("options.idempotencyKey", prefix)?;
            if prefix.len() > LONGEST_PREFIX {
                return Err(InvalidInput(
                    "options.idempotencyKey of a fleet must be no longer than 55 characters: \
                     the mark of the machine follows it"
                        .into(),
                ));
            }
        }
        Ok(())
    }
}

/// The key of one machine. With the user's prefix it is the same whenever the same is asked for; without, nobody has
/// ever used it: it comes of the fleet's random id, and another attempt has another.
pub(super) fn key_of(
    prefix: Option<&str>,
    fleet: &str,
    machine: &str,
    place: u32,
    attempt: u32,
) -> Result<IdempotencyKey, InvalidInput> {
    let key = match prefix {
        Some(prefix) => {
            // Only snapshots of one machine are ever compared: the mark is for those who read the key.
            concat(&[prefix, ".", &hex(hash(&[machine]) as u32)])
        }
        None => {
            let random = fleet.get(..16).unwrap_or(fleet);
            let number = digits(u64::from(place) + 1);
            let again =
                if attempt == 0 { String::new() } else { concat(&[".", &digits(attempt.into())]) };
            concat(&[random, ".", &number, &again])
        }
    };
    IdempotencyKey::new("options.idempotencyKey", &key)
}

fn hex(number: u32) -> String {
    (0..8).rev().filter_map(|place| char::from_digit(number >> (4 * place) & 15, 16)).collect()
}

/// What to send for a machine.
pub(super) fn filled(
    specification: &SnapshotSpecification,
    machine: &str,
    date: &str,
) -> SnapshotSpecification {
    let name = specification.name.as_deref().map(|name| {
        // In one go: a machine may be named "{date}".
        let mut filled = String::new();
        let mut rest = name;
        while let Some(place) = rest.bytes().position(|byte| byte == b'{') {
            let (before, from) = rest.split_at(place);
            filled.push_str(before);
            let (value, length) = if from.starts_with("{machine}") {
                (machine, "{machine}".len())
            } else if from.starts_with("{date}") {
                (date, "{date}".len())
            } else {
                ("{", 1)
            };
            filled.push_str(value);
            rest = from.get(length..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    });
    SnapshotSpecification { name, ..specification.clone() }
}

/// When the submit after one at this time may be, both in microseconds.
pub(super) fn next_submit(last_us: u64, interval_us: u64, now: Ms) -> u64 {
    // What was not used is not saved up.
    last_us.max(now.saturating_mul(1000)).saturating_add(interval_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_machines_is_counted_as_in_decimals() {
        // limit, machines; failures that stop
        let cases = [
            (0.29, 100, 29),
            (0.07, 100, 7),
            (0.1, 25, 2),
            (0.1, 9, 1),
            (0.999, 1000, 999),
            (0.57, 10_000, 5_700),
            (0.001, 10, 1),
            (0.5, 0, 1),
            (1.0, 100, 1),
            (29.0, 100, 29),
            (4_294_967_295.0, 1, u32::MAX),
        ];
        for (limit, machines, expected) in cases {
            assert_eq!(failure_limit(limit, machines), expected, "{limit} of {machines}");
        }
        for (hundredths, machines) in (1..100).flat_map(|it| (1..=1000).map(move |size| (it, size)))
        {
            let share: f64 = format!("0.{hundredths:02}").parse().unwrap();
            let expected = (hundredths * machines / 100).max(1);
            assert_eq!(failure_limit(share, machines), expected as u32, "{share} of {machines}");
        }
    }

    #[test]
    fn checks_what_it_is_given() {
        let with = |concurrency, prefix: Option<&str>| {
            let key_prefix = prefix.map(str::to_owned);
            FleetOptions { concurrency, key_prefix, ..FleetOptions::default() }.check().is_ok()
        };
        let (fits, long) = ("p".repeat(55), "p".repeat(56));
        let cases = [
            (1, None, true),
            (1000, Some("patch-2026.11"), true),
            (20, Some(fits.as_str()), true),
            (0, None, false),
            (1001, None, false),
            (20, Some(""), false),
            (20, Some("a b"), false),
            (20, Some(long.as_str()), false),
        ];
        for (concurrency, prefix, expected) in cases {
            assert_eq!(with(concurrency, prefix), expected, "{concurrency} {prefix:?}");
        }
    }

    #[test]
    fn every_machine_has_a_key_of_its_own() {
        let key = |prefix, machine, place, attempt| {
            let fleet = "0123456789abcdef0123456789abcdef";
            key_of(prefix, fleet, machine, place, attempt).unwrap().as_str().to_owned()
        };
        assert_eq!(key(None, "m", 0, 0), "0123456789abcdef.1");
        assert_eq!(key(None, "m", 9_999, 2), "0123456789abcdef.10000.2");
        let ours = key(Some("patch"), "m", 0, 0);
        assert!(ours.starts_with("patch.") && ours.len() == "patch.".len() + 8, "{ours}");
        assert_eq!(key(Some("patch"), "m", 7, 3), ours, "wherever it stands in the list");
        assert_ne!(key(Some("patch"), "n", 0, 0), ours);
        assert_eq!(key(Some(&"p".repeat(55)), "m", 0, 0).len(), 64);
    }

    #[test]
    fn fills_the_template_of_a_name() {
        let cases = [
            ("before {date} of {machine}", "before 2026-11-24 of web-1"),
            ("{machine}{machine}", "web-1web-1"),
            ("plain", "plain"),
            ("{other} {machine", "{other} {machine"),
            ("{{machine}}", "{web-1}"),
            ("é{date}", "é2026-11-24"),
            ("", ""),
        ];
        for (name, expected) in cases {
            let specification =
                SnapshotSpecification { name: Some(name.into()), ..Default::default() };
            let filled = filled(&specification, "web-1", "2026-11-24");
            assert_eq!(filled.name.as_deref(), Some(expected));
        }
        let odd = SnapshotSpecification { name: Some("{machine}".into()), ..Default::default() };
        assert_eq!(filled(&odd, "{date}", "2026-11-24").name.as_deref(), Some("{date}"));
        assert_eq!(filled(&SnapshotSpecification::default(), "m", "d").name, None);
    }

    #[test]
    fn submits_are_apart_and_none_is_saved_up() {
        let cases =
            [(0, 500_000, 10, 510_000), (510_000, 500_000, 10, 1_010_000), (5, 0, 10, 10_000)];
        for (last, interval, now, expected) in cases {
            assert_eq!(next_submit(last, interval, now), expected);
        }
    }
}
