//! A list, a page at a time.

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Call, Code, Event, FailureKind, MachineQuery, Outcome, Pages, Paging, Snapshot, id_of,
};

use crate::bench::{Bench, policy};
use crate::replies::{bare, failure, html, refusal, snapshot};

const MACHINES: &str = "GET /iaas/api/machines";

fn bench(paging: Paging) -> Bench<Pages<Json>> {
    let call = Call::list_machines(&MachineQuery::default());
    Bench::new(Pages::new(call, paging, id_of::<Snapshot, Json>, policy().into()))
}

/// A page of items by their ids, and the total where it is told.
fn page(ids: &[&str], total: Option<u32>) -> Outcome<Json> {
    let content: Vec<Json> = ids.iter().map(|id| snapshot((id, id))).collect();
    match total {
        Some(total) => Outcome::json(200, json!({ "content": content, "totalElements": total })),
        None => Outcome::json(200, json!({ "content": content })),
    }
}

/// `$top` and `$skip` of each request.
fn asked(bench: &Bench<Pages<Json>>) -> Vec<Vec<&str>> {
    bench.sent.iter().map(values).collect()
}

fn values(call: &Call) -> Vec<&str> {
    call.query.iter().map(|(_, value)| value.as_str()).collect()
}

/// Reads these pages to the end of the list: the ids of all items, and what was asked for.
#[track_caller]
fn reads(paging: Paging, pages: &[Outcome<Json>], ids: &[&str], expected: &[&[&str]]) {
    let mut bench = bench(paging);
    for page in pages {
        bench.calls(MACHINES, page.clone());
    }
    bench.done();
    let items = bench.machine.all().unwrap().unwrap();
    let found: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(found, ids);
    assert_eq!(asked(&bench), expected);
}

#[test]
fn the_end_is_all_that_there_is() {
    let pages = [page(&["a", "b"], Some(3)), page(&["c"], Some(3))];
    reads(Paging::Sized(2), &pages, &["a", "b", "c"], &[&["2", "0"], &["2", "2"]]);
    reads(Paging::Sized(2), &[page(&["a"], Some(1))], &["a"], &[&["2", "0"]]);
    reads(Paging::Sized(2), &[page(&["a", "b"], Some(0))], &["a", "b"], &[&["2", "0"]]);
}

#[test]
fn the_end_is_an_empty_page() {
    let pages = [page(&["a", "b"], None), page(&["c"], None), page(&[], None)];
    let asked: &[&[&str]] = &[&["2", "0"], &["2", "2"], &["2", "3"]];
    reads(Paging::Sized(2), &pages, &["a", "b", "c"], asked);
    reads(Paging::Sized(2), &[page(&[], Some(0))], &[], &[&["2", "0"]]);
    reads(Paging::Sized(2), &[page(&[], Some(9))], &[], &[&["2", "0"]]);
}

#[test]
fn the_end_is_a_page_seen_before() {
    let whole = || page(&["a", "b", "c"], None);
    reads(Paging::Sized(3), &[whole(), whole()], &["a", "b", "c"], &[&["3", "0"], &["3", "3"]]);
    let pages = [page(&["a"], Some(9)), page(&["b"], Some(9)), page(&["a"], Some(9))];
    reads(Paging::Sized(1), &pages, &["a", "b"], &[&["1", "0"], &["1", "1"], &["1", "2"]]);
}

#[test]
fn a_short_page_is_not_the_end() {
    let pages = [page(&["a"], Some(4)), page(&["b", "c"], Some(4)), page(&["d"], Some(4))];
    let asked: &[&[&str]] = &[&["5", "0"], &["5", "1"], &["5", "3"]];
    reads(Paging::Sized(5), &pages, &["a", "b", "c", "d"], asked);
}

#[test]
fn a_list_that_may_have_no_pages_is_asked_for_none_first() {
    let untold = [page(&["a", "b"], None), page(&["a", "b"], None)];
    reads(Paging::Bare, &untold, &["a", "b"], &[&[], &["2", "2"]]);
    let refused = [page(&["a", "b"], None), refusal(400, "no paging")];
    reads(Paging::Bare, &refused, &["a", "b"], &[&[], &["2", "2"]]);
    reads(Paging::Bare, &[page(&["a", "b"], Some(2))], &["a", "b"], &[&[]]);
    reads(Paging::Bare, &[page(&[], None)], &[], &[&[]]);
    let pages = [page(&["a", "b"], Some(5)), page(&["c", "d"], Some(5)), page(&["e"], Some(5))];
    let asked: &[&[&str]] = &[&[], &["2", "2"], &["4", "4"]];
    reads(Paging::Bare, &pages, &["a", "b", "c", "d", "e"], asked);
    let ignored = [page(&["a", "b"], Some(5)), page(&["a", "b"], Some(5))];
    reads(Paging::Bare, &ignored, &["a", "b"], &[&[], &["2", "2"]]);
}

#[test]
fn items_come_one_by_one_and_a_page_is_read_when_it_is_needed() {
    let mut bench = bench(Paging::Sized(2));
    assert!(bench.machine.take_next().is_none(), "it is yet to be read");
    bench.calls(MACHINES, page(&["a", "b"], None));
    let mut next = || bench.machine.take_next().unwrap().unwrap().unwrap()["id"].clone();
    assert_eq!((next(), next()), (json!("a"), json!("b")));
    assert!(bench.machine.take_next().is_none());
    assert_eq!(bench.sent.len(), 1, "who stops here has sent no more");
    bench.calls(MACHINES, page(&[], None));
    bench.done();
    for _ in 0..2 {
        assert_eq!(bench.machine.take_next().unwrap().unwrap(), None);
    }
}

#[test]
fn a_page_that_cannot_be_had_is_an_error_after_the_items_before_it() {
    let cases = [
        (refusal(400, "Unsupported query parameter '$top'"), Code::ServiceError),
        (bare(403), Code::Forbidden),
        (failure(FailureKind::TooLarge), Code::BodyTooLarge),
        (html(200), Code::UnexpectedResponse),
        (bare(204), Code::UnexpectedResponse),
        (Outcome::json(200, json!([])), Code::UnexpectedResponse),
        (Outcome::json(200, json!({ "content": {} })), Code::UnexpectedResponse),
        (Outcome::json(200, json!({ "content": [{}] })), Code::UnexpectedResponse),
        (
            Outcome::json(200, json!({ "content": [], "totalElements": "many" })),
            Code::UnexpectedResponse,
        ),
    ];
    for (outcome, code) in cases {
        let mut one_by_one = bench(Paging::Sized(1));
        one_by_one.calls(MACHINES, page(&["a"], None));
        one_by_one.calls(MACHINES, outcome.clone());
        one_by_one.done();
        let pages = &mut one_by_one.machine;
        assert_eq!(pages.take_next().unwrap().unwrap().unwrap()["id"], "a");
        let error = pages.take_next().unwrap().unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.message.starts_with(MACHINES), "{error:?}");
        one_by_one.calls(MACHINES, page(&[], None));
        assert_eq!(one_by_one.machine.take_next().unwrap().unwrap(), None, "it may be tried again");

        let mut at_once = bench(Paging::Sized(1));
        at_once.calls(MACHINES, page(&["a"], None));
        assert!(at_once.machine.all().is_none());
        at_once.calls(MACHINES, outcome);
        assert_eq!(at_once.machine.all().unwrap().unwrap_err().code, code);
    }
}

#[test]
fn a_page_has_its_retries_and_is_read_again_after_a_break() {
    let mut bench = bench(Paging::Sized(1));
    bench.random = u32::MAX;
    bench.calls(MACHINES, bare(503));
    bench.waits(500);
    let id = bench.opens(MACHINES);
    bench.tell(Event::Abandoned);
    bench.tell(Event::Outcome { id, outcome: page(&["late"], Some(1)) });
    bench.calls(MACHINES, bare(503));
    bench.tell(Event::Nudge);
    bench.calls(MACHINES, page(&["a"], Some(1)));
    bench.done();
    assert_eq!(bench.machine.all().unwrap().unwrap().len(), 1);
}
