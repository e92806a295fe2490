//! The loop around the core: it sends, waits and tells, and decides nothing.

use std::time::Duration;

use serde_json::Value;
use vra_snapshots::{Action, Error, Event, Goal, Ms, Now, Operation, StateMachine};
use worker::{Date, Delay, js_sys::Math};

use crate::service::Service;

/// Drives an operation to the goal; `None`: there was not enough time.
pub async fn drive(
    operation: &mut Operation<Value>,
    goal: Goal,
    patience: Ms,
    service: &Service,
) -> Option<Result<(), Error<Value>>> {
    let deadline = now().monotonic + patience;
    loop {
        // Until the goal is reached, something is under way or waited for.
        if let Some(end) = operation.answer(goal) {
            return Some(end);
        }
        match operation.poll(now()) {
            // Nothing is kept here: should this worker end before it answers, the operation is lost to its
            // caller. A Durable Object would store the state now, and be able to look what became of it.
            Action::Persist => operation.handle(Event::Persisted, now(), random()),
            Action::Send { id, call, .. } => {
                let outcome = service.send(&call).await;
                operation.handle(Event::Outcome { id, outcome }, now(), random());
            }
            // Each attempt is awaited before the next step: none is open that could be cancelled.
            Action::Cancel { .. } => {}
            Action::Wait { until } | Action::Throttled { until } => {
                let until = until.unwrap_or(deadline);
                if until >= deadline {
                    return None;
                }
                let pause = until.saturating_sub(now().monotonic);
                Delay::from(Duration::from_millis(pause)).await;
            }
            Action::Done => return operation.answer(goal),
        }
    }
}

/// A worker has one clock, which stands still between its calls and never goes back.
fn now() -> Now {
    let wall = Date::now().as_millis();
    Now { monotonic: wall, wall }
}

/// Uniform over its range.
pub fn random() -> u32 {
    (Math::random() * f64::from(u32::MAX)) as u32
}
