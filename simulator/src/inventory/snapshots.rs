//! The snapshots of a machine: a tree, of which lists show the nodes in the order of their making.

use serde::Serialize;
use serde_json::{Value, json};

use super::{ORG_ID, OWNER};
use crate::util::time::timestamp;

/// A snapshot, as the service sends it but for what its machine knows (`isCurrent`, `_links`).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) owner: String,
    pub(crate) owner_type: String,
    pub(crate) org_id: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// The number of the request that asked for it, if it was one.
    #[serde(skip)]
    pub(crate) made_by: Option<u64>,
    /// The one that was current when this one was made.
    #[serde(skip)]
    parent: Option<String>,
    /// Whether `_links` has a plain boolean among the links, as newer servers have it.
    #[serde(skip)]
    pub(crate) boolean_link: bool,
}

impl Snapshot {
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>, created_ms: u64) -> Self {
        let created = timestamp(created_ms);
        Self {
            id: id.into(),
            name: name.into(),
            description: None,
            owner: OWNER.into(),
            owner_type: "user".into(),
            org_id: ORG_ID.into(),
            created_at: created.clone(),
            updated_at: created,
            made_by: None,
            parent: None,
            boolean_link: false,
        }
    }

    fn to_json(&self, machine: &str, is_current: bool) -> Value {
        let path = format!("/iaas/api/machines/{machine}");
        let mut links = json!({
            "self": { "href": format!("{path}/snapshots/{}", self.id) },
            "machine": { "href": path },
        });
        if self.boolean_link {
            insert(&mut links, "empty", false.into());
        }
        let mut snapshot = serde_json::to_value(self).unwrap_or_default();
        insert(&mut snapshot, "isCurrent", is_current.into());
        insert(&mut snapshot, "_links", links);
        snapshot
    }
}

/// Adds a field to an object.
pub(super) fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(name.into(), value);
    }
}

/// All snapshots of one machine.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    all: Vec<Snapshot>,
    /// The one that the machine runs on from.
    current: Option<String>,
}

impl Snapshots {
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Snapshot> {
        self.all.iter()
    }

    /// The id of the one that was made last.
    pub(crate) fn newest(&self) -> Option<&str> {
        self.all.last().map(|snapshot| snapshot.id.as_str())
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.all.iter().any(|snapshot| snapshot.id == id)
    }

    /// Adds one below the current one; it becomes the current one.
    pub(crate) fn add(&mut self, mut snapshot: Snapshot) {
        snapshot.parent = self.current.replace(snapshot.id.clone());
        self.all.push(snapshot);
    }

    pub(crate) fn revert(&mut self, id: &str) {
        if self.has(id) {
            self.current = Some(id.to_owned());
        }
    }

    /// Removes one; what was below it is then below its parent.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some(at) = self.all.iter().position(|snapshot| snapshot.id == id) else { return };
        let removed = self.all.remove(at);
        let is_below = |parent: &Option<String>| parent.as_deref() == Some(id);
        for snapshot in self.all.iter_mut().filter(|snapshot| is_below(&snapshot.parent)) {
            snapshot.parent.clone_from(&removed.parent);
        }
        if is_below(&self.current) {
            self.current = removed.parent;
        }
    }

    pub(crate) fn one_to_json(&self, machine: &str, id: &str) -> Option<Value> {
        let found = self.all.iter().find(|snapshot| snapshot.id == id);
        found.map(|snapshot| snapshot.to_json(machine, self.is_current(snapshot)))
    }

    pub(crate) fn to_json(&self, machine: &str) -> Vec<Value> {
        self.all.iter().map(|one| one.to_json(machine, self.is_current(one))).collect()
    }

    fn is_current(&self, snapshot: &Snapshot) -> bool {
        self.current.as_ref() == Some(&snapshot.id)
    }
}
