//! The rules of the throttle, as tables of cases; `tests/core/throttle` drives whole fleets by them.

use super::*;
use crate::engine::outcome::{FailureKind, Payload};

fn at(monotonic: Ms) -> Now {
    Now { monotonic, wall: 0 }
}

fn answer(status: u16, retry_after: Option<&str>) -> Outcome<()> {
    let retry_after = retry_after.map(str::to_owned);
    Outcome::Answer(Answer { status, payload: Payload::Empty, retry_after })
}

/// In whole calls a second.
fn rate(throttle: &Throttle) -> Option<u32> {
    throttle.limit.as_ref().map(|limit| limit.rate / A_SECOND)
}

/// A throttle after so many calls at this time.
fn after_calls(calls: u32, time: Ms) -> Throttle {
    let mut throttle = Throttle::default();
    for _ in 0..calls {
        throttle.sent(at(time));
    }
    throttle
}

/// So many answers to calls that were sent at this time.
fn answered(throttle: &mut Throttle, status: u16, count: u32, sent_at: Ms) {
    for _ in 0..count {
        throttle.note(&answer(status, None), sent_at, at(sent_at + 100));
    }
}

#[test]
fn closes_for_as_long_as_the_service_asks() {
    // A single refusal after so many other answers; when the throttle opens.
    let cases: &[(u16, Option<&str>, u32, Ms)] = &[
        (200, Some("5"), 0, 0),
        (429, Some("5"), 0, 15_000),
        (429, Some("5"), 99, 15_000),
        (429, Some("0"), 0, 0),
        (429, Some("86400"), 0, 310_000),
        (503, Some("5"), 0, 15_000),
        (503, Some("5"), 99, 15_000),
        (503, None, 0, 0),
        (500, Some("5"), 0, 0),
        // Without a time, or with none that can be read, the share decides.
        (429, None, 0, 11_000),
        (429, Some("soon"), 8, 11_000),
        (429, None, 9, 0),
        (429, Some("soon"), 99, 0),
    ];
    for (status, header, others, opens_at) in cases {
        let mut throttle = Throttle::default();
        answered(&mut throttle, 200, *others, 9_000);
        throttle.note(&answer(*status, *header), 9_000, at(10_000));
        assert_eq!(throttle.opens_at(), *opens_at, "{status} {header:?} after {others}");
        assert_eq!(throttle.limit, None, "one refusal is no share: {status} {header:?}");
    }
}

#[test]
fn never_opens_sooner_for_being_told_again() {
    let mut throttle = Throttle { closed_until: 60_000, ..Throttle::default() };
    throttle.note(&answer(429, Some("1")), 9_000, at(10_000));
    assert_eq!(throttle.opens_at(), 60_000);
}

#[test]
fn the_share_of_refusals_decides() {
    // Calls in a second, accepted answers, then refusals; the rate.
    let cases: &[(u32, u32, u32, Option<u32>)] = &[
        (100, 97, 3, None),
        (100, 90, 9, None),
        (100, 50, 5, None),
        (100, 50, 6, Some(78)),
        (100, 27, 3, None),
        (100, 26, 3, Some(78)),
        (100, 8, 2, None),
        (100, 5, 3, Some(54)),
        (100, 0, 2, None),
        (100, 0, 3, Some(50)),
        (9, 0, 9, None),
        (10, 0, 3, Some(5)),
    ];
    for (calls, accepted, refused, expected) in cases {
        for status in [429, 503] {
            let mut throttle = after_calls(*calls, 10_000);
            answered(&mut throttle, 200, *accepted, 10_000);
            answered(&mut throttle, status, *refused, 10_000);
            let what = format!("{status}: {refused} of {accepted} in {calls} calls");
            // Once lowered, what was under way by then changes nothing.
            assert_eq!(rate(&throttle), *expected, "{what}");
        }
    }
}

#[test]
fn what_is_no_answer_is_no_sample_and_any_other_answer_is_no_refusal() {
    let failure = |status| {
        let (kind, cause, detail) = (FailureKind::Cut, None::<()>, String::new());
        Outcome::Failure(Failure { kind, status, cause, detail })
    };
    let cases = [
        (failure(Some(429)), true),
        (failure(Some(503)), true),
        (failure(Some(500)), false),
        (failure(None), false),
        (answer(500, None), false),
        (answer(404, None), false),
    ];
    for (outcome, is_limited) in cases {
        let mut throttle = after_calls(20, 10_000);
        for _ in 0..3 {
            throttle.note(&outcome, 10_000, at(10_100));
        }
        assert_eq!(rate(&throttle).is_some(), is_limited, "{outcome:?}");
    }
}

#[test]
fn refusals_of_long_ago_do_not_count() {
    let mut throttle = after_calls(20, 10_000);
    answered(&mut throttle, 503, 2, 10_000);
    answered(&mut throttle, 503, 2, 40_000);
    assert_eq!(rate(&throttle), None);
    let mut throttle = after_calls(20, 10_000);
    answered(&mut throttle, 503, 2, 10_000);
    answered(&mut throttle, 200, 110, 11_000);
    answered(&mut throttle, 503, 2, 12_000);
    assert_eq!(rate(&throttle), None, "a hundred answers ago");
}

#[test]
fn the_rules_of_the_rate() {
    // rate, ceiling, pause
    let cases: &[(Rate, Rate, Ms)] = &[
        (0, 50_000, 1000),
        (1_000, 50_000, 1000),
        (3_000, 50_000, 334),
        (16_000, 64_000, 63),
        (100_000, 400_000, 10),
        (2_000_000, 8_000_000, 1),
        (u32::MAX, u32::MAX, 1),
    ];
    for case @ (rate, ..) in cases {
        assert_eq!((*rate, ceiling(*rate), pause(*rate)), *case);
    }
    // rate, answers, refusals; lowered
    let cases: &[(Rate, u32, u32, Rate)] = &[
        (100_000, 100, 11, 77_875),
        (100_000, 100, 20, 70_000),
        (100_000, 100, 43, 50_000),
        (100_000, 100, 100, 50_000),
        (3_000, 3, 3, 1_500),
        (1_000, 3, 3, 1_000),
        (0, 0, 0, 1_000),
        (u32::MAX, 10, 2, 3_006_477_107),
    ];
    for (rate, all, refused, expected) in cases {
        let answers = Answers { all: *all, refused: *refused };
        assert_eq!(lowered(*rate, answers), *expected, "{rate} {answers:?}");
    }
    // rate, answers, refusals; floor
    let cases: &[(Rate, u32, u32, Rate)] = &[
        (100_000, 100, 20, 10_000),
        (100_000, 100, 100, 0),
        (100_000, 0, 0, 12_500),
        (u32::MAX, 10, 2, 429_496_729),
    ];
    for (rate, all, refused, expected) in cases {
        let answers = Answers { all: *all, refused: *refused };
        assert_eq!(floor(*rate, answers), *expected, "{rate} {answers:?}");
    }
    // rate, ceiling, seconds; raised
    let cases: &[(Rate, Rate, Ms, Rate)] = &[
        (8_000, 50_000, 0, 8_000),
        (8_000, 50_000, 1, 9_000),
        (8_000, 50_000, 3, 11_390),
        (8_000, 50_000, Ms::MAX, 52_647),
        (u32::MAX, u32::MAX, 9, u32::MAX),
    ];
    for (rate, ceiling, seconds, expected) in cases {
        assert_eq!(raised(*rate, *ceiling, *seconds), *expected, "{rate} {seconds}");
    }
}

#[test]
fn lowers_once_for_all_that_was_under_way() {
    let mut throttle = after_calls(40, 10_000);
    assert_eq!((rate(&throttle), throttle.opens_at()), (None, 0), "nothing is limited at first");
    for late in 0..40 {
        throttle.note(&answer(503, None), 10_000, at(10_100 + late));
    }
    assert_eq!((rate(&throttle), throttle.opens_at()), (Some(20), 10_152));
    throttle.sent(at(10_152));
    answered(&mut throttle, 200, 10, 10_152);
    answered(&mut throttle, 503, 1, 10_152);
    assert_eq!(rate(&throttle), Some(20));
    answered(&mut throttle, 503, 1, 10_152);
    assert_eq!(rate(&throttle), Some(14), "those that were sent later");
}

#[test]
fn a_burst_answered_slowly_is_measured_and_one_long_ago_is_not() {
    let mut slow = after_calls(40, 10_000);
    answered(&mut slow, 503, 3, 10_000);
    assert_eq!(rate(&slow), Some(20));
    let mut old = after_calls(40, 10_000);
    old.sent(at(90_000));
    answered(&mut old, 503, 3, 90_000);
    assert_eq!(rate(&old), None);
}

#[test]
fn calls_are_spaced_and_a_late_one_is_made_up_for() {
    let mut throttle = after_calls(20, 10_000);
    answered(&mut throttle, 503, 3, 10_000);
    assert_eq!((rate(&throttle), throttle.opens_at()), (Some(10), 10_200));
    throttle.sent(at(10_230));
    assert_eq!(throttle.opens_at(), 10_300, "the timer was late");
    throttle.sent(at(10_900));
    assert_eq!(throttle.opens_at(), 10_900, "one call of the six that were not made");
    throttle.sent(at(10_900));
    assert_eq!(throttle.opens_at(), 11_000);
}

#[test]
fn grows_by_the_second_but_not_while_it_is_closed_or_much_is_refused() {
    let mut throttle = after_calls(80, 10_000);
    for _ in 0..3 {
        throttle.note(&answer(429, Some("60")), 10_000, at(10_100));
    }
    assert_eq!((rate(&throttle), throttle.opens_at()), (Some(40), 70_100));
    for (time, expected) in [(70_100, 40), (71_099, 40), (71_100, 45)] {
        throttle.sent(at(time));
        assert_eq!(rate(&throttle), Some(expected), "{time}");
    }
    answered(&mut throttle, 200, 30, 71_200);
    answered(&mut throttle, 503, 3, 71_200);
    throttle.sent(at(72_100));
    assert_eq!(rate(&throttle), Some(50));
    answered(&mut throttle, 503, 1, 72_100);
    assert_eq!(rate(&throttle), Some(39), "four of 34");
    answered(&mut throttle, 503, 1, 72_100);
    for (time, expected) in [(73_199, 39), (73_200, 43)] {
        throttle.sent(at(time));
        assert_eq!(
            rate(&throttle),
            Some(expected),
            "what was under way by then does not count: {time}"
        );
    }
    throttle.sent(at(91_200));
    assert_eq!(rate(&throttle), None, "above four times the rate at first");
    assert_eq!(throttle.opens_at(), 70_100, "and that is no limit");
}

#[test]
fn refusals_that_no_rate_makes_rarer_stop_at_an_eighth_unless_they_are_many() {
    let mut throttle = after_calls(100, 10_000);
    let mut sample = |accepted, refused, time| {
        answered(&mut throttle, 200, accepted, time);
        answered(&mut throttle, 503, refused, time);
        rate(&throttle)
    };
    assert_eq!(sample(8, 3, 10_000), Some(63));
    // Less than a second apart: no rate is raised in between.
    let mut time = 10_000;
    for expected in [48, 37, 28, 21, 16, 12, 9, 9, 9, 9] {
        time += 900;
        assert_eq!(sample(7, 1, time), Some(expected), "{time}");
    }
    // Now many are refused, and there is another floor.
    for expected in [4, 2, 1, 1] {
        time += 900;
        assert_eq!(sample(0, 40, time), Some(expected), "{time}");
    }
}

/// A service that bears so many calls a second, a few of them at once, and a client that always has another one:
/// how many were answered, how many refused.
fn drive(throttle: &mut Throttle, bears: u64, refusal: u16, from: Ms, to: Ms) -> (u64, u64) {
    const LATENCY: Ms = 80;
    let (mut answered, mut refused) = (0, 0);
    // In thousandths of a call.
    let most = 1000 * (1 + bears / 10);
    let mut left = most;
    let mut under_way = std::collections::VecDeque::new();
    for time in from..to {
        left = (left + bears).min(most);
        while under_way.front().is_some_and(|(sent_at, _)| sent_at + LATENCY <= time)
            && let Some((sent_at, status)) = under_way.pop_front()
        {
            throttle.note(&answer(status, None), sent_at, at(time));
        }
        while throttle.opens_at() <= time && under_way.len() < 200 {
            throttle.sent(at(time));
            if left >= 1000 {
                left -= 1000;
                answered += 1;
                under_way.push_back((time, 200));
            } else {
                refused += 1;
                under_way.push_back((time, refusal));
            }
        }
    }
    (answered, refused)
}

#[test]
fn comes_near_to_what_the_service_bears_and_recovers_with_it() {
    // What it bears, and in a hundred: the least that are answered of that, the most that are refused of those sent.
    let cases = [(1, 50, 55), (3, 60, 30), (5, 60, 20), (10, 80, 20), (40, 90, 8), (200, 90, 4)];
    for (bears, least, most) in cases {
        for refusal in [429, 503] {
            let mut throttle = Throttle::default();
            drive(&mut throttle, bears, refusal, 1_000_000, 1_020_000);
            let (answered, refused) = drive(&mut throttle, bears, refusal, 1_020_000, 1_080_000);
            let what = format!("{bears}/s, {refusal}: {answered} answered, {refused} refused");
            assert!(answered * 100 >= bears * 60 * least, "{what}");
            assert!(refused * 100 <= (answered + refused) * most, "{what}");
            // The service is as good as new: a minute later nothing is limited.
            drive(&mut throttle, 1_000_000, refusal, 1_080_000, 1_140_000);
            assert_eq!(rate(&throttle), None, "{what}");
        }
    }
}
