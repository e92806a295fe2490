//! `SnapshotClient`

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::Shell;
use super::clock::random_id;
use super::config;
use super::failure::{invalid, to_error};
use super::fields::id;
use super::iterators::MachineIterator;
use super::operation::SnapshotOperation;
use super::task::Task;
use super::value::{Js, to_js};
use super::wait::{Limits, Wait};
use crate::model::{About, Machine, RequestTracker, Snapshot};
use crate::{
    Call, Check, Checking, Id, InvalidInput, Operation, OperationState, Pages, Paging, Policy,
    Pruning, Single, body_of, id_of, list_of, no_body,
};

/// A client of one service. `js/index.d.ts` documents it as its users see it.
#[wasm_bindgen]
pub struct SnapshotClient {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl SnapshotClient {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Result<SnapshotClient, JsValue> {
        let shell = config::client(&options).map_err(invalid)?;
        Ok(Self { shell: Rc::new(shell) })
    }

    #[wasm_bindgen(js_name = createSnapshot)]
    pub fn create_snapshot(
        &self,
        machine_id: JsValue,
        specification: JsValue,
        options: JsValue,
    ) -> Promise {
        submitted(self.prepare_snapshot(machine_id, specification, options))
    }

    #[wasm_bindgen(js_name = revertSnapshot)]
    pub fn revert_snapshot(
        &self,
        machine_id: JsValue,
        snapshot_id: JsValue,
        options: JsValue,
    ) -> Promise {
        submitted(self.prepare(Operation::revert, &machine_id, &snapshot_id, &options))
    }

    #[wasm_bindgen(js_name = deleteSnapshot)]
    pub fn delete_snapshot(
        &self,
        machine_id: JsValue,
        snapshot_id: JsValue,
        options: JsValue,
    ) -> Promise {
        submitted(self.prepare(Operation::delete, &machine_id, &snapshot_id, &options))
    }

    #[wasm_bindgen(js_name = pruneSnapshots)]
    pub fn prune_snapshots(&self, machine_id: JsValue, options: JsValue) -> Promise {
        let read = || Ok((id(&machine_id, "machineId")?, config::prune(&options)?));
        let (shell, read) = (self.shell.clone(), read().map_err(invalid));
        promise(async move {
            let (machine, (keep, limits)) = read?;
            let task = Task::new(shell.clone(), Pruning::new(machine, keep, shell.policy.clone()));
            let end = Wait::new(&task, limits)?
                .until(|pruning: &mut Pruning<Js>| pruning.result())
                .await?;
            let deleted = end.map_err(|error| to_error(error, None))?;
            Ok(deleted.into_iter().map(|js| js.0).collect::<Array>().into())
        })
    }

    #[wasm_bindgen(js_name = checkMachine)]
    pub fn check_machine(
        &self,
        machine_id: JsValue,
        specification: JsValue,
        options: JsValue,
    ) -> Promise {
        let read = || {
            let specification = config::specification(&specification)?;
            Ok((id(&machine_id, "machineId")?, specification, config::call(&options)?))
        };
        let (shell, read) = (self.shell.clone(), read().map_err(invalid));
        promise(async move {
            let (machine, specification, limits) = read?;
            let task =
                Task::new(shell.clone(), Checking::new(&machine, specification, &shell.policy));
            let end = Wait::new(&task, limits)?
                .until(|check: &mut Checking<Js>| check.result().cloned())
                .await?;
            end.map(|check| to_js(&check)).map_err(|error| to_error(error, None))
        })
    }

    #[wasm_bindgen(js_name = prepareSnapshot)]
    pub fn prepare_snapshot(
        &self,
        machine_id: JsValue,
        specification: JsValue,
        options: JsValue,
    ) -> Result<SnapshotOperation, JsValue> {
        let prepare = || {
            let machine = id(&machine_id, "machineId")?;
            let specification = config::specification(&specification)?;
            let options = config::create(&options)?;
            let policy = self.shell.policy.clone();
            let operation = Operation::create(random_id(), policy, machine, specification);
            Ok((operation.keyed(options.key.clone()), options))
        };
        let (operation, options) = prepare().map_err(invalid)?;
        Ok(SnapshotOperation::new(&self.shell, operation, options))
    }

    pub fn resume(&self, state: JsValue) -> Result<SnapshotOperation, JsValue> {
        let state = OperationState::read(&Js(state))
            .map_err(|_| {
                InvalidInput("state must be what toJSON() or a checkpoint gave, unchanged".into())
            })
            .map_err(invalid)?;
        let (policy, claims) = (self.shell.policy.clone(), self.shell.claims.clone());
        let operation = Operation::resume(state, policy, claims).map_err(invalid)?;
        Ok(SnapshotOperation::new(&self.shell, operation, config::Submit::default()))
    }

    pub fn track(
        &self,
        tracker_id: JsValue,
        options: JsValue,
    ) -> Result<SnapshotOperation, JsValue> {
        let read = || Ok((id(&tracker_id, "trackerId")?, config::track(&options)?));
        let (tracker, (machine, kind)) = read().map_err(invalid)?;
        let operation =
            Operation::track(random_id(), self.shell.policy.clone(), kind, tracker, machine);
        Ok(SnapshotOperation::new(&self.shell, operation, config::Submit::default()))
    }

    #[wasm_bindgen(js_name = listSnapshots)]
    pub fn list_snapshots(&self, machine_id: JsValue, options: JsValue) -> Promise {
        let call = id(&machine_id, "machineId").map(|machine| Call::list_snapshots(&machine));
        self.single(call, list_of::<Snapshot, Js>, &options)
    }

    #[wasm_bindgen(js_name = getSnapshot)]
    pub fn get_snapshot(
        &self,
        machine_id: JsValue,
        snapshot_id: JsValue,
        options: JsValue,
    ) -> Promise {
        let read = || {
            Ok(Call::get_snapshot(&id(&machine_id, "machineId")?, &id(&snapshot_id, "snapshotId")?))
        };
        self.single(read(), body_of::<Snapshot, Js>, &options)
    }

    #[wasm_bindgen(js_name = getMachine)]
    pub fn get_machine(&self, machine_id: JsValue, options: JsValue) -> Promise {
        let call = id(&machine_id, "machineId").map(|machine| Call::get_machine(&machine));
        self.single(call, body_of::<Machine, Js>, &options)
    }

    #[wasm_bindgen(js_name = listMachines)]
    pub fn list_machines(
        &self,
        query: JsValue,
        options: JsValue,
    ) -> Result<MachineIterator, JsValue> {
        let read = || Ok((config::machine_query(&query)?, config::call(&options)?));
        let ((query, size), limits) = read().map_err(invalid)?;
        let call = Call::list_machines(&query);
        let pages =
            Pages::new(call, Paging::Sized(size), id_of::<Machine, Js>, self.shell.policy.clone());
        Ok(MachineIterator::new(Task::new(self.shell.clone(), pages), limits))
    }

    #[wasm_bindgen(js_name = getRequestTracker)]
    pub fn get_request_tracker(&self, tracker_id: JsValue, options: JsValue) -> Promise {
        let call = id(&tracker_id, "id").map(|tracker: Id| Call::get_tracker(&tracker));
        self.single(call, body_of::<RequestTracker, Js>, &options)
    }

    #[wasm_bindgen(js_name = listRequestTrackers)]
    pub fn list_request_trackers(&self, options: JsValue) -> Promise {
        let limits = config::call(&options).map_err(invalid);
        let check = id_of::<RequestTracker, Js>;
        let pages =
            Pages::new(Call::list_trackers(), Paging::Bare, check, self.shell.policy.clone());
        let task = Task::new(self.shell.clone(), pages);
        promise(async move {
            let all = Wait::new(&task, limits?)?.until(Pages::all).await?;
            let trackers = all.map_err(|error| to_error(error, None))?;
            Ok(trackers.into_iter().map(|js| js.0).collect::<Array>().into())
        })
    }

    #[wasm_bindgen(js_name = deleteRequestTracker)]
    pub fn delete_request_tracker(&self, tracker_id: JsValue, options: JsValue) -> Promise {
        let call = id(&tracker_id, "id").map(|tracker| Call::delete_tracker(&tracker));
        self.single(call, no_body, &options)
    }

    pub fn about(&self, options: JsValue) -> Promise {
        self.single(Ok(Call::about()), body_of::<About, Js>, &options)
    }
}

/// How an operation on a snapshot is made.
type Make = fn(String, Rc<Policy>, Id, Id) -> Operation<Js>;

/// Submits it, and gives it.
fn submitted(operation: Result<SnapshotOperation, JsValue>) -> Promise {
    promise(async move {
        let operation = operation?;
        operation.submitted(None)?.await?;
        Ok(operation.into())
    })
}

impl SnapshotClient {
    fn prepare(
        &self,
        make: Make,
        machine_id: &JsValue,
        snapshot_id: &JsValue,
        options: &JsValue,
    ) -> Result<SnapshotOperation, JsValue> {
        let read = || {
            let (machine, snapshot) =
                (id(machine_id, "machineId")?, id(snapshot_id, "snapshotId")?);
            let options = config::submit(options)?;
            Ok((make(random_id(), self.shell.policy.clone(), machine, snapshot), options))
        };
        let (operation, options) = read().map_err(invalid)?;
        Ok(SnapshotOperation::new(&self.shell, operation, options))
    }

    fn single(
        &self,
        call: Result<Call, InvalidInput>,
        check: Check<Js>,
        options: &JsValue,
    ) -> Promise {
        let task = call.and_then(|call| {
            let limits = config::call(options)?;
            let single = Single::new(call, check, &self.shell.policy);
            Ok((Task::new(self.shell.clone(), single), limits))
        });
        promise(async move {
            let (task, limits): (_, Limits) = task.map_err(invalid)?;
            let result = Wait::new(&task, limits)?
                .until(|single: &mut Single<Js>| single.result().cloned())
                .await?;
            match result {
                Ok(body) => Ok(body.map_or(JsValue::UNDEFINED, |js| js.0)),
                Err(error) => Err(to_error(error, None)),
            }
        })
    }
}

/// Runs it, and settles with what it gives; boxed, so that one copy of the executor's code serves all.
pub(super) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    future_to_promise(Box::pin(future) as Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>)
}
