//! What is kept, for how long, and for whom.

use serde_json::json;
use vra_snapshots::{Action, Event, Outcome, Poll, StateMachine, Told};

use super::world::{Service, World, ids};

#[test]
fn three_operations_are_polled_singly_and_never_wait() {
    let ours = ids("ours", 3);
    let mut world = World::new(Service::of(ours.clone()));
    for _ in 0..20 {
        assert_eq!(world.offer_all(1, &ours), 0);
        world.pass(700);
    }
    assert_eq!((world.calls(), world.told()), ((0, 0), (0, 0)));
}

#[test]
fn a_hundred_operations_share_one_list() {
    let ours = ids("ours", 100);
    let mut world = World::new(Service::of(ours.clone()));
    let kept = (1..).zip(&ours).filter(|(owner, id)| world.offer(*owner, id).1).count();
    assert_eq!(kept, 97, "the first three know of no others");
    world.pass(249);
    assert_eq!(world.calls(), (0, 0), "those that come together are gathered");
    world.pass(101);
    assert_eq!((world.calls(), world.told()), ((1, 0), (100, 0)));

    // One of them is due again: all are answered again, at one call.
    assert!(world.offer(7, "ours-6").1);
    world.pass(1_899);
    assert_eq!(world.calls(), (0, 0), "lists are 2 s apart");
    world.pass(101);
    assert_eq!((world.calls(), world.told()), ((1, 0), (100, 0)));
    world.pass(60_000);
    assert_eq!(world.calls(), (0, 0), "and there is none that nobody waits for");
}

#[test]
fn a_fleet_is_no_different_and_costs_one_call_for_each_look() {
    let ours = ids("ours", 100);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    world.pass(60_000);
    world.told();
    world.calls();
    for _ in 0..10 {
        assert_eq!(world.offer_all(1, &ours), 100);
        world.pass(2_000);
    }
    assert_eq!((world.calls(), world.told()), ((10, 0), (1_000, 0)));
}

#[test]
fn an_end_is_told_once() {
    let ours = ids("ours", 8);
    let mut world = World::new(Service::of(ours.clone()));
    world.service.trackers[5].1 = "FINISHED";
    world.service.trackers[6].1 = "FAILED";
    world.service.trackers[7].1 = "DREAMING";
    world.offer_all(1, &ours);
    world.pass(2_000);
    assert_eq!(world.told(), (8, 0));
    assert!(world.offer(1, "ours-0").1);
    world.pass(3_000);
    let seen: Vec<String> = world.news.iter().map(|news| news.seen.clone().unwrap().0).collect();
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert!(!seen.contains(&"ours-5".into()) && !seen.contains(&"ours-6".into()), "{seen:?}");
    assert!(seen.contains(&"ours-7".into()), "an unknown status is still running");
}

#[test]
fn what_is_cancelled_or_forgotten_is_told_nothing() {
    let ours = ids("ours", 20);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours[..10]);
    world.offer_all(2, &ours[10..]);
    let (cancelled, kept) = world.offer(3, "ours-0");
    assert!(kept);
    world.tracking.withdraw(3, cancelled);
    world.tracking.forget(2);
    world.pass(3_000);
    assert!(world.news.iter().all(|news| news.owner == 1), "{:?}", world.news);
    assert_eq!(world.told(), (10, 0));

    // Nor is a list asked for by what is not there any more.
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    world.tracking.forget(1);
    world.pass(60_000);
    assert_eq!((world.calls(), world.told()), ((0, 0), (0, 0)));
}

#[test]
fn a_poll_that_is_let_go_is_kept_no_more_and_what_a_list_shows_of_it_is_told() {
    let ours = ids("ours", 9);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    for id in 1..=9 {
        world.tracking.let_go(1, id);
    }
    world.pass(60_000);
    assert_eq!((world.calls(), world.told()), ((0, 0), (0, 0)), "no list is asked for by them");

    // Another owner's attempt of the same number is kept, and so are the other attempts.
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    world.tracking.let_go(2, 5);
    world.tracking.let_go(1, 5);
    world.pass(3_000);
    assert_eq!((world.calls(), world.told()), ((1, 0), (9, 0)));
    // It is followed as before: its next poll is kept.
    assert!(world.offer(1, "ours-4").1);
}

#[test]
fn a_poll_that_is_let_go_while_a_list_is_under_way_is_not_sent_again_by_the_list() {
    let mut all = ids("ours", 9);
    let mut world = World::new(Service::of(all.clone()));
    all.push("unlisted".into());
    // The first three are too few for a list.
    assert_eq!(world.offer_all(1, &all), 7);
    world.pass(251);
    assert_eq!(world.calls(), (1, 0));
    world.tracking.let_go(1, 10);
    world.pass(3_000);
    assert_eq!(world.told(), (9, 0), "it has been sent by itself already");
}

#[test]
fn polls_that_are_let_go_do_not_hasten_the_list_of_the_others() {
    let ours = ids("ours", 9);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours[..8]);
    world.pass(200);
    assert!(world.offer(1, "ours-8").1);
    for id in 1..=8 {
        world.tracking.let_go(1, id);
    }
    world.pass(249);
    assert_eq!(world.calls(), (0, 0), "an eighth of the spacing from the first that is kept");
    world.pass(1);
    assert_eq!(world.calls(), (1, 0));
}

#[test]
fn what_was_to_be_told_is_unsaid_with_it() {
    let ours = ids("ours", 6);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours[..5]);
    world.offer(2, "ours-5");
    let now = world.now();
    let later = vra_snapshots::Now { monotonic: now.monotonic + 250, ..now };
    let Action::Send { id, .. } = world.tracking.poll(later) else { panic!("a list") };
    let content: Vec<_> = ours.iter().map(|id| super::world::entry(id, "INPROGRESS")).collect();
    let outcome = Outcome::json(200, json!({ "content": content, "totalElements": 6 }));
    world.tracking.handle(Event::Outcome { id, outcome }, later, 0);
    assert!(matches!(world.tracking.told(), Some(Told::Seen { .. })));
    world.tracking.forget(1);
    assert!(matches!(world.tracking.told(), Some(Told::Seen { owner: 2, .. })));
    assert_eq!(world.tracking.told(), None);
}

#[test]
fn two_owners_may_follow_one_tracker() {
    let ours = ids("ours", 4);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    world.offer_all(2, &ours);
    world.pass(3_000);
    let told = |owner| world.news.iter().filter(|news| news.owner == owner).count();
    assert_eq!((told(1), told(2)), (4, 4));
}

#[test]
fn another_attempt_takes_the_place_of_the_one_before() {
    let ours = ids("ours", 6);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    let (second, kept) = world.offer(1, "ours-5");
    assert!(kept);
    world.pass(3_000);
    let of = |id| world.news.iter().filter(|news| news.id == id).collect::<Vec<_>>();
    assert!(of(6)[0].seen.is_none(), "nobody is left without an answer");
    assert!(of(second)[0].seen.is_some());
    assert_eq!((of(6).len(), of(second).len()), (1, 1));

    // The same attempt offered twice is one.
    let poll = || Poll { owner: 1, id: 99, tracker: "ours-1".into() };
    let now = world.now();
    assert!(world.tracking.offer(poll(), now) && world.tracking.offer(poll(), now));
    world.news.clear();
    world.pass(3_000);
    assert_eq!(world.news.iter().filter(|news| news.id == 99).count(), 1);
}

#[test]
fn a_nudge_looks_now_if_anything_is_kept() {
    let ours = ids("ours", 9);
    let mut world = World::new(Service::of(ours.clone()));
    world.tell(Event::Nudge);
    world.offer_all(1, &ours);
    world.pass(0);
    assert_eq!(world.calls(), (0, 0), "one that came before them is over");
    world.tell(Event::Nudge);
    world.tracking.forget(1);
    world.offer_all(1, &ours);
    world.pass(0);
    assert_eq!(world.calls(), (0, 0), "and so is one for others");
    world.tell(Event::Nudge);
    world.pass(0);
    assert_eq!(world.calls(), (1, 0));
}

#[test]
fn who_is_abandoned_keeps_nothing() {
    let ours = ids("ours", 9);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours);
    world.pass(300);
    assert_eq!(world.calls(), (1, 0));
    world.tell(Event::Abandoned);
    assert_eq!(world.told(), (0, 6));
    world.pass(10_000);
    assert_eq!((world.calls(), world.told()), ((0, 0), (0, 0)), "nothing late counts");
    assert_eq!(world.offer_all(1, &ours), 9);
    world.pass(10_000);
    assert_eq!((world.calls(), world.told()), ((1, 0), (9, 0)), "and it goes on");
}

#[test]
fn without_a_pause_between_polls_it_works_too() {
    let ours = ids("ours", 50);
    let mut world = World::paced(Service::of(ours.clone()), 0);
    world.offer_all(1, &ours);
    for _ in 0..20 {
        world.pass(100);
        assert_eq!(world.calls(), (1, 0));
        assert_eq!(world.told(), (50, 0));
        assert_eq!(world.offer_all(1, &ours), 50);
    }
    world.service.latency = 0;
    world.pass(0);
}

#[test]
fn one_kept_while_a_list_is_under_way_is_answered_by_it_or_by_the_next() {
    let ours = ids("ours", 10);
    let mut world = World::new(Service::of(ours.clone()));
    world.offer_all(1, &ours[..8]);
    world.pass(300);
    world.offer(1, "ours-8");
    world.offer(1, "new");
    world.pass(100);
    assert_eq!(world.told(), (9, 0), "what it shows it tells, what it cannot know waits");
    world.service.trackers.push(("new".into(), "INPROGRESS"));
    world.pass(1_950);
    assert_eq!(world.told(), (10, 0));
    assert_eq!(world.calls(), (2, 0));
}

#[test]
fn none_is_kept_for_longer_than_a_slow_list_and_the_pause() {
    let ours = ids("ours", 10);
    let mut world = World::new(Service::of(ours.clone()));
    world.service.latency = 9_000;
    world.offer_all(1, &ours);
    world.pass(300);
    world.offer(1, "new");
    world.pass(9_000);
    assert_eq!(world.told(), (10, 1), "it has waited for a list that cannot show it");
}

/// A fleet polls each of its trackers to its end, and never says that it has.
#[test]
fn what_ended_singly_long_ago_makes_no_list_worthwhile() {
    // Never shown by a list, so that each is polled singly.
    let mut world = World::new(Service::of([]));
    for number in 0..400 {
        world.offer(1, &format!("ended-{number}"));
        world.pass(2_000);
    }
    world.calls();
    // Of those that are heard of now there are too few for a list.
    world.pass(700_000);
    for _ in 0..3 {
        world.offer_all(1, &ids("alive", 2));
        world.pass(1_000);
    }
    assert_eq!(world.calls(), (0, 0));
}
