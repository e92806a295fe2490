//! An operation under any events in any order, and a service that comes to some end.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use vra_snapshots::{
    Call, FailureKind, Kind, Method, Ms, Operation, Outcome, Policy, SnapshotSpecification,
};

use super::arbitrary::{list_outcome, outcome, tracker_outcome};
use super::world::{Move, World};
use crate::bench::{id, impatient, policy};
use crate::replies::{bare, failure, html, later, tracker};

const DAY: Ms = 86_400_000;

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        16 => Just(Move::Step),
        16 => (list_outcome(), tracker_outcome()).prop_map(|(list, it)| Move::End(list, it)),
        4 => Just(Move::Submit),
        6 => Just(Move::Persisted),
        2 => (0u32..3, outcome()).prop_map(|(below, it)| Move::Stale(below, it)),
        2 => Just(Move::Nudge),
        4 => prop_oneof![0..30_000u64, 0..30 * DAY].prop_map(Move::Pass),
        1 => (0..400 * DAY).prop_map(Move::SetBack),
        1 => Just(Move::NotPersisted),
        1 => Just(Move::Leave),
        1 => Just(Move::Reload),
    ]
}

/// A snapshot to be made, or a request of somebody else.
fn any_operation() -> impl Strategy<Value = Operation<Json>> {
    let policy = prop_oneof![Just(impatient()), Just(policy())];
    let kind = select(vec![Kind::Create, Kind::Revert, Kind::Delete]);
    (policy, any::<bool>(), any::<bool>(), kind, 0u8..4).prop_map(
        |(policy, named, with_machine, kind, tracked)| {
            if tracked == 0 {
                let machine = with_machine.then(|| id("m-1"));
                return Operation::track("o-1".into(), policy, kind, id("t-1"), machine);
            }
            let name = named.then(|| "before".to_owned());
            let specification = SnapshotSpecification { name, ..SnapshotSpecification::default() };
            Operation::create("o-1".into(), policy, id("m-1"), specification)
        },
    )
}

/// How a service goes on from some point.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Finishes,
    FinishesUnlisted,
    Fails,
    ForgetsTrackers,
    Refuses,
    Throttles,
    IsDown,
    IsSilent,
    TalksNonsense,
}

/// The answer of a service of that fate, which has told of the end of the request or is yet to.
fn answer(fate: Fate, call: &Call, told: bool) -> Outcome<Json> {
    let list =
        |ids: &[&str]| ids.iter().map(|id| json!({ "id": id, "name": "before" })).collect::<Json>();
    let lists = call.path.ends_with("/snapshots") && call.method == Method::Get;
    match fate {
        Fate::Finishes if lists && told => Outcome::json(200, list(&["s-0", "s-1", "s-9"])),
        Fate::Finishes | Fate::FinishesUnlisted | Fate::Fails if lists => {
            Outcome::json(200, list(&["s-0", "s-1"]))
        }
        Fate::Finishes | Fate::FinishesUnlisted => Outcome::json(200, tracker("FINISHED", 100)),
        Fate::Fails => Outcome::json(200, tracker("FAILED", 50)),
        Fate::ForgetsTrackers if lists => Outcome::json(200, list(&["s-0"])),
        Fate::ForgetsTrackers => bare(404),
        Fate::Refuses => bare(403),
        Fate::Throttles => later(429, "86400"),
        Fate::IsDown => html(503),
        Fate::IsSilent => failure(FailureKind::Timeout),
        Fate::TalksNonsense => html(200),
    }
}

/// A wait bears 31 polls in a row that fail, after a list that failed: each has four attempts ...
const STEPS: u32 = 32 * 8 + 8;
/// ... with pauses of five minutes at the most between them, and of twenty seconds after them.
const TIME: Ms = 32 * (3 * 5 * 60_000 + 20_000);

/// Four times as many cases as other properties have: it is the one that matters most.
fn many() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 4, ..usual }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn it_comes_to_an_end_and_never_asks_twice(
        operation in any_operation(),
        moves in vec(any_move(), 0..80),
        fate in select(vec![
            Fate::Finishes, Fate::FinishesUnlisted, Fate::Fails, Fate::ForgetsTrackers,
            Fate::Refuses, Fate::Throttles, Fate::IsDown, Fate::IsSilent, Fate::TalksNonsense,
        ]),
    ) {
        let mut world = World::new(operation);
        for what in moves {
            world.make(what);
        }
        world.operation.pull();
        world.make(Move::Submit);
        let mut told = false;
        let (steps, time) = world.run(|call| {
            let outcome = answer(fate, call, told);
            told |= !call.path.ends_with("/snapshots") || call.method == Method::Post;
            outcome
        });
        prop_assert!(steps <= STEPS, "{} steps", steps);
        prop_assert!(time <= TIME, "{} ms", time);
    }

    /// Patient beyond reason, and never so with the request itself.
    #[test]
    fn patience_is_no_licence_to_ask_twice(
        moves in vec(any_move(), 0..80),
        max_attempts in 0u32..50,
        renewable: bool,
    ) {
        let mut policy = Policy { renewable, ..policy() };
        policy.retry.max_attempts = max_attempts;
        let specification = SnapshotSpecification::default();
        let mut world =
            World::new(Operation::create("o-1".into(), policy, id("m-1"), specification));
        for what in moves {
            world.make(what);
            world.make(Move::Step);
        }
    }
}
