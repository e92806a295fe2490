//! The ids that a list has shown.

use crate::util::index::Index;
use crate::util::text;

/// The ids that a list has shown.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Each with the number of the reading that showed it last.
    ids: Vec<(String, u32)>,
    index: Index,
    /// How many ids the index has room for.
    room: usize,
}

/// How an id has been seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sighting {
    /// Never.
    New,
    /// By an earlier reading.
    Known,
    /// By this reading.
    Repeated,
}

impl Seen {
    /// How many different ids there were.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// Notes that a reading shows this id.
    pub(super) fn note(&mut self, id: &str, hash: u64, reading: u32) -> Sighting {
        let is_it = |place: u32| self.ids.get(place as usize).is_some_and(|(it, _)| it == id);
        let place = self.index.find(hash, &is_it);
        if let Some((_, last)) = place.and_then(|place| self.ids.get_mut(place as usize)) {
            let is_repeated = *last == reading;
            *last = reading;
            return if is_repeated { Sighting::Repeated } else { Sighting::Known };
        }
        if self.ids.len() == self.room {
            self.room = (2 * self.room).max(64);
            self.index = Index::with_room(self.room);
            for (place, (id, _)) in self.ids.iter().enumerate() {
                self.index.add(text::hash(&[id]), place as u32);
            }
        }
        self.index.add(hash, self.ids.len() as u32);
        self.ids.push((id.to_owned(), reading));
        Sighting::New
    }
}
