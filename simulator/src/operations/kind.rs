//! The kinds of operation: how long they take, and what they say meanwhile.

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create { memory: bool },
    Revert,
    Delete,
    PowerOff,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create { .. } => "Create snapshot",
            Self::Revert => "Revert to snapshot",
            Self::Delete => "Delete snapshot",
            Self::PowerOff => "Power-off",
        }
    }

    pub(crate) fn duration_ms(self) -> u64 {
        match self {
            Self::Create { memory: false } => 8_000,
            Self::Create { memory: true } => 30_000,
            Self::Revert => 10_000,
            Self::Delete => 6_000,
            Self::PowerOff => 5_000,
        }
    }

    /// The last message whose percentage is reached.
    pub(crate) fn message(self, progress: u64) -> &'static str {
        let reached = self.messages().iter().rev().find(|(from, _)| *from <= progress);
        reached.map_or("In Progress", |(_, message)| message)
    }

    /// What is told from which percentage on.
    fn messages(self) -> &'static [(u64, &'static str)] {
        match self {
            Self::Create { memory: false } => &[
                (0, "Request accepted"),
                (10, "Preparing the machine"),
                (25, "Quiescing the guest file systems"),
                (40, "Creating the snapshot"),
                (85, "Updating the inventory"),
            ],
            Self::Create { memory: true } => &[
                (0, "Request accepted"),
                (5, "Preparing the machine"),
                (10, "Writing the memory to the datastore"),
                (80, "Creating the snapshot"),
                (92, "Updating the inventory"),
            ],
            Self::Revert => &[
                (0, "Request accepted"),
                (10, "Stopping the machine"),
                (35, "Reverting the disks"),
                (75, "Starting the machine"),
                (90, "Updating the inventory"),
            ],
            Self::Delete => &[
                (0, "Request accepted"),
                (15, "Removing the snapshot"),
                (40, "Consolidating the disks"),
                (90, "Updating the inventory"),
            ],
            Self::PowerOff => &[(0, "Request accepted"), (10, "Stopping the machine")],
        }
    }

    /// Why it fails on a machine where operations fail.
    pub(crate) fn failure(self) -> &'static str {
        match self {
            Self::Create { .. } => {
                "Insufficient disk space on datastore 'ds-nvme-02': 41.2 GB needed, 3.7 GB free"
            }
            Self::Revert => "The virtual disk is locked by another process: 'failing-01_1.vmdk'",
            Self::Delete => {
                "Disk consolidation failed: insufficient disk space on datastore 'ds-nvme-02'"
            }
            Self::PowerOff => "The host did not answer in time",
        }
    }
}
