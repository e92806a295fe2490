//! The trackers that polls have been offered of.

use std::cmp::Ordering;

use super::Poll;
use crate::engine::contract::SendId;
use crate::util::clock::Ms;
use crate::util::text::hash;

/// A tracker of an owner.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) owner: u32,
    /// The last attempt to poll it.
    pub(super) id: SendId,
    pub(super) tracker: String,
    pub(super) hash: u64,
    /// Since when that attempt is kept, if it is.
    pub(super) held: Option<Ms>,
    /// When it was offered or shown last.
    pub(super) heard: Ms,
    /// A list that shows most of ours does not show it: it is polled singly until one does.
    pub(super) missing: bool,
    pub(super) part: Part,
}

/// What it has to do with the lists of this tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing: it came later, or need not be shown.
    None,
    /// One of the next lists is to ask for it.
    Wanted,
    /// The list under way is to show it.
    Asked,
    Shown,
    /// It has come to its end, and goes.
    Over,
}

/// Sorted by hash, tracker and owner: a list may show thousands, and each is looked up.
#[derive(Debug, Default)]
pub(super) struct Registry {
    pub(super) entries: Vec<Entry>,
}

impl Registry {
    /// The place of this poll's entry, made if there is none. It has the attempt that it had before.
    pub(super) fn enter(&mut self, poll: Poll, now: Ms) -> usize {
        let hash = hash(&[&poll.tracker]);
        let place = self.entries.partition_point(|entry| {
            let order = entry.order(hash, &poll.tracker);
            order.then(entry.owner.cmp(&poll.owner)) == Ordering::Less
        });
        let found = self.entries.get(place).is_some_and(|entry| {
            entry.owner == poll.owner && entry.order(hash, &poll.tracker) == Ordering::Equal
        });
        if !found {
            let Poll { owner, id, tracker } = poll;
            let (held, heard, missing, part) = (None, now, false, Part::None);
            let entry = Entry { owner, id, tracker, hash, held, heard, missing, part };
            self.entries.insert(place, entry);
        }
        place
    }

    /// Those who follow this tracker.
    pub(super) fn followers(&mut self, hash: u64, tracker: &str) -> &mut [Entry] {
        let start =
            self.entries.partition_point(|entry| entry.order(hash, tracker) == Ordering::Less);
        let rest = self.entries.get_mut(start..).unwrap_or_default();
        let end = rest.partition_point(|entry| entry.order(hash, tracker) == Ordering::Equal);
        rest.get_mut(..end).unwrap_or_default()
    }

    pub(super) fn count(&self, which: impl Fn(&Entry) -> bool) -> u32 {
        let mut count = 0;
        for entry in &self.entries {
            count += u32::from(which(entry));
        }
        count
    }

    /// Since when a poll is kept that no list has been asked for, the oldest of those.
    pub(super) fn first_held(&self) -> Option<Ms> {
        let mut first = None;
        for entry in &self.entries {
            if let (Some(time), Part::None | Part::Shown) = (entry.held, entry.part) {
                first = Some(first.map_or(time, |first: Ms| first.min(time)));
            }
        }
        first
    }
}

impl Entry {
    fn order(&self, hash: u64, tracker: &str) -> Ordering {
        self.hash.cmp(&hash).then_with(|| self.tracker.as_str().cmp(tracker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(owner: u32, id: SendId, tracker: &str) -> Poll {
        Poll { owner, id, tracker: tracker.into() }
    }

    #[test]
    fn finds_every_follower_and_nobody_else() {
        let mut registry = Registry::default();
        for number in 0..200 {
            for owner in 0..=number % 3 {
                let place = registry.enter(poll(owner, number, &number.to_string()), 0);
                let entry = &registry.entries[place];
                assert_eq!((entry.owner, entry.id), (owner, number));
            }
        }
        for number in 0..200 {
            let tracker = number.to_string();
            let followers = registry.followers(hash(&[&tracker]), &tracker);
            let owners: Vec<u32> = followers.iter().map(|entry| entry.owner).collect();
            assert_eq!(owners, (0..=number % 3).collect::<Vec<_>>());
            assert!(followers.iter().all(|entry| entry.tracker == tracker));
        }
        assert!(registry.followers(hash(&["x"]), "x").is_empty());
        assert!(registry.followers(hash(&["7"]), "x").is_empty(), "the text decides");
        let before = registry.entries.len();
        let place = registry.enter(poll(1, 999, "1"), 0);
        assert_eq!(registry.entries[place].id, 1, "it is there already");
        assert_eq!(registry.entries.len(), before);
    }
}
