//! Whether a list pays, and what has been learnt of lists.

use crate::error::{Code, Error};
use crate::util::clock::Ms;

/// How polls are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By one list of all trackers there are.
    Bare,
    /// By lists of those that are asked for.
    Filtered,
    /// Each by itself.
    Singly,
}

/// What is known of the service's `$filter` on the list of trackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// Not to be tried now.
    Fails,
    Untried,
    Works,
}

/// What a call costs, in entries of a list: measured elsewhere.
const CALL: u32 = 50;

/// So many ids a call keep its address near 4 KB.
pub(super) const IDS: u32 = 60;

/// No list is asked for fewer.
const LEAST: u32 = 4;

/// What a list has cost, in entries.
pub(super) fn cost(calls: u32, entries: u32) -> u32 {
    calls.saturating_mul(CALL).saturating_add(entries)
}

/// What it costs to ask for so many by their ids.
pub(super) fn filtered_cost(held: u32) -> u32 {
    cost(held.div_ceil(IDS), held)
}

/// Whether a list of this cost is worth it that answers so many: twice as cheap as single polls, for it also answers
/// some that are not due yet.
pub(super) fn is_worth(answered: u32, cost: u32) -> bool {
    answered.saturating_mul(CALL) > cost.saturating_mul(2)
}

/// The way to answer, with so many registered and so many of them held. The cost of a bare list is none while it is
/// given up.
pub(super) fn choose(registered: u32, held: u32, bare: Option<u32>, filter: Filter) -> Way {
    let bare = bare.filter(|cost| registered >= LEAST && is_worth(registered, *cost));
    let filtered = filter != Filter::Fails && held >= LEAST;
    match bare {
        // Cheaper for each poll that it answers: else the one that answers few would win, and be due again sooner.
        Some(bare) if filtered && filter == Filter::Works => {
            let (bare, filtered) = (u64::from(bare), u64::from(filtered_cost(held)));
            let is_cheaper = filtered * u64::from(registered) < bare * u64::from(held);
            if is_cheaper { Way::Filtered } else { Way::Bare }
        }
        // What no server is known to obey is tried only where nothing else pays.
        Some(_) => Way::Bare,
        None if filtered => Way::Filtered,
        None => Way::Singly,
    }
}

const MINUTE: Ms = 60_000;
const LONGEST: Ms = 10 * MINUTE;

/// A way that may be given up for a while.
#[derive(Debug, Default)]
struct Trial {
    closed_until: Ms,
    /// How long it was given up last, doubled.
    patience: Ms,
}

impl Trial {
    fn give_up(&mut self, now: Ms) {
        let pause = self.patience.max(MINUTE);
        self.closed_until = now.saturating_add(pause);
        self.patience = (2 * pause).min(LONGEST);
    }

    /// The service does not do this at all.
    fn refuse(&mut self, now: Ms) {
        self.closed_until = now.saturating_add(LONGEST);
    }
}

/// What has been learnt of the service's lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    bare: Trial,
    filter: Trial,
    filter_works: bool,
    /// What the last bare list cost, and when.
    cost: Option<(u32, Ms)>,
    paused_until: Ms,
}

impl Lists {
    /// The way to answer now.
    pub(super) fn way(&self, registered: u32, held: u32, now: Ms) -> Way {
        if now < self.paused_until {
            return Way::Singly;
        }
        // What was measured long ago says nothing: then it is as if all in the list were ours.
        let fresh = self.cost.filter(|(_, time)| now < time.saturating_add(MINUTE));
        let bare = fresh.map_or(cost(1, registered), |(cost, _)| cost);
        let bare = (now >= self.bare.closed_until).then_some(bare);
        let filter = match self.filter_works {
            _ if now < self.filter.closed_until => Filter::Fails,
            true => Filter::Works,
            false => Filter::Untried,
        };
        choose(registered, held, bare, filter)
    }

    /// A bare list of this cost showed so many of ours: whether it has paid.
    pub(super) fn note_bare(&mut self, shown: u32, cost: u32, now: Ms) -> bool {
        self.cost = Some((cost, now));
        let pays = is_worth(shown, cost);
        if pays {
            self.bare.patience = 0
        } else {
            self.bare.give_up(now)
        }
        pays
    }

    /// A filtered list showed so many of those that it was asked for: whether it is of use.
    pub(super) fn note_filtered(&mut self, asked: u32, shown: u32, others: bool, now: Ms) -> bool {
        let works = !others && shown.saturating_mul(2) >= asked;
        self.filter_works = works;
        if works {
            self.filter.patience = 0;
        } else if others {
            self.filter.refuse(now);
        } else {
            self.filter.give_up(now);
        }
        works
    }

    /// A list could not be had. If that was not its own fault, none is asked for until the pause is over.
    pub(super) fn note_failure<V>(&mut self, way: Way, error: &Error<V>, pause: Ms, now: Ms) {
        if is_refused(error.status, error.code) {
            let trial = if way == Way::Bare { &mut self.bare } else { &mut self.filter };
            trial.refuse(now);
        } else {
            self.paused_until = now.saturating_add(pause);
        }
    }
}

/// Whether the same list would fail again: it is refused, or too large.
fn is_refused(status: Option<u16>, code: Code) -> bool {
    match status {
        Some(401 | 408 | 425 | 429) => false,
        Some(400..=499) => true,
        _ => code == Code::BodyTooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_costs_and_when_it_is_worth_that() {
        let costs = [(0, 0), (1, 51), (59, 109), (60, 110), (61, 161), (120, 220), (121, 271)];
        for (held, expected) in costs {
            assert_eq!(filtered_cost(held), expected, "{held}");
        }
        assert_eq!(cost(u32::MAX, 1), u32::MAX);
        let worth = [(2, 50, false), (3, 50, true), (4, 100, false), (4, 99, true), (0, 0, false)];
        for (answered, cost, expected) in worth {
            assert_eq!(is_worth(answered, cost), expected, "{answered} {cost}");
        }
    }

    #[test]
    fn the_way_by_what_pays() {
        use Filter::*;
        use Way::*;
        // registered, held, bare cost, filter; way
        let cases: &[(u32, u32, Option<u32>, Filter, Way)] = &[
            (0, 0, Some(50), Untried, Singly),
            (3, 3, Some(53), Untried, Singly),
            (4, 1, Some(54), Untried, Bare),
            (4, 4, Some(54), Untried, Bare),
            (4, 4, Some(100), Untried, Filtered),
            (4, 3, Some(100), Untried, Singly),
            (4, 4, Some(100), Fails, Singly),
            (4, 4, None, Untried, Filtered),
            (4, 4, None, Fails, Singly),
            (100, 1, Some(150), Works, Bare),
            (100, 100, Some(150), Works, Bare),
            (100, 100, Some(150), Untried, Bare),
            // Two calls for a hundred ids are 200.
            (100, 100, Some(199), Works, Bare),
            (100, 100, Some(201), Works, Filtered),
            (200, 100, Some(399), Works, Bare),
            (100, 100, Some(2499), Works, Filtered),
            (100, 100, Some(2499), Untried, Bare),
            (100, 100, Some(2500), Untried, Filtered),
            (100, 3, Some(5100), Works, Singly),
            (300, 4, Some(5100), Works, Filtered),
            (u32::MAX, u32::MAX, Some(u32::MAX), Works, Filtered),
        ];
        for (registered, held, bare, filter, expected) in cases {
            let way = choose(*registered, *held, *bare, *filter);
            assert_eq!(way, *expected, "{registered} {held} {bare:?} {filter:?}");
        }
    }

    #[test]
    fn what_does_not_pay_is_given_up_for_longer_each_time() {
        let mut lists = Lists::default();
        let mut now = 1_000_000;
        for minutes in [1, 2, 4, 8, 10, 10] {
            assert_eq!(lists.way(10, 1, now), Way::Bare, "{minutes}");
            assert!(!lists.note_bare(0, 50, now));
            now += minutes * MINUTE - 1;
            assert_eq!(lists.way(10, 1, now), Way::Singly, "{minutes}");
            now += 1;
        }
        assert!(lists.note_bare(10, 60, now));
        assert!(!lists.note_bare(0, 50, now), "and is new again once it has paid");
        assert_eq!(lists.way(10, 1, now + MINUTE), Way::Bare);
    }

    #[test]
    fn a_filter_is_judged_by_what_it_shows() {
        // asked, shown, others; works, minutes until it is tried again
        let cases = [
            (10, 10, false, true, 0),
            (10, 5, false, true, 0),
            (10, 4, false, false, 1),
            (10, 10, true, false, 10),
        ];
        for (asked, shown, others, works, minutes) in cases {
            let mut lists = Lists::default();
            lists.bare.refuse(10 * MINUTE);
            assert_eq!(lists.note_filtered(asked, shown, others, 0), works, "{asked} {shown}");
            assert_eq!(lists.way(9, 9, minutes * MINUTE), Way::Filtered);
            if minutes > 0 {
                assert_eq!(lists.way(9, 9, minutes * MINUTE - 1), Way::Singly, "{asked} {shown}");
            }
        }
    }

    #[test]
    fn a_failure_pauses_all_lists_and_a_refusal_closes_one_way() {
        // status, code; refused
        let cases = [
            (None, Code::Network, false),
            (None, Code::Timeout, false),
            (None, Code::BodyTooLarge, true),
            (Some(200), Code::BodyTooLarge, true),
            (Some(200), Code::UnexpectedResponse, false),
            (Some(400), Code::ServiceError, true),
            (Some(401), Code::Unauthorized, false),
            (Some(403), Code::Forbidden, true),
            (Some(429), Code::RateLimited, false),
            (Some(503), Code::ServiceError, false),
        ];
        for (status, code, refused) in cases {
            let mut error: Error<()> = Error::new(code, "");
            error.status = status;
            let mut lists = Lists::default();
            lists.note_failure(Way::Bare, &error, 5_000, 0);
            let (soon, later) = (lists.way(9, 9, 4_999), lists.way(9, 9, 5_000));
            let expected =
                if refused { (Way::Filtered, Way::Filtered) } else { (Way::Singly, Way::Bare) };
            assert_eq!((soon, later), expected, "{status:?} {code:?}");
        }
    }
}
