//! When each of many is due: a binary heap that knows where each of them stands, so that one is moved, not added again.

use crate::util::clock::Ms;

/// At most one time for each number; the numbers are small.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: Vec<(Ms, u32)>,
    /// By number: where it stands in the heap, and 1; 0 if it does not.
    places: Vec<u32>,
}

impl Timers {
    /// The earliest, and when.
    pub(super) fn first(&self) -> Option<(Ms, u32)> {
        self.heap.first().copied()
    }

    /// This one is due then, and at no other time.
    pub(super) fn set(&mut self, number: u32, at: Ms) {
        self.clear(number);
        if self.places.len() <= number as usize {
            self.places.resize(number as usize + 1, 0);
        }
        self.heap.push((at, number));
        let end = self.heap.len() - 1;
        self.note(end);
        self.rise(end);
    }

    /// This one is not due any more.
    pub(super) fn clear(&mut self, number: u32) {
        let known = self.places.get_mut(number as usize).map(std::mem::take);
        let Some(place) = known.and_then(|place| place.checked_sub(1)) else { return };
        let place = place as usize;
        self.heap.swap_remove(place);
        if place < self.heap.len() {
            self.note(place);
            self.rise(place);
            self.sink(place);
        }
    }

    pub(super) fn clear_all(&mut self) {
        self.heap.clear();
        self.places.clear();
    }

    fn rise(&mut self, mut place: usize) {
        while place > 0 && self.at(place) < self.at((place - 1) / 2) {
            self.swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let (left, right) = (2 * place + 1, 2 * place + 2);
            let least = if self.at(right) < self.at(left) { right } else { left };
            if self.at(least) >= self.at(place) {
                return;
            }
            self.swap(place, least);
            place = least;
        }
    }

    /// Never, where nothing stands.
    fn at(&self, place: usize) -> Ms {
        self.heap.get(place).map_or(Ms::MAX, |(at, _)| *at)
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.heap.swap(one, other);
        self.note(one);
        self.note(other);
    }

    fn note(&mut self, place: usize) {
        let number = self.heap.get(place).map(|(_, number)| *number as usize);
        if let Some(known) = number.and_then(|number| self.places.get_mut(number)) {
            *known = place as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_is_the_earliest_whatever_was_set_and_cleared(
            steps in prop::collection::vec((0u32..12, prop::option::of(0u64..40)), 0..200)
        ) {
            let (mut timers, mut plain) = (Timers::default(), [None; 12]);
            for (number, at) in steps {
                match at {
                    Some(at) => timers.set(number, at),
                    None => timers.clear(number),
                }
                plain[number as usize] = at;
                let earliest = plain.iter().flatten().min().copied();
                prop_assert_eq!(timers.first().map(|(at, _)| at), earliest);
                if let Some((at, first)) = timers.first() {
                    prop_assert_eq!(plain[first as usize], Some(at));
                }
            }
            while let Some((at, first)) = timers.first() {
                prop_assert_eq!(plain[first as usize].take(), Some(at));
                timers.clear(first);
            }
            prop_assert!(plain.iter().all(Option::is_none));
        }
    }

    #[test]
    fn a_time_that_never_comes_is_no_trap() {
        let mut timers = Timers::default();
        timers.set(0, Ms::MAX);
        timers.set(1, Ms::MAX);
        timers.clear(0);
        assert_eq!(timers.first(), Some((Ms::MAX, 1)));
        timers.clear_all();
        timers.clear(1);
        assert_eq!(timers.first(), None);
    }
}
