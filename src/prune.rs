//! The oldest snapshots of a machine, deleted one after the other.

use std::rc::Rc;

use crate::text::{concat, digits};
use crate::value::{nullable, required};
use crate::{
    Action, Call, Code, Error, Event, Exchange, FromValue, Goal, Id, Now, Operation, Payload,
    Policy, SendId, StateMachine, Unreadable, Value,
};

/// Which snapshots stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keep {
    /// So many of the newest.
    pub newest: usize,
    /// And all whose names do not begin so.
    pub name_prefix: Option<String>,
}

/// What decides of a snapshot's fate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Aged {
    id: String,
    name: Option<String>,
    /// ISO 8601, UTC: as texts they sort as they are.
    created_at: Option<String>,
}

impl FromValue for Aged {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            id: required(value, "id")?,
            name: nullable(value, "name")?,
            created_at: nullable(value, "createdAt")?,
        })
    }
}

/// A machine being pruned.
#[derive(Debug)]
pub struct Pruning<V> {
    policy: Rc<Policy>,
    machine: Id,
    keep: Keep,
    list: Exchange,
    sends: SendId,
    /// The snapshots to be deleted, the next one last.
    queue: Option<Vec<(Id, V)>>,
    current: Option<(Operation<V>, V)>,
    deleted: Vec<V>,
    error: Option<Error<V>>,
}

impl<V: Value> Pruning<V> {
    /// Deletes what is not to be kept on this machine.
    pub fn new(machine: Id, keep: Keep, policy: Rc<Policy>) -> Self {
        let list = Exchange::new(Call::list_snapshots(&machine), &policy);
        Self {
            policy,
            machine,
            keep,
            list,
            sends: 0,
            queue: None,
            current: None,
            deleted: Vec::new(),
            error: None,
        }
    }

    /// The snapshots deleted, the oldest first, once it is done.
    pub fn result(&self) -> Option<Result<Vec<V>, Error<V>>> {
        if let Some(error) = &self.error {
            return Some(Err(error.clone()));
        }
        let over = self.current.is_none() && self.queue.as_ref().is_some_and(Vec::is_empty);
        over.then(|| Ok(self.deleted.clone()))
    }

    /// Begins with the next one.
    fn next(&mut self) {
        let Some((id, snapshot)) = self.queue.as_mut().and_then(Vec::pop) else { return };
        // Its id only names it in a state, and this state is not kept.
        let mut operation =
            Operation::delete("prune".into(), self.policy.clone(), self.machine.clone(), id);
        match operation.submit() {
            Ok(()) => self.current = Some((operation, snapshot)),
            Err(invalid) => self.error = Some(invalid.into()),
        }
    }

    fn take_list(&mut self, payload: &Payload<V>) -> Result<(), Unreadable> {
        let mut aged = Vec::new();
        for item in payload.items()? {
            aged.push((item.decode::<Aged>()?, item));
        }
        self.queue = Some(doomed(aged, &self.keep)?);
        self.next();
        Ok(())
    }

    /// The deletion under way has come to something.
    fn advance(&mut self) {
        let Some((operation, _)) = &self.current else { return };
        match operation.answer(Goal::Ended) {
            None => {}
            Some(Ok(())) => {
                self.deleted.extend(self.current.take().map(|(_, snapshot)| snapshot));
                self.next();
            }
            // Somebody else has deleted it meanwhile: it is gone, and not by us.
            Some(Err(error)) if error.code == Code::NotFound => {
                self.current = None;
                self.next();
            }
            Some(Err(mut error)) => {
                let count = digits(self.deleted.len() as u64);
                error.message = concat(&[&error.message, " (after ", &count, " were deleted)"]);
                self.error = Some(error);
            }
        }
    }
}

/// What is to be deleted, the oldest last. Without a date nobody can say which is the oldest.
fn doomed<V>(mut aged: Vec<(Aged, V)>, keep: &Keep) -> Result<Vec<(Id, V)>, Unreadable> {
    if let Some(prefix) = &keep.name_prefix {
        aged.retain(|(snapshot, _)| {
            snapshot.name.as_ref().is_some_and(|name| name.starts_with(prefix))
        });
    }
    if keep.newest > 0
        && aged.len() > keep.newest
        && aged.iter().any(|(snapshot, _)| snapshot.created_at.is_none())
    {
        return Err(Unreadable);
    }
    // The newest first. By hand: what `sort` can do beyond this is a kilobyte for a browser to load.
    let mut sorted: Vec<(Aged, V)> = Vec::new();
    for (snapshot, it) in aged {
        let older = |(other, _): &(Aged, V)| other.created_at < snapshot.created_at;
        let place = sorted.iter().position(older).unwrap_or(sorted.len());
        sorted.insert(place, (snapshot, it));
    }
    let mut doomed = Vec::new();
    for (snapshot, it) in sorted.into_iter().skip(keep.newest) {
        doomed.push((Id::new("id", &snapshot.id).map_err(|_| Unreadable)?, it));
    }
    Ok(doomed)
}

impl<V: Value> StateMachine<V> for Pruning<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        if self.result().is_some() {
            return Action::Done;
        }
        match &mut self.current {
            Some((operation, _)) => operation.poll_with(now, may_send, &mut self.sends),
            None => self
                .list
                .poll(now, may_send, &mut self.sends)
                .unwrap_or(Action::Wait { until: None }),
        }
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        if let Some((operation, _)) = &mut self.current {
            operation.handle(event, now, random);
            return self.advance();
        }
        match event {
            Event::Outcome { id, outcome } if self.queue.is_none() => {
                match self.list.outcome(id, outcome, now, random) {
                    None => {}
                    Some(Err(failed)) => self.error = Some(failed.error),
                    Some(Ok(read)) if self.take_list(&read.payload).is_err() => {
                        self.error = Some(read.unexpected());
                    }
                    Some(Ok(_)) => {}
                }
            }
            Event::Nudge => self.list.nudge(),
            Event::Abandoned => self.list.abandon(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dooms_the_oldest_beyond_those_kept() {
        let aged = |list: &[(&str, &str, Option<&str>)]| -> Vec<(Aged, ())> {
            let aged = |(id, name, at): &(&str, &str, Option<&str>)| Aged {
                id: (*id).into(),
                name: Some((*name).into()),
                created_at: at.map(str::to_owned),
            };
            list.iter().map(|it| (aged(it), ())).collect()
        };
        let four: &[(&str, &str, Option<&str>)] = &[
            ("b", "nightly-2", Some("2026-01-02T00:00:00Z")),
            ("d", "nightly-4", Some("2026-01-04T00:00:00Z")),
            ("a", "by hand", Some("2026-01-01T00:00:00Z")),
            ("c", "nightly-3", Some("2026-01-03T00:00:00Z")),
        ];
        let undated: &[(&str, &str, Option<&str>)] =
            &[("a", "n", None), ("b", "n", Some("2026-01-01T00:00:00Z"))];
        // The next to go stands last.
        type Case<'a> = (
            &'a [(&'a str, &'a str, Option<&'a str>)],
            usize,
            Option<&'a str>,
            Option<&'a [&'a str]>,
        );
        let cases: &[Case] = &[
            (four, 0, None, Some(&["d", "c", "b", "a"])),
            (four, 2, None, Some(&["b", "a"])),
            (four, 4, None, Some(&[])),
            (four, 9, None, Some(&[])),
            (four, 1, Some("nightly-"), Some(&["c", "b"])),
            (four, 0, Some("none"), Some(&[])),
            (undated, 1, None, None),
            (undated, 2, None, Some(&[])),
            (undated, 0, None, Some(&["b", "a"])),
        ];
        for (list, newest, prefix, expected) in cases {
            let keep = Keep { newest: *newest, name_prefix: prefix.map(str::to_owned) };
            let doomed = doomed(aged(list), &keep).ok();
            let ids = doomed
                .as_ref()
                .map(|doomed| doomed.iter().map(|(id, ())| id.as_str()).collect::<Vec<_>>());
            assert_eq!(ids.as_deref(), *expected, "{newest} {prefix:?}");
        }
    }
}
