//! From the little that distinguishes a machine to all that the service tells of it.

use super::machine::{Machine, Platform, PowerState, ProvisioningStatus, Tag};
use super::snapshots::Snapshots;
use super::{ORG_ID, OWNER};
use crate::util::time::timestamp;

/// What distinguishes a machine.
pub(super) struct Outline {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) application: &'static str,
    pub(super) environment: &'static str,
    pub(super) platform: Platform,
    pub(super) power_state: PowerState,
    pub(super) project: &'static str,
    pub(super) deployment: Option<String>,
    pub(super) external_id: String,
    pub(super) address: String,
    pub(super) snapshot_limit: Option<u8>,
    pub(super) created_ms: u64,
    pub(super) snapshots: Snapshots,
    pub(super) boolean_link: bool,
}

impl Outline {
    pub(super) fn into_machine(self) -> Machine {
        let site = Site::of(self.platform);
        let mut custom_properties = vec![
            ("provider", site.provider.to_owned()),
            ("osType", "LINUX".to_owned()),
            ("cpuCount", "4".to_owned()),
            ("memoryInMB", "16384".to_owned()),
        ];
        let limit = self.snapshot_limit.map(|limit| ("snapshotLimit", limit.to_string()));
        custom_properties.extend(limit);

        let created = timestamp(self.created_ms);
        let suspended = self.power_state == PowerState::Suspend;
        let running = self.power_state == PowerState::On;
        Machine {
            hostname: format!("{}.example.com", self.name),
            address: running.then_some(self.address),
            power_state: self.power_state,
            provisioning_status: match suspended {
                true => ProvisioningStatus::Suspend,
                false => ProvisioningStatus::Ready,
            },
            project_id: self.project.into(),
            deployment_id: self.deployment,
            external_id: self.external_id,
            external_region_id: site.region.into(),
            external_zone_id: site.zone.into(),
            cloud_account_ids: vec![site.account.into()],
            org_id: ORG_ID.into(),
            owner: OWNER.into(),
            owner_type: "user".into(),
            custom_properties: custom_properties
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            tags: vec![
                Tag { key: "application", value: self.application },
                Tag { key: "environment", value: self.environment },
            ],
            created_at: created.clone(),
            updated_at: created,
            id: self.id,
            name: self.name,
            description: self.description,
            platform: self.platform,
            snapshots: self.snapshots,
            boolean_link: self.boolean_link,
        }
    }
}

/// Where machines of one platform run.
struct Site {
    provider: &'static str,
    account: &'static str,
    region: &'static str,
    zone: &'static str,
}

impl Site {
    fn of(platform: Platform) -> Self {
        match platform {
            Platform::Vsphere | Platform::FaultTolerant => Self {
                provider: "vsphere",
                account: "b1f0c2d4-6e58-4a3b-9c7d-2f4e6a8b0c11",
                region: "Datacenter:datacenter-3",
                zone: "Datacenter:datacenter-3/domain-c21",
            },
            Platform::Google => Self {
                provider: "gcp",
                account: "b1f0c2d4-6e58-4a3b-9c7d-2f4e6a8b0c22",
                region: "europe-west3",
                zone: "europe-west3-a",
            },
            Platform::Aws => Self {
                provider: "aws",
                account: "b1f0c2d4-6e58-4a3b-9c7d-2f4e6a8b0c33",
                region: "eu-central-1",
                zone: "eu-central-1b",
            },
        }
    }
}
