//! Which of the machine's snapshots an operation made.

use percent_encoding::percent_decode_str;

use crate::Snapshot;

/// What there is to go by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clues<'a> {
    /// The machine that the operation works on.
    pub(super) machine: &'a str,
    /// What the operation's own tracker names.
    pub(super) resources: &'a [String],
    /// The snapshots that were there before.
    pub(super) baseline: &'a [String],
    /// The name that was asked for.
    pub(super) name: Option<&'a str>,
}

/// An answer; the numbers are places in the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// This one, and no other.
    One(usize),
    /// None of them is certain; these come into question.
    Unclear(Vec<usize>),
}

/// Picks the operation's snapshot from those that the machine has now. `taken` tells which have been
/// handed out for another operation.
///
/// What the tracker names is believed; otherwise it is the one snapshot that was not there before
/// and bears the name that was asked for. A new one under another name is somebody else's until
/// nothing better is found, and then it is still not handed out as ours.
pub(super) fn pick(snapshots: &[Snapshot], clues: Clues, taken: impl Fn(&str) -> bool) -> Pick {
    let new: Vec<usize> = (0..)
        .zip(snapshots)
        .filter(|(_, snapshot)| !clues.baseline.contains(&snapshot.id) && !taken(&snapshot.id))
        .map(|(place, _)| place)
        .collect();
    let at = |place: &usize| snapshots.get(*place);
    let told: Vec<String> =
        clues.resources.iter().filter_map(|path| snapshot_in(path, clues.machine)).collect();
    if let Some(place) =
        new.iter().find(|place| at(place).is_some_and(|snapshot| told.contains(&snapshot.id)))
    {
        return Pick::One(*place);
    }
    let ours = |place: &usize| match (clues.name, at(place)) {
        (Some(name), Some(snapshot)) => snapshot.name.as_deref() == Some(name),
        _ => true,
    };
    let named: Vec<usize> = new.iter().copied().filter(ours).collect();
    match named.as_slice() {
        // A snapshot that the tracker names and the list does not show yet is not this one.
        [place] if told.is_empty() => Pick::One(*place),
        [] => Pick::Unclear(new),
        _ => Pick::Unclear(named),
    }
}

/// The snapshot in `/iaas/api/machines/{machine}/snapshots/{snapshot}`, if it is of that machine.
fn snapshot_in(path: &str, machine: &str) -> Option<String> {
    match segments(path)?.as_slice() {
        [of, "snapshots", snapshot] if decoded(of) == machine => Some(decoded(snapshot)),
        _ => None,
    }
}

/// The one machine that these paths name, if they name just one.
pub(super) fn machine_in(resources: &[String]) -> Option<String> {
    let mut found: Option<String> = None;
    for path in resources {
        if let Some([machine, ..]) = segments(path).as_deref() {
            let machine = decoded(machine);
            if found.as_ref().is_some_and(|found| *found != machine) {
                return None;
            }
            found = Some(machine);
        }
    }
    found
}

/// What follows `/iaas/api/machines/`. Paths are data here, never addresses: one on another host is
/// not a path of this service, and says nothing.
fn segments(path: &str) -> Option<Vec<&str>> {
    Some(path.strip_prefix("/iaas/api/machines/")?.split('/').collect())
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
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
        let unclear = |places: &[usize]| Pick::Unclear(places.into());
        let cases = [
            // By the difference: "old" and "old2" were there before, "theirs" was handed out.
            case(&[("old", "a"), ("new", "a")], &[], Some("a"), Pick::One(1)),
            case(&[("old", "a"), ("new", "b")], &[], None, Pick::One(1)),
            case(&[("new", "a")], &[], Some("a"), Pick::One(0)),
            case(&[("theirs", "a"), ("new", "a")], &[], Some("a"), Pick::One(1)),
            case(&[("new", "a"), ("other", "b")], &[], Some("a"), Pick::One(0)),
            case(&[("old", "a")], &[], Some("a"), unclear(&[])),
            case(&[], &[], None, unclear(&[])),
            case(&[("new", "b")], &[], Some("a"), unclear(&[0])),
            case(&[("new", "a"), ("old", "a"), ("new2", "a")], &[], Some("a"), unclear(&[0, 2])),
            case(&[("new", "a"), ("new2", "b")], &[], None, unclear(&[0, 1])),
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
                unclear(&[0]),
            ),
        ];
        for Case { there, resources, name, expected } in cases {
            let (resources, baseline) = (strings(resources), strings(&["old", "old2"]));
            let clues = Clues { machine: "m/1", resources: &resources, baseline: &baseline, name };
            let picked = pick(&snapshots(there), clues, |id| id == "theirs");
            assert_eq!(picked, expected, "{there:?} {resources:?} {name:?}");
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
