//! The options of a fleet, and its machines.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::config;
use super::fields::{
    ANY, FUNCTION, Field, Kind, MILLIS, Read, SIGNAL, TEXT, given, id, is_whole, read, whole,
};
use super::value::listed;
use crate::fleet::options::{FleetMachine, FleetOptions, Order, failure_limit};
use crate::util::clock::Ms;
use crate::util::text::{concat, digits};

/// `FleetOptions`
pub(crate) struct Fleeting {
    pub(crate) options: FleetOptions,
    /// How long one operation is expected to take.
    pub(crate) expected: Ms,
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) checkpoint: Option<Function>,
}

pub(crate) fn options(value: &JsValue, size: usize) -> Read<Fleeting> {
    static FLEET: [Field; 8] = [
        ("concurrency", AT_ONCE),
        ("submitsPerSecond", RATE),
        ("idempotencyKey", TEXT),
        ("stopAfterFailures", FAILURES),
        ("order", ORDER),
        ("expectedMs", MILLIS),
        ("checkpoint", FUNCTION),
        ("signal", SIGNAL),
    ];
    const AT_ONCE: Kind =
        Kind { right: "a whole number from 1 to 1000", fits: |value| is_whole(value, 1, 1000) };
    const RATE: Kind = Kind {
        right: "a number from 0.001 to 1000",
        fits: |value| value.as_f64().is_some_and(|rate| (0.001..=1000.0).contains(&rate)),
    };
    const FAILURES: Kind = Kind {
        right: "a whole number of machines from 1, or a share of them between 0 and 1",
        fits: |value| {
            is_whole(value, 1, u32::MAX)
                || value.as_f64().is_some_and(|share| share > 0.0 && share < 1.0)
        },
    };
    const ORDER: Kind = Kind {
        right: "\"given\" or \"largestDeploymentFirst\"",
        fits: |value| order_of(value).is_some(),
    };
    let [concurrency, rate, key, failures, order, expected, checkpoint, signal] =
        &read(value, "options", &FLEET)?;
    let defaults = FleetOptions::default();
    let options = FleetOptions {
        concurrency: whole(concurrency, defaults.concurrency.into()) as u32,
        submit_interval_us: rate.as_f64().map_or(0, |rate| (1_000_000.0 / rate) as u64),
        key_prefix: key.as_string(),
        stop_after_failures: failures.as_f64().map(|limit| failure_limit(limit, size)),
        order: order_of(order).unwrap_or(defaults.order),
    };
    let expected = whole(expected, 60_000);
    Ok(Fleeting { options, expected, signal: given(signal), checkpoint: given(checkpoint) })
}

fn order_of(value: &JsValue) -> Option<Order> {
    Order::from_name(&value.as_string()?)
}

/// The machines of a fleet: ids, or objects with more.
pub(crate) fn machines(value: &JsValue) -> Read<Vec<FleetMachine>> {
    static MACHINE: [Field; 4] =
        [("id", TEXT), ("name", TEXT), ("deploymentId", TEXT), ("specification", ANY)];
    const ITERABLE: Kind = Kind { right: "an array or another iterable of machines", ..ANY };
    let Some(items) = listed(value) else {
        return Err(ITERABLE.refuse("machines", value));
    };
    let mut machines = Vec::new();
    for place in 0..items.length() {
        let item = items.get(place);
        let path = concat(&["machines[", &digits(machines.len() as u64), "]"]);
        if item.is_string() {
            machines.push(FleetMachine::new(id(&item, &path)?));
            continue;
        }
        if item.is_undefined() {
            return Err(TEXT.refuse(&path, &item));
        }
        let [machine, name, deployment, specification] = &read(&item, &path, &MACHINE)?;
        machines.push(FleetMachine {
            id: id(machine, &concat(&[&path, ".id"]))?,
            name: name.as_string(),
            deployment: deployment.as_string(),
            specification: match specification.is_undefined() {
                true => None,
                false => Some(Box::new(config::specification(specification)?)),
            },
        });
    }
    Ok(machines)
}
