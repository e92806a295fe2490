//! Every call survives a parser of URLs, and says there what it was meant to say.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use url::Url;
use vra_snapshots::{BaseUrl, Call, MachineOrder, MachineQuery, SnapshotSpecification};

use crate::bench::id;

/// Any text that an id may be.
fn any_id() -> impl Strategy<Value = String> {
    let text = prop_oneof![any::<String>(), "[./%\\\\?#a2eF ]{1,6}"];
    text.prop_filter("no URL can carry it", |text| !matches!(text.as_str(), "" | "." | ".."))
}

/// A base URL, and its own segments.
fn any_base() -> impl Strategy<Value = (String, Vec<String>)> {
    let prefix = proptest::collection::vec("[A-Za-z0-9_~-]{1,8}", 0..3);
    let host = "[a-z][a-z0-9]{0,8}(\\.[a-z]{2,6}){0,2}";
    let port = proptest::option::of(1u16..);
    (host, port, prefix, 0usize..3).prop_map(|(host, port, prefix, slashes)| {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let path: String = prefix.iter().map(|segment| format!("/{segment}")).collect();
        (format!("https://{host}{port}{path}{}", "/".repeat(slashes)), prefix)
    })
}

/// Every call that names something, with the segments of its path.
fn calls(one: &str, other: &str) -> Vec<(Call, Vec<String>)> {
    let (a, b) = (id(one), id(other));
    let specification = SnapshotSpecification::default();
    let iaas = |rest: &[&str]| ["iaas", "api"].iter().chain(rest).map(|it| (*it).into()).collect();
    let login = ["tm", "oauth", "tenant", one, "token"].map(str::to_owned).to_vec();
    vec![
        (
            Call::create_snapshot(&a, specification, true),
            iaas(&["machines", one, "operations", "snapshots"]),
        ),
        (Call::list_snapshots(&a), iaas(&["machines", one, "snapshots"])),
        (Call::get_snapshot(&a, &b), iaas(&["machines", one, "snapshots", other])),
        (Call::delete_snapshot(&a, &b), iaas(&["machines", one, "snapshots", other])),
        (Call::revert_snapshot(&a, &b), iaas(&["machines", one, "operations", "revert", other])),
        (Call::get_tracker(&a), iaas(&["request-tracker", one])),
        (Call::delete_tracker(&a), iaas(&["request-tracker", one])),
        (Call::get_machine(&a), iaas(&["machines", one])),
        (Call::tenant_login(&a, other), login),
        (Call::list_trackers().page(3, 4), iaas(&["request-tracker"])),
        (Call::about(), iaas(&["about"])),
        (Call::login(other.into()), iaas(&["login"])),
    ]
}

fn segments(url: &Url) -> Vec<String> {
    let decoded = |it: &str| percent_decode_str(it).decode_utf8().unwrap().into_owned();
    url.path_segments().unwrap().map(decoded).collect()
}

/// A string of the filter syntax, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut rest = text.strip_prefix('\'').unwrap();
    let mut value = String::new();
    loop {
        let (before, after) = rest.split_once('\'').unwrap();
        value.push_str(before);
        let Some(more) = after.strip_prefix('\'') else { return (value, after) };
        value.push('\'');
        rest = more;
    }
}

proptest! {
    #[test]
    fn a_path_keeps_its_segments((base, prefix) in any_base(), one in any_id(), other in any_id()) {
        let host = Url::parse(&base).unwrap();
        let base = BaseUrl::new(&base, false).unwrap();
        for (call, expected) in calls(&one, &other) {
            let url = Url::parse(&call.url(&base, "2021-07-15")).unwrap();
            prop_assert_eq!(url.origin(), host.origin());
            prop_assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None));
            prop_assert_eq!(segments(&url), [prefix.clone(), expected].concat());
        }
    }

    #[test]
    fn the_version_is_there_but_where_the_service_takes_none(
        one in any_id(),
        version in any::<String>(),
    ) {
        let base = BaseUrl::new("https://vra.example", false).unwrap();
        for (call, _) in calls(&one, &one) {
            let url = Url::parse(&call.url(&base, &version)).unwrap();
            let mut versions = url.query_pairs().filter(|(name, _)| name == "apiVersion");
            let found = versions.next().map(|(_, value)| value.into_owned());
            prop_assert_eq!(found, call.versioned.then(|| version.clone()));
            prop_assert!(versions.next().is_none());
        }
    }

    #[test]
    fn a_query_says_what_it_was_given(
        name in any::<String>(),
        project in any::<String>(),
        filter in any::<String>(),
        top: u32,
        skip: u32,
    ) {
        let base = BaseUrl::new("https://vra.example/p", false).unwrap();
        let (name, project, filter) = (Some(name), Some(project), Some(filter));
        let query = MachineQuery {
            name: name.clone(), project_id: project.clone(), filter: filter.clone(), order_by: MachineOrder::Id,
        };
        let url = Call::list_machines(&query).page(top, skip).url(&base, "2021-07-15");
        let url = Url::parse(&url).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(names, ["$filter", "$top", "$skip", "apiVersion"]);
        prop_assert_eq!(&pairs[1].1, &top.to_string());
        prop_assert_eq!(&pairs[2].1, &skip.to_string());

        let (found, rest) = unquoted(pairs[0].1.strip_prefix("name eq ").unwrap());
        prop_assert_eq!(Some(found), name);
        let (found, rest) = unquoted(rest.strip_prefix(" and projectId eq ").unwrap());
        prop_assert_eq!(Some(found), project);
        let given = rest.strip_prefix(" and (").unwrap().strip_suffix(')').unwrap();
        prop_assert_eq!(Some(given), filter.as_deref());
    }
}
