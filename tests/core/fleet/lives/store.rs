//! Where a user keeps a fleet: what it was first, and over it the entries that have changed.

use serde_json::{Value as Json, json};

#[derive(Clone, Default)]
pub(crate) struct Store {
    head: Json,
    entries: Vec<Json>,
}

impl Store {
    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_null()
    }

    /// Puts changes in the place of what they change.
    pub(crate) fn merge(&mut self, mut changes: Json) {
        let changed = changes["entries"].take();
        let Json::Array(changed) = changed else { panic!("no entries") };
        self.entries.resize(changes["size"].as_u64().unwrap() as usize, Json::Null);
        for entry in changed {
            let place = entry["place"].as_u64().unwrap() as usize;
            self.entries[place] = entry;
        }
        self.head = changes;
    }

    /// The whole, to be taken up again; `turn` shifts the order of the entries.
    pub(crate) fn state(&self, turn: usize) -> Json {
        let mut entries = self.entries.clone();
        let middle = turn % entries.len().max(1);
        entries.rotate_left(middle);
        let mut state = self.head.clone();
        state["entries"] = json!(entries);
        state
    }
}

/// A state without what need not be kept each time: how far a request is.
pub(crate) fn essence(mut state: Json) -> Json {
    for entry in state["entries"].as_array_mut().unwrap() {
        if let Some(Json::Object(operation)) = entry.get_mut("operation") {
            operation.remove("tracker");
            operation.remove("progress");
        }
    }
    state
}
