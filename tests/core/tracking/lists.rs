//! What services make of lists, and what is made of that.

use std::collections::BTreeSet;

use serde_json::json;
use vra_snapshots::{FailureKind, Outcome, SendId};

use super::world::{Manner, Service, World, entry, ids};
use crate::replies::{bare, failure, html, refusal, unsent};

/// Offers all of them, and again each 2 s: the calls without and with a filter.
fn looks(world: &mut World, ours: &[String], times: usize) -> (usize, usize) {
    world.calls();
    for _ in 0..times {
        world.offer_all(1, ours);
        world.pass(2_000);
    }
    world.calls()
}

#[test]
fn a_list_without_ours_is_given_up_for_longer_each_time() {
    let ours = ids("ours", 20);
    let mut world = World::new(Service::of(ids("others", 30)));
    world.service.filter = Manner::Refuses;
    world.offer_all(1, &ours);
    world.pass(1_000);
    assert_eq!((world.calls(), world.told()), ((1, 0), (0, 17)));
    // By its ids none is found either, and then nothing is kept for a minute.
    assert_eq!(world.offer_all(1, &ours), 20);
    world.pass(3_000);
    assert_eq!((world.calls(), world.told()), ((0, 1), (0, 20)));
    for _ in 0..55 {
        assert_eq!(world.offer_all(1, &ours), 0);
        world.pass(1_000);
    }
    assert_eq!(world.calls(), (0, 0));
    assert_eq!(looks(&mut world, &ours, 60).0, 1, "once in two minutes");
    assert_eq!(looks(&mut world, &ours, 500).0, 3, "and then after four and eight");
}

#[test]
fn among_thousands_of_others_ours_are_asked_for_by_their_ids() {
    let ours = ids("our's", 130);
    let others = ids("others", 5_000);
    let mut world = World::new(Service::of(others.into_iter().chain(ours.clone())));
    world.offer_all(1, &ours);
    world.pass(1_000);
    assert_eq!((world.calls(), world.told()), ((1, 0), (130, 0)), "what it shows is told");
    for _ in 0..5 {
        assert_eq!(world.offer_all(1, &ours), 130);
        world.pass(3_000);
        for call in &world.sent {
            let url = call.url(&crate::bench::policy().base, "2021-07-15");
            assert!(url.len() < 5_000, "{}", url.len());
        }
        assert_eq!((world.calls(), world.told()), ((0, 3), (130, 0)), "60, 60 and 10");
    }
    // A few are not worth a list.
    world.pass(60_000);
    assert_eq!(
        world.offer_all(1, &ours[..2]),
        2,
        "after a minute it looks again, without a filter"
    );
    world.pass(3_000);
    assert_eq!(world.calls(), (1, 0));
    world.pass(3_000);
    assert_eq!(world.offer_all(1, &ours[..3]), 0, "three slow polls are not delayed");
    assert_eq!(world.offer_all(1, &ours[3..6]), 3);
}

#[test]
fn a_filter_that_is_ignored_or_refused_is_not_tried_again() {
    for manner in [Manner::Ignores, Manner::Refuses] {
        let ours = ids("ours", 100);
        let others = ids("others", 5_000);
        let mut world = World::new(Service::of(others.into_iter().chain(ours.clone())));
        world.service.filter = manner;
        assert_eq!(looks(&mut world, &ours, 2), (1, 1), "{manner:?}");
        let expected = if manner == Manner::Ignores { (200, 0) } else { (100, 100) };
        assert_eq!(world.told(), expected, "{manner:?}");
        let (_, filtered) = looks(&mut world, &ours, 295);
        assert_eq!(filtered, 0, "{manner:?}: not within ten minutes");
        let (_, filtered) = looks(&mut world, &ours, 10);
        assert_eq!(filtered, 1, "{manner:?}: and once after them");
    }
}

#[test]
fn a_filter_that_shows_too_few_is_given_up_for_a_minute() {
    let ours = ids("ours", 100);
    let others = ids("others", 5_000);
    let mut world = World::new(Service::of(others.into_iter().chain(ours.clone())));
    world.offer_all(1, &ours);
    world.pass(2_000);
    world.service.trackers.truncate(5_020);
    world.told();
    world.calls();
    world.offer_all(1, &ours);
    world.pass(3_000);
    assert_eq!(world.calls(), (0, 1), "the second call is not sent");
    let (seen, single) = world.told();
    assert!(seen > 0 && seen < 20 && seen + single == 100, "{seen} {single}");
    assert_eq!(world.offer_all(1, &ours), 0);
}

#[test]
fn pages_are_read_as_far_as_ours_are() {
    for tells_total in [true, false] {
        for (paging, shown, calls) in
            [(Manner::Obeys, 60, 3), (Manner::Ignores, 20, 2), (Manner::Refuses, 20, 2)]
        {
            let ours = ids("ours", 60);
            let others = ids("others", 40);
            let mut world = World::new(Service::of(ours.iter().cloned().chain(others)));
            world.service.page = 20;
            world.service.paging = paging;
            world.service.tells_total = tells_total;
            world.offer_all(1, &ours);
            world.pass(1_500);
            let what = format!("{paging:?}, total: {tells_total}");
            let sent: Vec<usize> = world.sent.iter().map(|call| call.query.len()).collect();
            assert_eq!(sent.first(), Some(&0), "the first look asks for no page");
            // `$top` grows to what has been seen: 20, 20, 40.
            assert_eq!(world.calls(), (calls, 0), "{what}");
            let (seen, single) = world.told();
            assert_eq!(seen, shown, "{what}");
            let kept = 57 - 17.min(shown);
            assert_eq!(single, if shown == 60 { 0 } else { kept }, "{what}");
        }
    }
}

#[test]
fn a_page_that_fails_costs_only_what_it_would_have_shown() {
    let ours = ids("ours", 60);
    let mut world = World::new(Service::of(ours.clone()));
    world.service.page = 20;
    world.service.paging = Manner::Obeys;
    world.service.fails = Box::new(|number| (number == 2).then(|| bare(502)));
    world.offer_all(1, &ours);
    world.pass(1_000);
    assert_eq!((world.calls(), world.told()), ((2, 0), (20, 40)));
    assert_eq!(world.offer_all(1, &ours), 0, "it pauses");
    world.pass(16_000);
    assert_eq!(world.offer_all(1, &ours), 60, "for eight times T");
}

#[test]
fn a_list_that_fails_releases_all_and_pauses() {
    // The end of the list; for how long there is none.
    let cases = [
        (failure(FailureKind::Network), 16_000),
        (failure(FailureKind::Timeout), 16_000),
        (failure(FailureKind::Cut), 16_000),
        (bare(429), 16_000),
        (bare(500), 16_000),
        (html(200), 16_000),
        (unsent(), 16_000),
        (Outcome::json(200, json!([])), 16_000),
        (failure(FailureKind::TooLarge), 600_000),
        (bare(403), 600_000),
        (refusal(400, "no"), 600_000),
    ];
    for (outcome, pause) in cases {
        let ours = ids("ours", 3);
        let all = ids("ours", 10);
        let mut world = World::new(Service::of(all.clone()));
        let what = format!("{outcome:?}");
        world.service.fails = Box::new(move |number| (number == 1).then(|| outcome.clone()));
        world.offer_all(1, &all);
        world.pass(400);
        assert_eq!((world.calls(), world.told()), ((1, 0), (0, 7)), "{what}");
        // Three are too few to be asked for by their ids.
        for time in [5_000, pause - 1_000] {
            // Those that nobody polls are forgotten.
            for few in all.chunks(3).cycle() {
                let rest = 350 + time - world.time;
                world.pass(rest.min(20_000));
                if rest <= 20_000 {
                    break;
                }
                world.offer_all(1, few);
            }
            world.offer_all(1, &ours);
            world.pass(900);
            assert_eq!((world.calls(), world.told().0), ((0, 0), 0), "{what}");
        }
        world.pass(100);
        assert_eq!(world.offer_all(1, &ours), 3, "{what}");
        world.pass(400);
        assert_eq!((world.calls(), world.told()), ((1, 0), (10, 0)), "{what}");
    }
}

#[test]
fn what_most_lists_do_not_show_is_polled_singly_until_one_does() {
    let ours = ids("ours", 20);
    let mut world = World::new(Service::of(ours[1..].to_vec()));
    world.pass(0);
    for expected in [17, 20, 19] {
        assert_eq!(world.offer_all(1, &ours), expected);
        world.pass(3_000);
    }
    // The first three were not kept the first time, and so one was registered anew.
    world.told();
    world.calls();
    world.service.trackers.push(("ours-0".into(), "INPROGRESS"));
    assert!(world.offer(1, "ours-1").1);
    assert!(!world.offer(1, "ours-0").1);
    world.pass(3_000);
    assert_eq!((world.calls(), world.told()), ((1, 0), (20, 0)));
    assert!(world.offer(1, "ours-0").1, "it has been shown");
}

#[test]
fn entries_that_cannot_be_read_are_passed_over() {
    let ours = ids("ours", 12);
    let mut world = World::new(Service::of([]));
    let mut content =
        vec![json!(null), json!({ "id": 7 }), json!("text"), json!({ "id": "ours-0" })];
    content.extend(ours[1..].iter().map(|id| entry(id, "INPROGRESS")));
    let body = json!({ "content": content, "totalElements": content.len() });
    world.service.fails = Box::new(move |_| Some(Outcome::json(200, body.clone())));
    world.offer_all(1, &ours);
    world.offer(2, "ours-0");
    world.pass(2_000);
    assert_eq!(world.told(), (11, 1), "the single poll says what is wrong with it");
}

#[test]
fn what_a_growing_list_shows_twice_is_told_once() {
    let ours = ids("ours", 30);
    let mut world = World::new(Service::of([]));
    let page = |range: std::ops::Range<usize>| {
        let content: Vec<_> = ours[range].iter().map(|id| entry(id, "INPROGRESS")).collect();
        Outcome::json(200, json!({ "content": content, "totalElements": 30 }))
    };
    // A tracker came in front while the first page was read.
    let pages = [page(0..20), page(19..30)];
    world.service.fails = Box::new(move |number| pages.get(number - 1).cloned());
    world.offer_all(1, &ours);
    world.pass(2_000);
    assert_eq!((world.calls(), world.told()), ((2, 0), (30, 0)));
}

#[test]
fn an_ignored_filter_is_noticed_on_the_first_page() {
    let ours = ids("ours", 100);
    let others = ids("others", 5_000);
    let mut world = World::new(Service::of(others.into_iter().chain(ours.clone())));
    (world.service.page, world.service.paging) = (100, Manner::Obeys);
    world.service.filter = Manner::Ignores;
    assert_eq!(looks(&mut world, &ours, 1), (7, 0), "100, 200, 400, 800 and so on");
    world.told();
    assert_eq!(looks(&mut world, &ours, 1), (0, 1));
    assert_eq!(world.told(), (0, 100));
}

#[test]
fn pages_that_overlap_lose_no_tracker() {
    for tells_total in [true, false] {
        let ours = ids("ours", 50);
        let mut world = World::new(Service::of(ours.clone()));
        world.service.page = 20;
        world.service.paging = Manner::Obeys;
        world.service.tells_total = tells_total;
        // Each later page begins five entries too early: the last five of ours are on no page.
        world.service.turns_by = 5;
        world.offer_all(1, &ours);
        world.pass(4_000);
        let told: BTreeSet<SendId> = world.news.iter().map(|news| news.id).collect();
        assert_eq!((world.news.len(), told.len()), (50, 50), "each poll is told once");
        assert_eq!(world.told(), (45, 5), "those on no page are polled singly");
    }
}
