//! Which snapshots have been handed out, so that two operations of one client never report the same.

use std::cell::RefCell;
use std::rc::Rc;

/// The snapshots handed out by one client; clones share it. Bounded: the oldest is forgotten.
#[derive(Debug, Clone, Default)]
pub struct Claims(Rc<RefCell<Vec<(String, String)>>>);

/// An operation outlives at most the others that ran on its machine meanwhile; thousands are plenty.
const KEPT: usize = 4096;

impl Claims {
    /// Notes that this operation reports this snapshot.
    pub fn claim(&self, operation: &str, snapshot: &str) {
        let mut claims = self.0.borrow_mut();
        if claims.len() == KEPT {
            claims.remove(0);
        }
        claims.push((snapshot.into(), operation.into()));
    }

    /// Whether an operation other than this one has reported the snapshot.
    pub fn taken(&self, operation: &str, snapshot: &str) -> bool {
        self.0.borrow().iter().any(|(id, by)| id == snapshot && by != operation)
    }
}
