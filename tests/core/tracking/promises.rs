//! Whatever comes, every poll that is kept is told once, and in time.

use proptest::prelude::*;
use vra_snapshots::{Event, FailureKind, Ms};

use super::world::{Manner, Service, World, ids};
use crate::replies::{bare, failure, html, refusal};

#[derive(Debug, Clone)]
enum Step {
    Offer(u32, usize),
    Withdraw(usize),
    Forget(u32),
    Pass(Ms),
    Nudge,
    Abandon,
    End(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (1..4u32, 0..40usize).prop_map(|(owner, tracker)| Step::Offer(owner, tracker)),
        1 => (0..200usize).prop_map(Step::Withdraw),
        1 => (1..4u32).prop_map(Step::Forget),
        4 => (0..1_500u64).prop_map(Step::Pass),
        1 => Just(Step::Nudge),
        1 => (0..8u32).prop_map(|one| if one == 0 { Step::Abandon } else { Step::Pass(40) }),
        1 => (0..40usize).prop_map(Step::End),
    ];
    prop::collection::vec(step, 0..200)
}

fn manner() -> impl Strategy<Value = Manner> {
    prop_oneof![Just(Manner::Obeys), Just(Manner::Ignores), Just(Manner::Refuses)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_kept_is_told_once_and_in_time(
        steps in steps(),
        (paging, filter) in (manner(), manner()),
        (hidden, others) in (0..40usize, prop_oneof![Just(0usize), Just(20), Just(3_000)]),
        (page, tells_total) in (prop_oneof![Just(usize::MAX), Just(15)], any::<bool>()),
        (fault, delay, latency) in (0..8usize, prop_oneof![Just(0u64), Just(1_000)], 0..3_000u64),
    ) {
        let all = ids("ours", 40);
        let visible = all[hidden..].iter().cloned().chain(ids("others", others));
        let mut world = World::paced(Service::of(visible), delay);
        (world.service.paging, world.service.filter) = (paging, filter);
        (world.service.page, world.service.tells_total) = (page, tells_total);
        world.service.latency = latency;
        world.service.fails = Box::new(move |number| match (fault, number % 3) {
            (1, 0) => Some(bare(503)),
            (2, 0) => Some(failure(FailureKind::Network)),
            (3, 1) => Some(failure(FailureKind::TooLarge)),
            (4, 1) => Some(refusal(403, "no")),
            (5, 2) => Some(html(200)),
            (6, 1) => Some(bare(401)),
            _ => None,
        });
        // Attempt, owner, when it was kept; those that nobody waits for any more are taken out.
        let mut kept: Vec<(u32, u32, Ms)> = Vec::new();
        let mut judged = 0;
        for step in steps.into_iter().chain([Step::Pass(400_000)]) {
            match step {
                Step::Offer(owner, tracker) => {
                    let (id, is_kept) = world.offer(owner, &all[tracker]);
                    if is_kept {
                        kept.push((id, owner, world.time));
                    }
                }
                Step::Withdraw(place) => {
                    if let Some((id, owner, _)) = kept.get(place).copied() {
                        world.tracking.withdraw(owner, id);
                        kept.remove(place);
                    }
                }
                Step::Forget(owner) => {
                    world.tracking.forget(owner);
                    kept.retain(|(_, other, _)| *other != owner);
                }
                Step::Pass(time) => world.pass(time),
                Step::Nudge => world.tell(Event::Nudge),
                Step::Abandon => world.tell(Event::Abandoned),
                Step::End(tracker) => {
                    let mut trackers = world.service.trackers.iter_mut();
                    if let Some(found) = trackers.find(|(id, _)| *id == all[tracker]) {
                        found.1 = "FINISHED";
                    }
                }
            }
            for news in world.news.drain(..) {
                let place = kept.iter().position(|(id, owner, _)| (*id, *owner) == (news.id, news.owner));
                let Some(place) = place else {
                    prop_assert!(news.seen.is_some(), "only what is kept is let go: {news:?}");
                    continue;
                };
                let (.., since) = kept.remove(place);
                judged += 1;
                // One look is at most so many calls here: pages, with a replay of each.
                let look = latency * if page == usize::MAX { 4 } else { 20 };
                let spacing = 2 * delay;
                prop_assert!(news.at - since <= spacing + spacing / 8 + look, "{news:?} since {since}");
            }
        }
        prop_assert!(kept.is_empty(), "never told: {kept:?}; {judged} were");
    }
}
