//! `SnapshotFleet`

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::clock::read_clocks;
use super::config::Waiting;
use super::driver::task::{Driven, Task};
use super::events::tell;
use super::failure::{invalid, refused, to_error};
use super::fields::{Read, whole};
use super::iterators::Reader;
use super::value::{Js, set, to_js, word};
use super::wait::{Limits, deadline};
use super::{Shell, config};
use crate::engine::contract::SendId;
use crate::error::InvalidInput;
use crate::fleet::Fleet;
use crate::fleet::entry::{FleetEntry, MachineStatus};
use crate::fleet::view::FleetGoal;

/// The task of a fleet, as its waits and readers share it.
pub(crate) type FleetTask = Task<Fleet<Js>>;

impl Driven for Fleet<Js> {
    fn pulled(&mut self) {
        self.pull();
    }

    fn unsaved(&self) -> Option<JsValue> {
        Some(to_js(&self.changes_since(self.kept())))
    }

    fn id(&self) -> Option<&str> {
        Some(Fleet::id(self))
    }

    fn polled(&self, id: SendId) -> Option<String> {
        Fleet::polled(self, id).map(str::to_owned)
    }
}

/// The snapshots of many machines. `js/fleet.d.ts` documents it as its users see it.
#[wasm_bindgen]
pub struct SnapshotFleet {
    task: FleetTask,
}

impl SnapshotFleet {
    pub(crate) fn new(
        shell: &Rc<Shell>,
        fleet: Fleet<Js>,
        signal: Option<AbortSignal>,
        checkpoint: Option<Function>,
    ) -> Result<Self, JsValue> {
        let task = Task::new(shell.clone(), fleet.sharing(shell.claims.clone()));
        task.claim()?;
        *task.driver.checkpoint.borrow_mut() = checkpoint;
        task.driver.detach(signal);
        Ok(Self { task })
    }

    /// Changes what the fleet is to do, and goes on with it if it has begun: the change is to be kept, and told.
    fn change(&self, change: impl FnOnce(&mut Fleet<Js>) -> Read<()>) -> Result<(), JsValue> {
        let driver = &self.task.driver;
        let changed = || {
            driver.lost()?;
            change(&mut self.task.machine.borrow_mut())
        };
        changed().map_err(invalid)?;
        driver.go_on_if_begun();
        Ok(())
    }

    fn peek<T>(&self, look: impl FnOnce(&Fleet<Js>) -> T) -> T {
        look(&self.task.machine.borrow())
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl SnapshotFleet {
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> JsValue {
        self.peek(|fleet| fleet.id().into())
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> u32 {
        self.peek(Fleet::size)
    }

    #[wasm_bindgen(getter)]
    pub fn counts(&self) -> JsValue {
        self.peek(counts)
    }

    #[wasm_bindgen(getter)]
    pub fn progress(&self) -> u8 {
        self.peek(Fleet::progress)
    }

    #[wasm_bindgen(getter, js_name = etaMs)]
    pub fn eta_ms(&self) -> Option<f64> {
        self.peek(|fleet| fleet.eta(read_clocks()).map(|eta| eta as f64))
    }

    #[wasm_bindgen(getter)]
    pub fn paused(&self) -> bool {
        self.peek(Fleet::is_paused)
    }

    #[wasm_bindgen(getter)]
    pub fn revision(&self) -> u32 {
        self.peek(Fleet::revision)
    }

    pub fn entries(&self) -> Array {
        self.peek(|fleet| fleet.entries().map(entry).collect())
    }

    pub fn entry(&self, machine_id: JsValue) -> JsValue {
        let Some(machine) = machine_id.as_string() else { return JsValue::UNDEFINED };
        self.peek(|fleet| fleet.entry(&machine).map_or(JsValue::UNDEFINED, entry))
    }

    pub fn pause(&self) -> Result<(), JsValue> {
        self.change(|fleet| {
            fleet.pause();
            Ok(())
        })
    }

    pub fn unpause(&self) -> Result<(), JsValue> {
        self.change(|fleet| {
            fleet.unpause();
            Ok(())
        })
    }

    pub fn retry(&self, machine_id: JsValue) -> Result<(), JsValue> {
        let machine = super::fields::id(&machine_id, "machineId").map_err(invalid)?;
        self.change(|fleet| fleet.retry(machine.as_str()))
    }

    pub fn result(&self, options: JsValue) -> Promise {
        let options = match config::wait(&options, config::A_DAY) {
            Ok(options) => options,
            Err(error) => return refused(error),
        };
        let limits = Limits { signal: options.signal, deadline: deadline(options.timeout_ms) };
        let task = self.task.clone();
        let mut seen = self.peek(Fleet::revision);
        let ready = move || {
            let fleet = task.machine.borrow();
            let end = fleet.answer(FleetGoal::Ended);
            let told = match &options.on_progress {
                Some(callback) if fleet.revision() != seen => {
                    Some((callback, update(&fleet, seen)))
                }
                _ => None,
            };
            seen = fleet.revision();
            drop(fleet);
            if let Some((callback, update)) = told {
                tell(callback, &update);
            }
            Some(end?.map(|()| report(&task.machine.borrow())).map_err(|it| to_error(it, None)))
        };
        self.task.driver.wait(limits, Box::new(ready))
    }

    pub fn watch(&self, options: JsValue) -> Result<Reader, JsValue> {
        let options = config::wait(&options, config::A_DAY).map_err(invalid)?;
        Ok(updates_of(self.task.clone(), options))
    }

    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]")]
    pub fn async_iterator(&self) -> Result<Reader, JsValue> {
        self.watch(JsValue::UNDEFINED)
    }

    #[wasm_bindgen(js_name = changesSince)]
    pub fn changes_since(&self, revision: JsValue) -> Result<JsValue, JsValue> {
        if !super::fields::is_whole(&revision, 0, u32::MAX) {
            let message = "revision must be a number that `revision` gave";
            return Err(invalid(InvalidInput(message.into())));
        }
        Ok(self.peek(|fleet| to_js(&fleet.changes_since(whole(&revision, 0) as u32))))
    }

    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        self.peek(|fleet| to_js(&fleet.state()))
    }
}

/// `Record<MachineStatus, number>`
fn counts(fleet: &Fleet<Js>) -> JsValue {
    let counts = Object::new();
    for status in MachineStatus::ALL {
        set(&counts, status.as_str(), fleet.count(status));
    }
    counts.into()
}

/// `FleetEntry`
fn entry(entry: FleetEntry<'_, Js>) -> JsValue {
    let object = Object::new();
    set(&object, "machineId", entry.machine_id());
    set(&object, "status", word(entry.status().as_str()));
    let some = |name, value: Option<JsValue>| {
        if let Some(value) = value {
            set(&object, name, value);
        }
    };
    some("name", entry.name().map(JsValue::from));
    some("progress", entry.progress().map(JsValue::from));
    some("tracker", entry.tracker().map(|js| js.0.clone()));
    some("snapshot", entry.snapshot().map(|js| js.0.clone()));
    some("error", entry.error().map(|error| to_error(error.clone(), None)));
    some("reason", entry.reason().map(word));
    object.into()
}

/// `FleetUpdate`
pub(crate) fn update(fleet: &Fleet<Js>, since: u32) -> JsValue {
    let object = Object::new();
    set(&object, "revision", fleet.revision());
    set(&object, "counts", counts(fleet));
    set(&object, "progress", fleet.progress());
    if let Some(eta) = fleet.eta(read_clocks()) {
        set(&object, "etaMs", eta as f64);
    }
    set(&object, "changed", fleet.changed_since(since).map(entry).collect::<Array>());
    object.into()
}

/// `FleetReport`
fn report(fleet: &Fleet<Js>) -> JsValue {
    let object = Object::new();
    set(&object, "id", fleet.id());
    set(&object, "size", fleet.size());
    set(&object, "counts", counts(fleet));
    set(&object, "entries", fleet.entries().map(entry).collect::<Array>());
    object.into()
}

/// What a fleet has come to, as it changes: a slow reader gets it all at once.
fn updates_of(task: FleetTask, options: Waiting) -> Reader {
    let limits = Limits { signal: options.signal, deadline: None };
    let (machine, driver) = (task.machine, task.driver);
    let given = Cell::new(0);
    let next = move || {
        let fleet = machine.borrow();
        if let Err(error) = fleet.answer(FleetGoal::Changed(given.get()))? {
            return Some(Err(to_error(error, None)));
        }
        let revision = fleet.revision();
        let before = given.replace(revision);
        let update = (revision != before).then(|| update(&fleet, before));
        drop(fleet);
        if let (Some(update), Some(callback)) = (&update, &options.on_progress) {
            tell(callback, update);
        }
        Some(Ok(update))
    };
    Reader::new(driver, limits, Some(options.timeout_ms), Box::new(next))
}
