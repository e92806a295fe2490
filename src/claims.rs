//! Which snapshots have been handed out, so that two requests of one client never report the same.

use std::cell::RefCell;
use std::rc::Rc;

/// The snapshots handed out by one client, each with the request that made it; clones share it.
/// Bounded: the oldest is forgotten.
#[derive(Debug, Clone, Default)]
pub struct Claims(Rc<RefCell<Vec<(String, String)>>>);

/// A request is followed for as long as others run on its machine at the most; thousands are plenty.
const KEPT: usize = 4096;

impl Claims {
    /// Notes that this request made this snapshot.
    pub fn claim(&self, request: &str, snapshot: &str) {
        let mut claims = self.0.borrow_mut();
        if claims.iter().any(|(id, by)| id == snapshot && by == request) {
            return;
        }
        if claims.len() == KEPT {
            claims.remove(0);
        }
        claims.push((snapshot.into(), request.into()));
    }

    /// Whether a request other than this one made the snapshot.
    pub fn taken(&self, request: &str, snapshot: &str) -> bool {
        self.0.borrow().iter().any(|(id, by)| id == snapshot && by != request)
    }
}
