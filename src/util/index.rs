//! Places in a list, found by the hash of a text: in place of the standard library's maps, each of which is more for a
//! browser to load than all of this.

/// Open addressing; what has been added stays. The texts themselves are in the list, and compared there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// A place and 1; 0 where nothing is. At least half of them are 0, so that a search ends soon.
    places: Vec<u32>,
}

impl Index {
    /// With room for so many.
    pub(crate) fn with_room(count: usize) -> Self {
        Self { places: vec![0; (count * 2).next_power_of_two().max(2)] }
    }

    /// The place that was added with this hash and is the one, if there is one.
    pub(crate) fn find(&self, hash: u64, is_it: &dyn Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.start(hash);
        for _ in 0..self.places.len() {
            let place = self.places.get(at)?.checked_sub(1)?;
            if is_it(place) {
                return Some(place);
            }
            at = self.after(at);
        }
        None
    }

    /// Adds a place. Beyond the room that there is, nothing is added.
    pub(crate) fn add(&mut self, hash: u64, place: u32) {
        let mut at = self.start(hash);
        for _ in 0..self.places.len() {
            if let Some(free @ 0) = self.places.get_mut(at) {
                *free = place + 1;
                return;
            }
            at = self.after(at);
        }
    }

    fn start(&self, hash: u64) -> usize {
        // FNV mixes its last bytes into the low bits least.
        (hash ^ (hash >> 32)) as usize & self.places.len().saturating_sub(1)
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & self.places.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::util::text::hash;

    #[test]
    fn finds_what_was_added_and_nothing_else() {
        let names: Vec<String> = (0..1000).map(|number| format!("machine-{number}")).collect();
        let mut index = Index::with_room(names.len());
        let find = |index: &Index, name: &str| {
            index.find(hash(&[name]), &|place| names[place as usize] == name)
        };
        for (place, name) in (0..).zip(&names) {
            assert_eq!(find(&index, name), None);
            index.add(hash(&[name]), place);
            assert_eq!(find(&index, name), Some(place));
        }
        for (place, name) in (0..).zip(&names) {
            assert_eq!(find(&index, name), Some(place));
        }
        assert_eq!(find(&index, "machine-1000"), None);
    }

    #[test]
    fn tells_apart_what_has_the_same_hash() {
        let mut index = Index::with_room(3);
        for place in 0..3 {
            index.add(7, place);
        }
        for place in 0..3 {
            assert_eq!(index.find(7, &|it| it == place), Some(place));
        }
        assert_eq!(index.find(7, &|_| false), None);
    }

    #[test]
    fn an_empty_one_has_nothing_and_a_full_one_takes_no_more() {
        assert_eq!(Index::default().find(1, &|_| true), None);
        let mut full = Index::with_room(1);
        for place in 0..9 {
            full.add(0, place);
        }
        assert_eq!(full.places, [1, 2]);
        assert_eq!(full.find(0, &|_| false), None);
    }
}
