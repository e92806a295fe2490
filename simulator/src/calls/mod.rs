//! What each call does, once it is let in.

mod access;
mod machines;
mod snapshots;
mod trackers;

use crate::error::ServiceError;
use crate::http::{Query, Request, Response};
use crate::route::Call;
use crate::service::Simulator;

type Answer = Result<Response, ServiceError>;

impl Simulator {
    pub(crate) fn carry_out(&mut self, call: Call, request: &Request, query: &Query) -> Answer {
        match call {
            Call::About => self.about(),
            Call::Login => self.login(request),
            Call::TenantToken { organization } => self.tenant_token(&organization, request),
            Call::ListMachines => self.list_machines(query),
            Call::GetMachine { machine } => self.get_machine(&machine, query),
            Call::ListSnapshots { machine } => self.list_snapshots(&machine),
            Call::GetSnapshot { machine, snapshot } => self.get_snapshot(&machine, &snapshot),
            Call::CreateSnapshot { machine } => self.create_snapshot(&machine, request),
            Call::RevertSnapshot { machine, snapshot } => self.revert_snapshot(&machine, &snapshot),
            Call::DeleteSnapshot { machine, snapshot } => self.delete_snapshot(&machine, &snapshot),
            Call::ListTrackers => self.list_trackers(query),
            Call::GetTracker { tracker } => self.get_tracker(&tracker),
            Call::DeleteTracker { tracker } => self.delete_tracker(&tracker),
        }
    }
}
