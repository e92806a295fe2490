//! A list, a page at a time.

use std::collections::BTreeSet;
use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vra_snapshots::{
    Call, Code, Event, FailureKind, MachineOrder, MachineQuery, Outcome, Pages, Paging, Snapshot,
    id_of,
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
    let paging = call.query.iter().filter(|(name, _)| matches!(*name, "$top" | "$skip"));
    paging.map(|(_, value)| value.as_str()).collect()
}

fn order(call: &Call) -> Option<&str> {
    call.query.iter().find(|(name, _)| *name == "$orderby").map(|(_, value)| value.as_str())
}

/// Reads these pages, which do not make a complete list: the error.
#[track_caller]
fn refuses(paging: Paging, pages: &[Outcome<Json>], expected: &[&[&str]]) {
    let mut bench = bench(paging);
    for page in pages {
        bench.calls(MACHINES, page.clone());
    }
    bench.done();
    let error = bench.machine.all().unwrap().unwrap_err();
    assert_eq!((error.code, error.retryable), (Code::UnexpectedResponse, true));
    assert!(error.message.starts_with(MACHINES), "{error:?}");
    assert!(error.message.contains("do not make a complete list"), "{error:?}");
    assert_eq!(asked(&bench), expected);
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
    let pages = [page(&["a", "b"], Some(0)), page(&[], Some(0))];
    reads(Paging::Sized(2), &pages, &["a", "b"], &[&["2", "0"], &["2", "2"]]);
}

#[test]
fn the_end_is_an_empty_page() {
    let pages = [page(&["a", "b"], None), page(&["c"], None), page(&[], None)];
    let asked: &[&[&str]] = &[&["2", "0"], &["2", "2"], &["2", "3"]];
    reads(Paging::Sized(2), &pages, &["a", "b", "c"], asked);
    reads(Paging::Sized(2), &[page(&[], Some(0))], &[], &[&["2", "0"]]);
    let empty = || page(&[], Some(9));
    let asked: &[&[&str]] = &[&["2", "0"], &["4", "0"], &["8", "0"], &["16", "0"]];
    refuses(Paging::Sized(2), &[empty(), empty(), empty(), empty()], asked);
}

#[test]
fn the_end_is_a_page_seen_before() {
    let whole = || page(&["a", "b", "c"], None);
    reads(Paging::Sized(5), &[whole(), whole()], &["a", "b", "c"], &[&["5", "0"], &["5", "3"]]);
    // As long as was asked for, it may be the beginning of more.
    let asked: &[&[&str]] = &[&["3", "0"], &["3", "3"], &["6", "0"], &["6", "3"]];
    reads(Paging::Sized(3), &[whole(), whole(), whole(), whole()], &["a", "b", "c"], asked);
    let more = || page(&["a", "b", "c", "d"], None);
    let asked: &[&[&str]] = &[&["3", "0"], &["3", "3"], &["6", "0"], &["6", "4"]];
    reads(Paging::Sized(3), &[whole(), whole(), more(), more()], &["a", "b", "c", "d"], asked);
}

#[test]
fn an_endless_repetition_ends_in_an_error_where_more_was_promised() {
    let pages: Vec<_> = (0..8).map(|_| page(&["a", "b"], Some(9))).collect();
    let asked: &[&[&str]] = &[
        &["2", "0"],
        &["2", "2"],
        &["4", "0"],
        &["4", "2"],
        &["8", "0"],
        &["8", "2"],
        &["16", "0"],
        &["16", "2"],
    ];
    refuses(Paging::Sized(2), &pages, asked);
}

#[test]
fn a_page_that_begins_with_a_known_entry_is_not_the_end() {
    let pages = [
        page(&["a", "b", "c"], None),
        page(&["a", "d", "e"], None),
        page(&[], None),
        page(&["a", "b", "c", "d", "e"], None),
        page(&[], None),
    ];
    let asked: &[&[&str]] = &[&["3", "0"], &["3", "3"], &["3", "6"], &["6", "0"], &["6", "5"]];
    reads(Paging::Sized(3), &pages, &["a", "b", "c", "d", "e"], asked);
}

#[test]
fn of_overlapping_pages_each_entry_comes_once_and_none_is_lost() {
    // The total tells that one is missing, and the second reading shows it.
    let pages = [
        page(&["a", "b", "c"], Some(6)),
        page(&["c", "d", "e"], Some(6)),
        page(&["f", "a", "b", "c", "d", "e"], Some(6)),
    ];
    let asked: &[&[&str]] = &[&["3", "0"], &["3", "3"], &["6", "0"]];
    reads(Paging::Sized(3), &pages, &["a", "b", "c", "d", "e", "f"], asked);
    // No reading shows all of them, and all readings together do.
    let pages = [
        page(&["a", "b"], Some(5)),
        page(&["b", "c"], Some(5)),
        page(&["d"], Some(5)),
        page(&["a", "b", "c", "e"], Some(5)),
        page(&["a"], Some(5)),
    ];
    let asked: &[&[&str]] = &[&["2", "0"], &["2", "2"], &["2", "4"], &["4", "0"], &["4", "4"]];
    reads(Paging::Sized(2), &pages, &["a", "b", "c", "d", "e"], asked);
}

#[test]
fn a_list_that_grows_at_its_front_is_complete_in_one_reading() {
    let pages = [page(&["a", "b", "c"], Some(5)), page(&["b", "c", "d", "e"], Some(7))];
    reads(Paging::Bare, &pages, &["a", "b", "c", "d", "e"], &[&[], &["3", "3"]]);
}

#[test]
fn a_list_that_shrinks_is_read_again() {
    // "b" is gone, and so "d" moved to the first page.
    let pages = [
        page(&["a", "b", "c"], Some(6)),
        page(&["e", "f"], Some(5)),
        page(&["a", "c", "d", "e", "f"], Some(5)),
    ];
    let asked: &[&[&str]] = &[&["3", "0"], &["3", "3"], &["6", "0"]];
    reads(Paging::Sized(3), &pages, &["a", "b", "c", "e", "f", "d"], asked);
}

#[test]
fn a_total_that_counts_the_page_is_not_the_end() {
    let pages = [
        page(&["a", "b"], Some(2)),
        page(&["c", "d"], Some(2)),
        page(&["e"], Some(1)),
        page(&[], Some(0)),
    ];
    let asked: &[&[&str]] = &[&["2", "0"], &["2", "2"], &["2", "4"], &["2", "5"]];
    reads(Paging::Sized(2), &pages, &["a", "b", "c", "d", "e"], asked);
    // A list exactly as long as a page costs one more call.
    let pages = [page(&["a", "b"], Some(2)), page(&[], Some(2))];
    reads(Paging::Sized(2), &pages, &["a", "b"], &[&["2", "0"], &["2", "2"]]);
    // Nobody asked for a page of ten, so ten may be the service's own size of a page.
    let ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let pages = [page(&ten, Some(10)), page(&["k"], Some(1)), page(&[], Some(0))];
    let all = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    reads(Paging::Bare, &pages, &all, &[&[], &["10", "10"], &["11", "11"]]);
    let pages = [page(&ten, Some(10)), refusal(400, "no paging")];
    reads(Paging::Bare, &pages, &ten, &[&[], &["10", "10"]]);
}

#[test]
fn a_bare_array_is_a_page_too() {
    let array =
        |ids: &[&str]| Outcome::json(200, ids.iter().map(|id| snapshot((id, id))).collect());
    let pages = [array(&["a", "b"]), array(&[])];
    reads(Paging::Sized(2), &pages, &["a", "b"], &[&["2", "0"], &["2", "2"]]);
    let mut trackers = bench(Paging::Bare);
    trackers.calls(MACHINES, array(&[]));
    trackers.done();
    let error = trackers.machine.all().unwrap().unwrap_err();
    assert_eq!((error.code, error.retryable), (Code::UnexpectedResponse, false), "nothing may run");
}

#[test]
fn machines_are_asked_for_in_order_and_without_it_where_that_is_refused() {
    let policy = Rc::new(policy());
    let pages = || {
        let call = Call::list_machines(&MachineQuery::default());
        let check = id_of::<Snapshot, Json>;
        Bench::new(Pages::new(call, Paging::Sized(2), check, policy.clone()))
    };
    let orders = |bench: &Bench<Pages<Json>>| -> Vec<Option<String>> {
        bench.sent.iter().map(|call| order(call).map(str::to_owned)).collect()
    };
    let sorted = || Some("id asc".to_owned());

    let mut obeyed = pages();
    obeyed.calls(MACHINES, page(&["a", "b"], Some(3)));
    obeyed.calls(MACHINES, page(&["c"], Some(3)));
    obeyed.done();
    assert_eq!(orders(&obeyed), [sorted(), sorted()]);

    // Refused without it too, so it is not the reason.
    let mut wrong_filter = pages();
    wrong_filter.calls(MACHINES, refusal(400, "Invalid $filter"));
    wrong_filter.calls(MACHINES, refusal(400, "Invalid $filter"));
    wrong_filter.done();
    assert_eq!(wrong_filter.machine.all().unwrap().unwrap_err().code, Code::ServiceError);
    assert_eq!(orders(&wrong_filter), [sorted(), None]);

    let mut refused = pages();
    refused.calls(MACHINES, refusal(400, "Unsupported query parameter '$orderby'"));
    refused.calls(MACHINES, page(&["a", "b"], Some(3)));
    refused.calls(MACHINES, page(&["c"], Some(3)));
    refused.done();
    assert_eq!(refused.machine.all().unwrap().unwrap().len(), 3);
    assert_eq!(orders(&refused), [sorted(), None, None]);

    // For people to read.
    policy.unsorted.set(false);
    let mut by_name = Bench::new(pages().machine.ordered_by(MachineOrder::Name));
    by_name.calls(MACHINES, page(&["a"], Some(1)));
    by_name.done();
    assert_eq!(orders(&by_name), [Some("name asc".to_owned())]);
    policy.unsorted.set(true);

    let mut later = pages();
    later.calls(MACHINES, page(&["a"], Some(1)));
    later.done();
    assert_eq!(orders(&later), [None], "the client remembers");
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
    let ignored: Vec<_> = (0..8).map(|_| page(&["a", "b"], Some(5))).collect();
    let asked: &[&[&str]] =
        &[&[], &["2", "2"], &[], &["2", "2"], &[], &["2", "2"], &[], &["2", "2"]];
    refuses(Paging::Bare, &ignored, asked);
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
        (refusal(400, "Unsupported query parameter '$skip'"), Code::ServiceError),
        (bare(403), Code::Forbidden),
        (failure(FailureKind::TooLarge), Code::BodyTooLarge),
        (html(200), Code::UnexpectedResponse),
        (bare(204), Code::UnexpectedResponse),
        (Outcome::json(200, json!([{}])), Code::UnexpectedResponse),
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
    let mut bench = bench(Paging::Sized(2));
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

/// How a service of the test below tells its total.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Total {
    Right,
    Left,
    OfThePage,
}

/// What becomes of the list between two pages.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Nothing,
    /// One comes to the front.
    Add,
    /// The one at this place goes.
    Remove(usize),
    /// The order changes: so many entries go from the end to the front.
    Turn(usize),
}

#[derive(Debug, Clone)]
struct Odd {
    entries: Vec<String>,
    total: Total,
    ignores_skip: bool,
    /// The largest page that it gives.
    largest: usize,
    /// One for each call; nothing changes after them.
    changes: Vec<Change>,
    calls: usize,
}

impl Odd {
    fn answer(&mut self, call: &Call) -> Outcome<Json> {
        let number = |name| {
            let found = call.query.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| value.parse::<usize>().unwrap())
        };
        let top = number("$top").unwrap_or(usize::MAX).min(self.largest);
        let skip = if self.ignores_skip { 0 } else { number("$skip").unwrap_or(0) };
        let ids: Vec<&str> = self.entries.iter().skip(skip).take(top).map(String::as_str).collect();
        let total = match self.total {
            Total::Right => Some(self.entries.len() as u32),
            Total::Left => None,
            Total::OfThePage => Some(ids.len() as u32),
        };
        let answer = page(&ids, total);
        match self.changes.get(self.calls).copied().unwrap_or(Change::Nothing) {
            Change::Nothing => {}
            Change::Add => self.entries.insert(0, format!("new-{}", self.calls)),
            Change::Remove(place) if place < self.entries.len() => drop(self.entries.remove(place)),
            Change::Remove(_) => {}
            Change::Turn(by) if !self.entries.is_empty() => {
                let length = self.entries.len();
                self.entries.rotate_right(by % length);
            }
            Change::Turn(_) => {}
        }
        self.calls += 1;
        answer
    }
}

fn odd() -> impl Strategy<Value = (Odd, u32)> {
    let total = prop_oneof![Just(Total::Right), Just(Total::Left), Just(Total::OfThePage)];
    (0_usize..40, total, any::<bool>(), 0_usize..3, 1_u32..12).prop_flat_map(
        |(length, total, ignores_skip, kind, size)| {
            let change = match kind {
                // Without a true total nothing tells that an entry in front of the next page has gone.
                0 if total == Total::Right => (0..40_usize).prop_map(Change::Remove).boxed(),
                1 => (1..9_usize).prop_map(Change::Turn).boxed(),
                _ => Just(Change::Add).boxed(),
            };
            let change = prop_oneof![2 => Just(Change::Nothing), 1 => change];
            // Of a service that gives fewer than are asked for, and makes another of these mistakes, nothing tells that
            // there is more.
            let is_odd = total == Total::OfThePage || ignores_skip && total == Total::Left;
            let largest = if is_odd { 1_000..1_001 } else { 3..1_000_usize };
            (proptest::collection::vec(change, 0..30), largest).prop_map(
                move |(changes, largest)| {
                    let entries = (0..length).map(|number| format!("m-{number}")).collect();
                    let odd = Odd { entries, total, ignores_skip, largest, changes, calls: 0 };
                    (odd, size)
                },
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is there from the first page to the last is listed once, or the list ends in an error.
    #[test]
    fn a_list_is_complete_or_an_error((odd, size) in odd()) {
        let mut service = odd.clone();
        let mut bench = bench(Paging::Sized(size));
        bench.run(&mut |call: &Call, _| service.answer(call));
        match bench.machine.all().unwrap() {
            Err(error) => prop_assert_eq!(error.code, Code::UnexpectedResponse),
            Ok(items) => {
                let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
                let distinct: BTreeSet<&str> = ids.iter().copied().collect();
                prop_assert_eq!(distinct.len(), ids.len(), "twice: {:?}", ids);
                let stayed = odd.entries.iter().filter(|id| service.entries.contains(id));
                for id in stayed {
                    prop_assert!(distinct.contains(id.as_str()), "{} is missing: {:?}", id, ids);
                }
            }
        }
        if odd.changes.is_empty() && !odd.ignores_skip && odd.total == Total::Right {
            let pages = odd.entries.len().div_ceil(odd.largest.min(size as usize)).max(1);
            prop_assert!(bench.sent.len() <= pages + 1, "{} calls", bench.sent.len());
        }
    }
}
