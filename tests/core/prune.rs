//! The oldest snapshots deleted: which ones, and what is not guessed.

use serde_json::{Value as Json, json};
use vra_snapshots::{Call, Code, Error, Keep, Method, Outcome, Pruning};

use crate::bench::{Bench, id, impatient};
use crate::replies::bare;

const LIST: &str = "GET /iaas/api/machines/m-1/snapshots";

fn pruning(newest: usize, prefix: Option<&str>) -> Bench<Pruning<Json>> {
    let keep = Keep { newest, name_prefix: prefix.map(str::to_owned) };
    Bench::new(Pruning::new(id("m-1"), keep, impatient().into()))
}

/// Prunes a machine that has these snapshots: what is deleted, in order, or the error before any deletion.
#[track_caller]
fn prunes(
    newest: usize,
    prefix: Option<&str>,
    list: &[Json],
) -> Result<Vec<String>, Box<Error<Json>>> {
    let mut bench = pruning(newest, prefix);
    bench.run(&mut |call: &Call, _| match call.method {
        Method::Get => Outcome::json(200, list.into()),
        _ => bare(204),
    });
    let sent = bench.sent.iter().skip(1).map(|call| call.path.clone()).collect::<Vec<_>>();
    match bench.machine.result().unwrap() {
        Ok(deleted) => {
            let ids: Vec<String> =
                deleted.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
            let paths: Vec<String> =
                ids.iter().map(|id| format!("/iaas/api/machines/m-1/snapshots/{id}")).collect();
            assert_eq!(sent, paths);
            Ok(ids)
        }
        Err(error) => {
            assert!(sent.is_empty(), "nothing is deleted before the refusal: {sent:?}");
            Err(Box::new(error))
        }
    }
}

fn dated(list: &[(&str, Option<&str>)]) -> Vec<Json> {
    let snapshot = |(id, at): &(&str, Option<&str>)| match at {
        Some(at) => json!({ "id": id, "name": "n", "createdAt": at }),
        None => json!({ "id": id, "name": "n" }),
    };
    list.iter().map(snapshot).collect()
}

#[test]
fn dates_that_cannot_be_ordered_at_the_boundary_are_refused() {
    type Case<'a> = (usize, &'a [(&'a str, Option<&'a str>)], Result<&'a [&'a str], &'a [&'a str]>);
    let cases: &[Case] = &[
        // Equal, on both sides of the boundary.
        (
            1,
            &[("a", Some("2026-01-02T00:00:00Z")), ("b", Some("2026-01-02T00:00:00Z"))],
            Err(&["a", "b"]),
        ),
        // Equal, all on one side.
        (
            1,
            &[
                ("a", Some("2026-01-01T00:00:00Z")),
                ("b", Some("2026-01-01T00:00:00Z")),
                ("c", Some("2026-01-02T00:00:00Z")),
            ],
            Ok(&["b", "a"]),
        ),
        (
            2,
            &[
                ("a", Some("2026-01-01T00:00:00Z")),
                ("b", Some("2026-01-02T00:00:00Z")),
                ("c", Some("2026-01-02T00:00:00Z")),
            ],
            Ok(&["a"]),
        ),
        // A day is anywhere within itself, but not in another day.
        (1, &[("a", Some("2012-09-27")), ("b", Some("2012-09-27T10:00:00Z"))], Err(&["b", "a"])),
        (1, &[("a", Some("2012-09-27T10:00:00Z")), ("b", Some("2012-09-27"))], Err(&["a", "b"])),
        (1, &[("a", Some("2012-09-26")), ("b", Some("2012-09-27T00:00:00Z"))], Ok(&["a"])),
        (1, &[("a", Some("2012-09-26T23:59:59.999Z")), ("b", Some("2012-09-27"))], Ok(&["a"])),
        (1, &[("a", Some("2012-09-27")), ("b", Some("2012-09-28"))], Ok(&["a"])),
        // It is not next to the boundary, and may be on the other side all the same.
        (
            1,
            &[
                ("day", Some("2026-01-02")),
                ("noon", Some("2026-01-02T12:00:00Z")),
                ("evening", Some("2026-01-02T18:00:00Z")),
            ],
            Err(&["evening", "day"]),
        ),
        // So is a second with and without its parts.
        (
            1,
            &[("a", Some("2026-01-02T00:00:00Z")), ("b", Some("2026-01-02T00:00:00.5Z"))],
            Err(&["b", "a"]),
        ),
        (
            1,
            &[("a", Some("2026-01-02T00:00:00.4Z")), ("b", Some("2026-01-02T00:00:00.51+00:00"))],
            Ok(&["a"]),
        ),
        // Missing or unreadable.
        (1, &[("a", None), ("b", Some("2026-01-02T00:00:00Z"))], Err(&["b", "a"])),
        (1, &[("a", Some("yesterday")), ("b", Some("2026-01-02T00:00:00Z"))], Err(&["b", "a"])),
        (
            1,
            &[("a", Some("2026-01-01T00:00:00+02:00")), ("b", Some("2026-01-02T00:00:00Z"))],
            Err(&["b", "a"]),
        ),
        // No date matters where all go, or none.
        (
            0,
            &[("a", None), ("b", Some("2012-09-27")), ("c", Some("2012-09-27"))],
            Ok(&["a", "c", "b"]),
        ),
        (2, &[("a", None), ("b", None)], Ok(&[])),
    ];
    for (newest, list, expected) in cases {
        match (prunes(*newest, None, &dated(list)), expected) {
            (Ok(deleted), Ok(expected)) => assert_eq!(&deleted, expected, "{list:?}"),
            (Err(error), Err(expected)) => {
                assert_eq!(error.code, Code::AmbiguousResult, "{list:?}");
                let candidates: Vec<&str> =
                    error.candidates.iter().map(|it| it["id"].as_str().unwrap()).collect();
                assert_eq!(&candidates, expected, "{list:?}");
                assert!(error.message.contains("Nothing was deleted"), "{error:?}");
                assert!(!error.retryable);
            }
            (found, _) => panic!("{list:?}: {found:?}"),
        }
    }
}

#[test]
fn a_date_that_is_no_text_is_no_date() {
    let mut list = dated(&[("a", None), ("b", Some("2026-01-02T00:00:00Z"))]);
    list[0]["createdAt"] = json!(1_772_352_000);
    assert_eq!(prunes(1, None, &list).unwrap_err().code, Code::AmbiguousResult);
    assert_eq!(prunes(0, None, &list).unwrap().len(), 2);
}

#[test]
fn a_prefix_is_found_in_an_escaped_name() {
    let named = |(id, name): &(&str, &str)| json!({ "id": id, "name": name });
    let list = [
        ("a", "11%2f24-a"),
        ("b", "11/24-b"),
        ("c", "11%252F24-c"),
        ("d", "11-24-d"),
        ("e", "12%2f24-e"),
    ];
    let list: Vec<Json> = list.iter().map(named).collect();
    assert_eq!(prunes(0, Some("11/24"), &list).unwrap(), ["c", "b", "a"]);
    assert_eq!(prunes(0, Some("11%2f24"), &list).unwrap(), ["a"], "as it is listed");
    assert!(prunes(0, Some("11%"), &list).unwrap().is_empty(), "the name begins with 11/");
}

#[test]
fn an_envelope_is_pruned_like_an_array() {
    let mut bench = pruning(0, None);
    let list = dated(&[("a", None)]);
    bench.calls(LIST, Outcome::json(200, json!({ "content": list, "totalElements": 1 })));
    bench.run(&mut |_: &_, _| bare(204));
    assert_eq!(bench.machine.result().unwrap().unwrap(), list);
}
