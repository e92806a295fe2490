//! Which of the machine's snapshots an operation made.

use super::key::{IdempotencyKey, is_marked};
use crate::protocol::model::Snapshot;
use crate::protocol::stored_name::is_listed_as;
use crate::util::text::{percent_decoded, split};

/// What there is to go by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clues<'a> {
    /// The machine that the operation works on.
    pub(super) machine: &'a str,
    /// What the operation's own tracker names.
    pub(super) resources: &'a [String],
    /// The snapshots that were there before.
    pub(super) baseline: &'a [String],
    /// The key that was sent.
    pub(super) key: Option<&'a IdempotencyKey>,
    /// The name that was asked for.
    pub(super) name: Option<&'a str>,
}

/// An answer; the numbers are places in the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// This one, and no other.
    One(usize),
    /// This one, if nothing better is listed after a while: it bears the name that was asked for, and has
    /// lost the key - or never had it.
    Unmarked(usize),
    /// Several are ours as far as can be told.
    Several(Vec<usize>),
    /// None is; these are new too.
    None(Vec<usize>),
}

/// Picks the operation's snapshot from those that the machine has now. `taken` tells which have been
/// handed out for another request.
///
/// What the tracker names is believed, then the key; otherwise it is the one snapshot that was not there
/// before, carries nobody's key and bears the name that was asked for. A new one under another name is
/// somebody else's.
pub(super) fn pick<'a>(
    snapshots: impl IntoIterator<Item = &'a Snapshot>,
    clues: Clues,
    taken: impl Fn(&str) -> bool,
) -> Pick {
    let mut told = Vec::new();
    for path in clues.resources {
        told.extend(snapshot_in(path, clues.machine));
    }
    let (mut new, mut keyed, mut named) = (Vec::new(), Vec::new(), Vec::new());
    for (place, snapshot) in snapshots.into_iter().enumerate() {
        let description = snapshot.description.as_deref();
        // The key is exact: not even another request of this client with the same key makes it less ours.
        if clues.key.is_some_and(|key| key.is_in(description)) {
            keyed.push(place);
        }
        if taken(&snapshot.id) || clues.baseline.contains(&snapshot.id) {
            continue;
        }
        if told.iter().any(|id| id == snapshot.id.as_bytes()) {
            return Pick::One(place);
        }
        new.push(place);
        let bears_our_name = clues.name.is_none_or(|asked| {
            snapshot.name.as_deref().is_some_and(|listed| is_listed_as(asked, listed))
        });
        if bears_our_name && !is_marked(description) {
            named.push(place);
        }
    }
    match (keyed.as_slice(), named.as_slice()) {
        ([place], _) => Pick::One(*place),
        ([_, ..], _) => Pick::Several(keyed),
        (_, []) => Pick::None(new),
        // What the tracker names is not listed yet, and this is not it.
        (_, [_]) if !told.is_empty() => Pick::None(named),
        (_, [place]) if clues.key.is_some() => Pick::Unmarked(*place),
        (_, [place]) => Pick::One(*place),
        _ => Pick::Several(named),
    }
}

/// The snapshot in `/iaas/api/machines/{machine}/snapshots/{snapshot}`, if it is of that machine.
fn snapshot_in(path: &str, machine: &str) -> Option<Vec<u8>> {
    match segments(path)?.as_slice() {
        [of, "snapshots", snapshot] if percent_decoded(of) == machine.as_bytes() => {
            Some(percent_decoded(snapshot))
        }
        _ => None,
    }
}

/// Whether a path is that of this machine, or of something on it.
pub(super) fn is_of(path: &str, machine: &str) -> bool {
    segments(path).is_some_and(|segments| {
        segments.first().is_some_and(|first| percent_decoded(first) == machine.as_bytes())
    })
}

/// The one machine that these paths name, if they name just one.
pub(super) fn machine_in(resources: &[String]) -> Option<String> {
    let mut found: Option<Vec<u8>> = None;
    for path in resources {
        if let Some([machine, ..]) = segments(path).as_deref() {
            let machine = percent_decoded(machine);
            if found.as_ref().is_some_and(|found| *found != machine) {
                return None;
            }
            found = Some(machine);
        }
    }
    String::from_utf8(found?).ok()
}

/// What follows `/iaas/api/machines/`. Paths are data here, never addresses: one on another host is
/// not a path of this service, and says nothing.
fn segments(path: &str) -> Option<Vec<&str>> {
    path.strip_prefix("/iaas/api/machines/").map(|rest| split(rest, b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshots(list: &[(&str, &str)]) -> Vec<Snapshot> {
        let snapshot = |(id, name): &(&str, &str)| Snapshot {
            id: (*id).into(),
            name: Some((*name).into()),
            description: None,
        };
        list.iter().map(snapshot).collect()
    }

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).into()).collect()
    }

    #[test]
    fn picks_by_tracker_then_by_difference_and_name() {
        struct Case {
            there: &'static [(&'static str, &'static str)],
            resources: &'static [&'static str],
            name: Option<&'static str>,
            expected: Pick,
        }
        let case = |there, resources, name, expected| Case { there, resources, name, expected };
        let none = |places: &[usize]| Pick::None(places.into());
        let several = |places: &[usize]| Pick::Several(places.into());
        let cases = [
            // By the difference: "old" and "old2" were there before, "theirs" was handed out.
            case(&[("old", "a"), ("new", "a")], &[], Some("a"), Pick::One(1)),
            case(&[("old", "a"), ("new", "b")], &[], None, Pick::One(1)),
            case(&[("new", "a")], &[], Some("a"), Pick::One(0)),
            case(&[("theirs", "a"), ("new", "a")], &[], Some("a"), Pick::One(1)),
            case(&[("new", "a"), ("other", "b")], &[], Some("a"), Pick::One(0)),
            case(&[("old", "a")], &[], Some("a"), none(&[])),
            case(&[], &[], None, none(&[])),
            case(&[("new", "b")], &[], Some("a"), none(&[0])),
            case(&[("new", "a"), ("old", "a"), ("new2", "a")], &[], Some("a"), several(&[0, 2])),
            case(&[("new", "a"), ("new2", "b")], &[], None, several(&[0, 1])),
            // By what the tracker names.
            case(
                &[("new", "a"), ("new2", "a")],
                &["/iaas/api/machines/m%2F1/snapshots/new2"],
                Some("a"),
                Pick::One(1),
            ),
            case(&[("new", "a")], &["/iaas/api/machines/m%2F1"], Some("a"), Pick::One(0)),
            case(
                &[("new", "a")],
                &["/iaas/api/machines/other/snapshots/new2"],
                Some("a"),
                Pick::One(0),
            ),
            case(
                &[("new", "a")],
                &["https://evil.example/iaas/api/machines/m%2F1/snapshots/x"],
                Some("a"),
                Pick::One(0),
            ),
            // Named, and not listed yet: the one that is listed is not it.
            case(
                &[("new", "a")],
                &["/iaas/api/machines/m%2F1/snapshots/late"],
                Some("a"),
                none(&[0]),
            ),
        ];
        for Case { there, resources, name, expected } in cases {
            let (resources, baseline) = (strings(resources), strings(&["old", "old2"]));
            let clues = Clues {
                machine: "m/1",
                resources: &resources,
                baseline: &baseline,
                name,
                key: None,
            };
            let picked = pick(&snapshots(there), clues, |id| id == "theirs");
            assert_eq!(picked, expected, "{there:?} {resources:?} {name:?}");
        }
    }

    #[test]
    fn picks_by_key_wherever_it_stands_and_never_by_another_key() {
        let key = IdempotencyKey::new("key", "k").unwrap();
        let cases: &[(&[(&str, &str)], Pick)] = &[
            // (id, description); the name is always the one that was asked for.
            (&[("old", "x [k]"), ("new", "")], Pick::One(0)),
            (&[("new", "[k]"), ("new2", "")], Pick::One(0)),
            (&[("new", "[k]"), ("new2", "[k]")], Pick::Several(vec![0, 1])),
            (&[("theirs", "[k]"), ("new", "")], Pick::One(0)),
            (&[("new", "lost")], Pick::Unmarked(0)),
            (&[("new", "[other]")], Pick::None(vec![0])),
            (&[("new", ""), ("new2", "")], Pick::Several(vec![0, 1])),
            (&[("old", "")], Pick::None(vec![])),
        ];
        for (there, expected) in cases {
            let list: Vec<Snapshot> = there
                .iter()
                .map(|(id, description)| Snapshot {
                    id: (*id).into(),
                    name: Some("n".into()),
                    description: Some((*description).into()),
                })
                .collect();
            let baseline = strings(&["old"]);
            let clues =
                Clues { baseline: &baseline, name: Some("n"), key: Some(&key), ..Clues::default() };
            assert_eq!(pick(&list, clues, |id| id == "theirs"), *expected, "{there:?}");
        }
    }

    #[test]
    fn finds_the_machine_that_resources_name() {
        let cases: &[(&[&str], Option<&str>)] = &[
            (&["/iaas/api/machines/m1"], Some("m1")),
            (&["/iaas/api/machines/a%2Fb/snapshots/s", "/iaas/api/machines/a%2Fb"], Some("a/b")),
            (&["/iaas/api/machines/m1", "/iaas/api/machines/m2"], None),
            (&["/iaas/api/disks/d1"], None),
            (&["https://evil.example/iaas/api/machines/m1"], None),
            (&[], None),
        ];
        for (resources, expected) in cases {
            assert_eq!(machine_in(&strings(resources)).as_deref(), *expected, "{resources:?}");
        }
    }
}
