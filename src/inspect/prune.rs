//! The oldest snapshots of a machine, deleted one after the other.

use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::exchange::Exchange;
use crate::engine::outcome::Payload;
use crate::engine::policy::Policy;
use crate::error::{Code, Error};
use crate::operation::Operation;
use crate::operation::view::Goal;
use crate::protocol::call::{Call, Id};
use crate::protocol::stored_name::may_begin_with;
use crate::util::clock::Now;
use crate::util::text::{concat, digits};
use crate::util::value::{FromValue, Unreadable, Value, nullable, required};

/// Which snapshots stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keep {
    /// So many of the newest.
    pub newest: usize,
    /// And all whose names do not begin so, as vCenter stores names.
    pub name_prefix: Option<String>,
}

/// What decides of a snapshot's fate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Aged {
    id: String,
    name: Option<String>,
    /// The readable part of `createdAt`: see [`instant`].
    created_at: Option<String>,
}

impl FromValue for Aged {
    fn from_value<V: Value>(value: &V) -> Result<Self, Unreadable> {
        Ok(Self {
            id: required(value, "id")?,
            name: nullable(value, "name")?,
            created_at: value.field("createdAt").and_then(|at| instant(&at.text()?)),
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
        match to_delete(aged, &self.keep) {
            Ok(snapshots) => {
                let mut queue = Vec::new();
                for (snapshot, item) in snapshots {
                    queue.push((Id::new("id", &snapshot.id).map_err(|_| Unreadable)?, item));
                }
                self.queue = Some(queue);
                self.next();
            }
            Err(candidates) => self.error = Some(self.ambiguous(candidates)),
        }
        Ok(())
    }

    /// Deleting is final, so nothing is guessed.
    fn ambiguous(&self, candidates: Vec<V>) -> Error<V> {
        let message = concat(&[
            "By `createdAt` it cannot be told which snapshots of machine ",
            self.machine.as_str(),
            " are the ",
            &digits(self.keep.newest as u64),
            " newest: dates are equal, only as precise as a day, missing or unreadable. Nothing was deleted; \
             delete by id, or keep another number",
        ]);
        let mut error = Error::new(Code::AmbiguousResult, message);
        error.candidates = candidates;
        error
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

/// What is to be deleted, the oldest last; or, where the dates do not tell, the snapshots that cannot be ordered.
fn to_delete<V>(mut aged: Vec<(Aged, V)>, keep: &Keep) -> Result<Vec<(Aged, V)>, Vec<V>> {
    if let Some(prefix) = &keep.name_prefix {
        aged.retain(|(snapshot, _)| {
            snapshot.name.as_ref().is_some_and(|name| may_begin_with(name, prefix))
        });
    }
    // The newest first. By hand: what `sort` can do beyond this is a kilobyte for a browser to load.
    let mut sorted: Vec<(Aged, V)> = Vec::new();
    for (snapshot, it) in aged {
        let older = |(other, _): &(Aged, V)| other.created_at < snapshot.created_at;
        let place = sorted.iter().position(older).unwrap_or(sorted.len());
        sorted.insert(place, (snapshot, it));
    }
    let older = sorted.split_off(keep.newest.min(sorted.len()));
    let are_ordered = |(newer, _): &(Aged, V), (older, _): &(Aged, V)| is_before(older, newer);
    let is_unclear = |one: &(Aged, V)| !older.iter().all(|other| are_ordered(one, other));
    if !sorted.iter().any(is_unclear) {
        return Ok(older);
    }
    let is_too = |one: &(Aged, V)| !sorted.iter().all(|other| are_ordered(other, one));
    let unclear: Vec<bool> =
        sorted.iter().map(is_unclear).chain(older.iter().map(is_too)).collect();
    let all = sorted.into_iter().chain(older).zip(unclear);
    Err(all.filter(|(_, is_unclear)| *is_unclear).map(|((_, it), _)| it).collect())
}

/// Whether one snapshot is certainly older than the other. A date stands for all instants that it is the beginning of:
/// `2012-09-27` is neither before nor after `2012-09-27T10:00:00`.
fn is_before(one: &Aged, other: &Aged) -> bool {
    match (&one.created_at, &other.created_at) {
        (Some(one), Some(other)) => one < other && !other.starts_with(one.as_str()),
        _ => false,
    }
}

/// The part of an ISO 8601 date in UTC before its zone. These texts sort by time; another zone is not read.
fn instant(text: &str) -> Option<String> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00.";
    let date = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
    let has_shape = date.bytes().enumerate().all(|(place, byte)| match SHAPE.get(place) {
        None | Some(b'0') => byte.is_ascii_digit(),
        Some(mark) => byte == *mark,
    });
    // A day, a minute, a second, or a part of a second.
    (has_shape && (matches!(date.len(), 10 | 16 | 19) || date.len() > SHAPE.len()))
        .then(|| date.to_owned())
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
    fn deletes_the_oldest_beyond_those_kept() {
        let aged = |list: &[(&str, &str, &str)]| -> Vec<(Aged, String)> {
            let aged = |(id, name, at): &(&str, &str, &str)| Aged {
                id: (*id).into(),
                name: Some((*name).into()),
                created_at: instant(at),
            };
            list.iter().map(|it| (aged(it), it.0.to_owned())).collect()
        };
        let four: &[(&str, &str, &str)] = &[
            ("b", "nightly-2", "2026-01-02T00:00:00Z"),
            ("d", "nightly-4", "2026-01-04T00:00:00Z"),
            ("a", "by hand", "2026-01-01T00:00:00Z"),
            ("c", "nightly-3", "2026-01-03T00:00:00Z"),
        ];
        // The next to go stands last.
        let cases: &[(usize, Option<&str>, &[&str])] = &[
            (0, None, &["d", "c", "b", "a"]),
            (2, None, &["b", "a"]),
            (4, None, &[]),
            (9, None, &[]),
            (1, Some("nightly-"), &["c", "b"]),
            (0, Some("none"), &[]),
        ];
        for (newest, prefix, expected) in cases {
            let keep = Keep { newest: *newest, name_prefix: prefix.map(str::to_owned) };
            let deleted = to_delete(aged(four), &keep).unwrap();
            let ids: Vec<&str> = deleted.iter().map(|(_, id)| id.as_str()).collect();
            assert_eq!(ids, *expected, "{newest} {prefix:?}");
        }
    }

    #[test]
    fn reads_dates_in_utc_of_every_precision() {
        let cases = [
            ("2012-09-27", Some("2012-09-27")),
            ("2012-09-27T10:00Z", Some("2012-09-27T10:00")),
            ("2012-09-27T10:00:00", Some("2012-09-27T10:00:00")),
            ("2012-09-27T10:00:00Z", Some("2012-09-27T10:00:00")),
            ("2012-09-27T10:00:00+00:00", Some("2012-09-27T10:00:00")),
            ("2012-09-27T10:00:00.123456789Z", Some("2012-09-27T10:00:00.123456789")),
            ("2012-09-27T10:00:00.Z", None),
            ("2012-09-27T10:00:00+02:00", None),
            ("2012-09", None),
            ("27.09.2012", None),
            ("Thu, 27 Sep 2012 10:00:00 GMT", None),
            ("1348740000000", None),
            ("", None),
            ("2012-09-2é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text).as_deref(), expected, "{text:?}");
        }
    }
}
