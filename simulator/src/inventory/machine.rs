//! A machine.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::snapshots::{Snapshots, insert};
use crate::http::filter::Fields;

/// A machine, as the service sends it but for its `_links`, and what the service knows of it besides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) hostname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    pub(crate) power_state: PowerState,
    pub(crate) provisioning_status: ProvisioningStatus,
    pub(crate) project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deployment_id: Option<String>,
    pub(crate) external_id: String,
    pub(crate) external_region_id: String,
    pub(crate) external_zone_id: String,
    pub(crate) cloud_account_ids: Vec<String>,
    pub(crate) org_id: String,
    pub(crate) owner: String,
    pub(crate) owner_type: String,
    pub(crate) custom_properties: BTreeMap<String, String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    #[serde(skip)]
    pub(crate) platform: Platform,
    #[serde(skip)]
    pub(crate) snapshots: Snapshots,
    /// Whether `_links` has a plain boolean among the links, as newer servers have it.
    #[serde(skip)]
    pub(crate) boolean_link: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PowerState {
    On,
    Off,
    GuestOff,
    Unknown,
    Suspend,
}

impl PowerState {
    fn text(self) -> &'static str {
        match self {
            Self::On => "ON",
            Self::Off => "OFF",
            Self::GuestOff => "GUEST_OFF",
            Self::Unknown => "UNKNOWN",
            Self::Suspend => "SUSPEND",
        }
    }
}

impl Serialize for PowerState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ProvisioningStatus {
    Ready,
    Suspend,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tag {
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
}

/// What a machine runs on, which decides what can be done with its snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    Vsphere,
    /// vSphere with a second copy running in lockstep: no snapshots.
    FaultTolerant,
    /// Snapshots, but no way back to them.
    Google,
    /// No snapshots of whole machines.
    Aws,
}

/// What goes wrong on a machine, by the beginning of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Every action gets 403.
    Denied,
    /// It is listed, and every action gets 404.
    Gone,
    /// Another operation is always under way: every action gets 409.
    Busy,
    /// Actions are accepted, and their trackers end FAILED.
    Failing,
    /// Operations take ten times as long.
    Slow,
}

impl Machine {
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let (prefix, _) = self.name.split_once('-')?;
        match prefix {
            "denied" => Some(Trouble::Denied),
            "gone" => Some(Trouble::Gone),
            "busy" => Some(Trouble::Busy),
            "failing" => Some(Trouble::Failing),
            "slow" => Some(Trouble::Slow),
            _ => None,
        }
    }

    pub(crate) fn can_snapshot(&self) -> bool {
        let capable = matches!(self.platform, Platform::Vsphere | Platform::Google);
        capable && self.power_state != PowerState::Unknown
    }

    pub(crate) fn can_revert(&self) -> bool {
        self.platform == Platform::Vsphere && self.can_snapshot() && self.snapshots.len() > 0
    }

    /// How many snapshots it may have.
    pub(crate) fn snapshot_limit(&self) -> Option<usize> {
        self.custom_properties.get("snapshotLimit")?.parse().ok()
    }

    /// The machine as it is sent. `select` names the only fields to send.
    pub(crate) fn to_json(&self, select: Option<&str>, operation_links: bool) -> Value {
        let mut machine = serde_json::to_value(self).unwrap_or_default();
        insert(&mut machine, "_links", self.links(operation_links));
        if let (Some(select), Value::Object(fields)) = (select, &mut machine) {
            let selected: Vec<&str> = select.split(',').map(str::trim).collect();
            fields.retain(|name, _| selected.contains(&name.as_str()));
        }
        machine
    }

    fn links(&self, operations: bool) -> Value {
        let path = format!("/iaas/api/machines/{}", self.id);
        let accounts = self.cloud_account_ids.iter();
        let accounts: Vec<_> =
            accounts.map(|id| format!("/iaas/api/cloud-accounts/{id}")).collect();
        let mut links = json!({
            "self": { "href": path },
            "project": { "href": format!("/iaas/api/projects/{}", self.project_id) },
            "cloud-accounts": { "hrefs": accounts },
        });
        if let Some(deployment) = &self.deployment_id {
            let href = format!("/iaas/api/deployments/{deployment}");
            insert(&mut links, "deployment", json!({ "href": href }));
        }
        if self.boolean_link {
            insert(&mut links, "empty", false.into());
        }
        if operations {
            let names = self.operations();
            let hrefs: Vec<_> =
                names.iter().map(|name| format!("{path}/operations/{name}")).collect();
            insert(&mut links, "operations", json!({ "hrefs": hrefs }));
        }
        links
    }

    /// What can be done with the machine now.
    fn operations(&self) -> Vec<&'static str> {
        let power: &[&str] = match self.power_state {
            PowerState::On => &["power-off", "reset", "restart", "shutdown", "suspend"],
            PowerState::Off | PowerState::GuestOff | PowerState::Suspend => &["power-on"],
            PowerState::Unknown => &[],
        };
        let snapshots = self.can_snapshot().then_some("snapshots");
        let revert = self.can_revert().then_some("revert");
        power.iter().copied().chain(snapshots).chain(revert).collect()
    }
}

impl Fields for Machine {
    const NAMES: &'static [&'static str] =
        &["id", "name", "projectId", "powerState", "deploymentId", "hostname", "address"];

    fn field(&self, name: &str) -> Option<&str> {
        match name {
            "id" => Some(&self.id),
            "name" => Some(&self.name),
            "projectId" => Some(&self.project_id),
            "powerState" => Some(self.power_state.text()),
            "deploymentId" => self.deployment_id.as_deref(),
            "hostname" => Some(&self.hostname),
            "address" => self.address.as_deref(),
            _ => None,
        }
    }
}
