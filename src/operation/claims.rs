//! Which snapshots have been handed out, so that two requests of one client never report the same.

use std::cell::RefCell;
use std::rc::Rc;

use crate::util::text::hash;

/// The snapshots handed out by one client, each with the request that made it; clones share it.
/// Bounded: the oldest is forgotten.
#[derive(Debug, Clone, Default)]
pub struct Claims(Rc<RefCell<Vec<Bucket>>>);

/// Snapshots and their requests, the oldest first.
type Bucket = Vec<(String, String)>;

/// Every look at a machine asks for each of its snapshots: a thousand operations must not make that slow.
const BUCKETS: usize = 256;

/// A request is followed for as long as others run on its machine at the most; thousands are plenty.
const KEPT_IN_EACH: usize = 64;

impl Claims {
    /// Notes that this request made this snapshot.
    pub fn claim(&self, request: &str, snapshot: &str) {
        let mut buckets = self.0.borrow_mut();
        buckets.resize_with(BUCKETS, Bucket::new);
        let Some(bucket) = buckets.get_mut(place(snapshot)) else { return };
        if bucket.iter().any(|(id, by)| id == snapshot && by == request) {
            return;
        }
        if bucket.len() == KEPT_IN_EACH {
            bucket.remove(0);
        }
        bucket.push((snapshot.into(), request.into()));
    }

    /// Whether a request other than this one made the snapshot.
    pub fn taken(&self, request: &str, snapshot: &str) -> bool {
        let buckets = self.0.borrow();
        let bucket = buckets.get(place(snapshot)).map_or(&[][..], Vec::as_slice);
        bucket.iter().any(|(id, by)| id == snapshot && by != request)
    }
}

fn place(id: &str) -> usize {
    hash(&[id]) as usize % BUCKETS
}
