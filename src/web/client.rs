//! `SnapshotClient`

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::clock::{random_id, read_clocks};
use super::config::Submit;
use super::driver::task::{Driven, Task};
use super::failure::{invalid, refused, to_error};
use super::fields::id;
use super::fleet::SnapshotFleet;
use super::fleet_config::Fleeting;
use super::iterators::Reader;
use super::operation::SnapshotOperation;
use super::value::{Js, to_js};
use super::wait::Limits;
use super::{Shell, config, fleet_config};
use crate::engine::pages::{Pages, Paging, id_of};
use crate::engine::policy::Policy;
use crate::engine::single::{Check, Single, body_of, list_of, no_body};
use crate::error::{Error, InvalidInput};
use crate::fleet::Fleet;
use crate::fleet::plan::Planning;
use crate::inspect::check::Checking;
use crate::inspect::prune::Pruning;
use crate::operation::Operation;
use crate::protocol::call::{Call, Id};
use crate::protocol::model::{About, Machine, RequestTracker, Snapshot};

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
        let read = || {
            let machine = id(&machine_id, "machineId")?;
            let (keep, limits) = config::prune(&options)?;
            Ok((Pruning::new(machine, keep, self.shell.policy.clone()), limits))
        };
        self.run(read(), |pruning| Some(pruning.result()?.map(array)))
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
            let machine = id(&machine_id, "machineId")?;
            let limits = config::call(&options)?;
            Ok((Checking::new(&machine, specification, &self.shell.policy), limits))
        };
        self.run(read(), |check| Some(check.result()?.as_ref().map(to_js).map_err(Error::clone)))
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
        SnapshotOperation::new(&self.shell, operation, options)
    }

    pub fn resume(&self, state: JsValue) -> Result<SnapshotOperation, JsValue> {
        let (policy, claims) = (self.shell.policy.clone(), self.shell.claims.clone());
        let operation = Operation::resume(&Js(state), policy, claims).map_err(invalid)?;
        SnapshotOperation::new(&self.shell, operation, Submit::default())
    }

    #[wasm_bindgen(js_name = createSnapshots)]
    pub fn create_snapshots(
        &self,
        machines: JsValue,
        specification: JsValue,
        options: JsValue,
    ) -> Result<SnapshotFleet, JsValue> {
        let read = || {
            let machines = fleet_config::machines(&machines)?;
            let specification = config::specification(&specification)?;
            let config = fleet_config::options(&options, machines.len())?;
            let (policy, now) = (self.shell.policy.clone(), read_clocks());
            let options = config.options.clone();
            let fleet = Fleet::new(random_id(), policy, machines, specification, options, now)?;
            Ok((fleet, config))
        };
        let (fleet, config) = read().map_err(invalid)?;
        SnapshotFleet::new(&self.shell, fleet, config.signal, config.checkpoint)
    }

    #[wasm_bindgen(js_name = planFleet)]
    pub fn plan_fleet(
        &self,
        machines: JsValue,
        specification: JsValue,
        options: JsValue,
    ) -> Promise {
        let read = || {
            let machines = fleet_config::machines(&machines)?;
            let specification = config::specification(&specification)?;
            let Fleeting { options, expected, signal, .. } =
                fleet_config::options(&options, machines.len())?;
            let policy = self.shell.policy.clone();
            let planning = Planning::new(machines, specification, &options, expected, policy)?;
            Ok((planning, Limits { signal, deadline: None }))
        };
        self.run(read(), |plan| Some(plan.result()?.as_ref().map(to_js).map_err(Error::clone)))
    }

    #[wasm_bindgen(js_name = resumeFleet)]
    pub fn resume_fleet(&self, state: JsValue, options: JsValue) -> Result<SnapshotFleet, JsValue> {
        let read = || {
            let (policy, claims) = (self.shell.policy.clone(), self.shell.claims.clone());
            let options = config::submit(&options)?;
            Ok((Fleet::resume(&Js(state), policy, claims)?, options))
        };
        let (fleet, options) = read().map_err(invalid)?;
        SnapshotFleet::new(&self.shell, fleet, options.signal, options.checkpoint)
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
        SnapshotOperation::new(&self.shell, operation, Submit::default())
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
    pub fn list_machines(&self, query: JsValue, options: JsValue) -> Result<Reader, JsValue> {
        let read = || Ok((config::machine_query(&query)?, config::call(&options)?));
        let ((query, size), limits) = read().map_err(invalid)?;
        let call = Call::list_machines(&query);
        let pages =
            Pages::new(call, Paging::Sized(size), id_of::<Machine, Js>, self.shell.policy.clone())
                .ordered_by(query.order_by);
        Ok(items_of(Task::new(self.shell.clone(), pages), limits))
    }

    #[wasm_bindgen(js_name = getRequestTracker)]
    pub fn get_request_tracker(&self, tracker_id: JsValue, options: JsValue) -> Promise {
        let call = id(&tracker_id, "id").map(|tracker: Id| Call::get_tracker(&tracker));
        self.single(call, body_of::<RequestTracker, Js>, &options)
    }

    #[wasm_bindgen(js_name = listRequestTrackers)]
    pub fn list_request_trackers(&self, options: JsValue) -> Promise {
        let read = || {
            let (limits, policy) = (config::call(&options)?, self.shell.policy.clone());
            let check = id_of::<RequestTracker, Js>;
            Ok((Pages::new(Call::list_trackers(), Paging::Bare, check, policy), limits))
        };
        self.run(read(), |pages| Some(pages.all()?.map(array)))
    }

    #[wasm_bindgen(js_name = deleteRequestTracker)]
    pub fn delete_request_tracker(&self, tracker_id: JsValue, options: JsValue) -> Promise {
        let call = id(&tracker_id, "id").map(|tracker| Call::delete_tracker(&tracker));
        self.single(call, no_body, &options)
    }

    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(&self, stale: JsValue, options: JsValue) -> Promise {
        match config::stale(&stale, &options) {
            Ok((stale, limits)) => self.shell.access_token(stale, limits),
            Err(error) => refused(error),
        }
    }

    pub fn about(&self, options: JsValue) -> Promise {
        self.single(Ok(Call::about()), body_of::<About, Js>, &options)
    }
}

/// The result of a machine, once it is there.
type End<M> = fn(&mut M) -> Option<Result<JsValue, Error<Js>>>;

/// How an operation on a snapshot is made.
type Make = fn(String, Rc<Policy>, Id, Id) -> Operation<Js>;

/// Submits it, and gives it.
fn submitted(operation: Result<SnapshotOperation, JsValue>) -> Promise {
    match operation {
        Ok(operation) => {
            let accepted = operation.clone();
            operation.submitted(Submit::default(), move || accepted.into())
        }
        Err(error) => Promise::reject(&error),
    }
}

fn array(items: Vec<Js>) -> JsValue {
    items.into_iter().map(|js| js.0).collect::<Array>().into()
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
        SnapshotOperation::new(&self.shell, operation, options)
    }

    fn single(
        &self,
        call: Result<Call, InvalidInput>,
        check: Check<Js>,
        options: &JsValue,
    ) -> Promise {
        let single = call.and_then(|call| {
            let limits = config::call(options)?;
            Ok((Single::new(call, check, &self.shell.policy), limits))
        });
        self.run(single, |single| {
            let result = single.result()?.clone();
            Some(result.map(|body| body.map_or(JsValue::UNDEFINED, |js| js.0)))
        })
    }

    /// Drives a machine to its result.
    fn run<M: Driven>(&self, read: Result<(M, Limits), InvalidInput>, result: End<M>) -> Promise {
        let (machine, limits) = match read {
            Ok(read) => read,
            Err(error) => return refused(error),
        };
        let task = Task::new(self.shell.clone(), machine);
        let machine = task.machine;
        let ready = move || {
            let result = result(&mut machine.borrow_mut())?;
            Some(result.map_err(|error| to_error(error, None)))
        };
        task.driver.wait(limits, Box::new(ready))
    }
}

/// The items of a list, a page at a time.
fn items_of(task: Task<Pages<Js>>, limits: Limits) -> Reader {
    let (machine, driver) = (task.machine, task.driver);
    let next = move || {
        let item = machine.borrow_mut().take_next()?;
        Some(item.map(|item| item.map(|js| js.0)).map_err(|error| to_error(error, None)))
    };
    Reader::new(driver, limits, None, Box::new(next))
}
