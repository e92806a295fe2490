//! One owner of each stored state in a process: two that drive the same state can make two snapshots.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::InvalidInput;
use crate::util::text::hash;

/// An object that drives the operation or the fleet of a stored state.
pub trait Owner {
    /// Whether it sends requests now, or may do so without being asked again.
    fn is_active(&self) -> bool;
    /// Another object drives the state from now on, and this one never again.
    fn lose(&self);
}

/// The owners of a process, by the `id` of the state. It keeps none of them alive.
#[derive(Debug)]
pub struct Owners<O>(RefCell<Vec<Bucket<O>>>);

type Bucket<O> = Vec<(String, Weak<O>)>;

/// A page may have thousands of operations, and each is looked up when it is made.
const BUCKETS: usize = 256;

/// What an `id` is a part of, or itself: the operations of a fleet have the fleet's `id`, a dot and a number.
fn whole(id: &str) -> &str {
    id.split_once('.').map_or(id, |(fleet, _)| fleet)
}

fn place(id: &str) -> usize {
    hash(&[whole(id)]) as usize % BUCKETS
}

impl<O> Owners<O> {
    /// No owner of anything.
    pub const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// An owner of this `id` has been dropped.
    pub fn release(&self, id: &str) {
        if let Some(bucket) = self.0.borrow_mut().get_mut(place(id)) {
            bucket.retain(|(_, owner)| owner.strong_count() > 0);
        }
    }

    /// The owners of what this `id` names, and of what that is a part of or has parts in.
    fn of(&self, id: &str) -> Vec<Rc<O>> {
        let owners = self.0.borrow();
        let bucket = owners.get(place(id)).map_or(&[][..], Vec::as_slice);
        let concerns = |other: &str| other == id || other == whole(id) || whole(other) == id;
        let concerned = bucket.iter().filter(|(other, _)| concerns(other));
        concerned.filter_map(|(_, owner)| owner.upgrade()).collect()
    }
}

impl<O: Owner> Owners<O> {
    /// Makes an object the owner of this `id`. A state that is being driven is refused; from owners that rest it is
    /// taken over.
    pub fn claim(&self, id: &str, owner: &Rc<O>) -> Result<(), InvalidInput> {
        // No borrow is held here: an owner asks a signal, which may be the user's own code.
        if self.of(id).iter().any(|owner| owner.is_active()) {
            return Err(InvalidInput(
                "state: another object of this process drives it now; use that object, or end it first: \
                 an operation by ending all waits for it, a fleet by aborting its `signal`"
                    .into(),
            ));
        }
        for owner in self.of(id) {
            owner.lose();
        }
        let mut owners = self.0.borrow_mut();
        owners.resize_with(BUCKETS, Bucket::new);
        if let Some(bucket) = owners.get_mut(place(id)) {
            bucket.push((id.to_owned(), Rc::downgrade(owner)));
        }
        Ok(())
    }
}

impl<O> Default for Owners<O> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Default)]
    struct Object {
        is_active: Cell<bool>,
        is_lost: Cell<bool>,
    }

    impl Owner for Object {
        fn is_active(&self) -> bool {
            self.is_active.get()
        }

        fn lose(&self) {
            self.is_lost.set(true);
        }
    }

    fn object(is_active: bool) -> Rc<Object> {
        Rc::new(Object { is_active: Cell::new(is_active), ..Object::default() })
    }

    #[test]
    fn an_active_owner_keeps_its_state_and_one_that_rests_loses_it() {
        let owners = Owners::new();
        let (first, second, third) = (object(false), object(true), object(false));
        owners.claim("a", &first).unwrap();
        owners.claim("a", &second).unwrap();
        assert!(first.is_lost.get());
        assert!(owners.claim("a", &third).unwrap_err().0.contains("state"));
        assert!(!second.is_lost.get());
        owners.claim("b", &third).unwrap();
        second.is_active.set(false);
        owners.claim("a", &third).unwrap();
        assert!(second.is_lost.get());
        assert!(!third.is_lost.get());
    }

    #[test]
    fn a_dropped_owner_leaves_nothing_and_takes_nothing_from_its_successor() {
        let owners = Owners::new();
        let (first, second) = (object(false), object(true));
        owners.claim("a", &first).unwrap();
        owners.claim("a", &second).unwrap();
        drop(first);
        owners.release("a");
        assert!(owners.claim("a", &object(false)).is_err());
        drop(second);
        owners.release("a");
        assert!(owners.0.borrow().iter().all(Vec::is_empty));
    }

    #[test]
    fn a_fleet_and_its_operations_have_one_owner() {
        let owners = Owners::new();
        let (fleet, operation, other) = (object(true), object(true), object(true));
        owners.claim("f", &fleet).unwrap();
        owners.claim("f0", &other).unwrap();
        owners.claim("f-1", &other).unwrap();
        assert!(owners.claim("f.7", &operation).is_err());
        fleet.is_active.set(false);
        owners.claim("f.7", &operation).unwrap();
        assert!(fleet.is_lost.get());
        let again = object(false);
        assert!(owners.claim("f", &again).is_err());
        operation.is_active.set(false);
        owners.claim("f", &again).unwrap();
        assert!(operation.is_lost.get());
        assert!(!other.is_lost.get());
    }
}
