//! Whatever is answered, a call or a list comes to an end, and gives nothing but what it may.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use vra_snapshots::{
    About, Call, Check, Machine, MachineQuery, Now, Outcome, Pages, Paging, RequestTracker, Single,
    Snapshot, Value, body_of, id_of, list_of, no_body,
};

use super::arbitrary::{any_json, any_list, list_outcome, outcome};
use crate::bench::{Bench, policy};
use crate::replies::bare;

fn any_check() -> impl Strategy<Value = Check<Json>> {
    select(vec![
        body_of::<About, Json> as Check<Json>,
        body_of::<Machine, Json>,
        body_of::<RequestTracker, Json>,
        list_of::<Snapshot, Json>,
        no_body,
    ])
}

/// The end of an attempt to read a page: a page, more often than not.
fn page_outcome() -> impl Strategy<Value = Outcome<Json>> {
    let content = prop_oneof![4 => any_list(), 1 => any_json()];
    let total = option::of(prop_oneof![(0u32..9).prop_map(Json::from), any_json()]);
    let page = (content, total).prop_map(|(content, total)| {
        let mut page = json!({ "content": content });
        if let Some(total) = total {
            page["totalElements"] = total;
        }
        Outcome::json(200, page)
    });
    prop_oneof![4 => page, 1 => outcome()]
}

/// Each of these in its turn, and at last a refusal.
fn in_turn(outcomes: Vec<Outcome<Json>>) -> impl FnMut(&Call, Now) -> Outcome<Json> {
    let mut outcomes = outcomes.into_iter();
    move |_: &Call, _| outcomes.next().unwrap_or_else(|| bare(403))
}

proptest! {
    #[test]
    fn a_call_comes_to_a_result(
        check in any_check(),
        outcomes in vec(prop_oneof![outcome(), list_outcome()], 0..8),
    ) {
        let mut bench = Bench::new(Single::new(Call::about(), check, &policy()));
        bench.run(&mut in_turn(outcomes));
        prop_assert!(bench.machine.result().is_some());
    }

    #[test]
    fn a_list_comes_to_an_end_and_gives_nothing_but_items(
        outcomes in vec(page_outcome(), 0..12),
        paging in select(vec![Paging::Bare, Paging::Sized(1), Paging::Sized(50)]),
    ) {
        let call = Call::list_machines(&MachineQuery::default());
        let check = id_of::<Snapshot, Json>;
        let mut bench = Bench::new(Pages::new(call, paging, check, policy().into()));
        bench.run(&mut in_turn(outcomes));
        let end = loop {
            match bench.machine.take_next() {
                Some(Ok(Some(item))) => prop_assert!(item.decode::<Snapshot>().is_ok()),
                end => break end,
            }
        };
        prop_assert!(matches!(end, Some(Ok(None) | Err(_))), "it says how it ended");
    }
}
