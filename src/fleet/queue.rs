//! Who comes next: the order of the machines, and one at a time of each deployment.

use super::entry::{Entry, NONE};
use super::options::Order;
use crate::util::value::Value;

/// Those that wait to be begun.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Begun already, by an earlier process: they go on whatever else is to wait.
    begun: Vec<u32>,
    /// The next one last.
    rest: Vec<u32>,
    /// After the rest, in order.
    later: Vec<u32>,
    pub(super) deployments: Vec<Deployment>,
}

/// Machines of which one at a time is snapshot.
#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) name: String,
    /// So many of its machines are under way, or may be: more than one only where an older state was taken up.
    busy: u32,
    /// Those that wait for it: the first, the last, and each knows the next.
    first: u32,
    last: u32,
    size: u32,
}

impl Deployment {
    pub(super) fn new(name: String) -> Self {
        Self { name, busy: 0, first: NONE, last: NONE, size: 0 }
    }
}

impl Queue {
    /// Puts all that are queued into their order.
    pub(super) fn fill<V>(&mut self, entries: &[Entry<V>], order: Order, queued: &[u32]) {
        let of = |place: u32| entries.get(place as usize).map_or(NONE, |entry| entry.deployment);
        for place in queued {
            if let Some(deployment) = self.deployments.get_mut(of(*place) as usize) {
                deployment.size += 1;
            }
        }
        let size = |place: u32| match order {
            Order::Given => 0,
            Order::LargestDeploymentFirst => {
                self.deployments.get(of(place) as usize).map_or(1, |it| it.size)
            }
        };
        self.rest = by_size(queued, &size);
        self.rest.reverse();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.rest.is_empty() && self.later.is_empty()
    }

    pub(super) fn push_begun(&mut self, place: u32) {
        self.begun.push(place);
    }

    pub(super) fn push_front(&mut self, place: u32) {
        self.rest.push(place);
    }

    pub(super) fn push_back(&mut self, place: u32) {
        self.later.push(place);
    }

    pub(super) fn pop_begun(&mut self) -> Option<u32> {
        self.begun.pop()
    }

    /// The next one whose deployment is free; those before it wait for theirs from now on.
    pub(super) fn pop<V: Value>(&mut self, entries: &mut [Entry<V>]) -> Option<u32> {
        loop {
            if self.rest.is_empty() {
                std::mem::swap(&mut self.rest, &mut self.later);
                self.rest.reverse();
            }
            let place = self.rest.pop()?;
            let entry = entries.get(place as usize)?;
            let (number, waits) = (entry.deployment, !entry.holds && !entry.only_looks());
            match self.deployments.get_mut(number as usize) {
                // One that may still be under way holds its deployment itself, and waits for nobody.
                Some(deployment) if deployment.busy > 0 && waits => {
                    match entries.get_mut(deployment.last as usize) {
                        Some(last) => last.next_waiting = place,
                        None => deployment.first = place,
                    }
                    deployment.last = place;
                }
                _ => return Some(place),
            }
        }
    }

    /// The deployment of this machine is taken by it.
    pub(super) fn occupy<V>(&mut self, entry: &mut Entry<V>) {
        if let Some(deployment) = self.deployments.get_mut(entry.deployment as usize)
            && !std::mem::replace(&mut entry.holds, true)
        {
            deployment.busy += 1;
        }
    }

    /// This machine does not need its deployment any more: if none does, whoever waits for it longest is next.
    pub(super) fn free<V>(&mut self, place: u32, entries: &mut [Entry<V>]) {
        let Some(entry) = entries.get_mut(place as usize) else { return };
        if !std::mem::take(&mut entry.holds) {
            return;
        }
        let Some(deployment) = self.deployments.get_mut(entry.deployment as usize) else { return };
        deployment.busy -= 1;
        if deployment.busy > 0 {
            return;
        }
        let place = deployment.first;
        if let Some(next) = entries.get_mut(place as usize) {
            deployment.first = std::mem::replace(&mut next.next_waiting, NONE);
            if deployment.first == NONE {
                deployment.last = NONE;
            }
            self.rest.push(place);
        }
    }

    /// Nobody waits any more.
    pub(super) fn clear<V>(&mut self, entries: &mut [Entry<V>]) {
        self.rest.clear();
        self.later.clear();
        for deployment in &mut self.deployments {
            deployment.first = NONE;
            deployment.last = NONE;
        }
        for entry in entries {
            entry.next_waiting = NONE;
        }
    }
}

/// The largest first, and else as they were. By counting: what `sort` can do beyond this is a kilobyte for a browser to
/// load.
fn by_size(places: &[u32], size: &dyn Fn(u32) -> u32) -> Vec<u32> {
    let largest = places.iter().map(|place| size(*place)).max().unwrap_or(0);
    let mut starts = vec![0u32; largest as usize + 1];
    for place in places {
        if let Some(count) = starts.get_mut(size(*place) as usize) {
            *count += 1;
        }
    }
    // Where those of each size begin: behind all that are larger.
    let mut larger = 0;
    for count in starts.iter_mut().rev() {
        larger += std::mem::replace(count, larger);
    }
    let mut sorted = vec![0; places.len()];
    for place in places {
        if let Some(start) = starts.get_mut(size(*place) as usize) {
            if let Some(it) = sorted.get_mut(*start as usize) {
                *it = *place;
            }
            *start += 1;
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::call::Id;

    fn entries(deployments: &[u32]) -> Vec<Entry<serde_json::Value>> {
        let entry = |deployment: &u32| {
            let mut entry = Entry::new(Id::new("id", "m").unwrap());
            entry.deployment = *deployment;
            entry
        };
        deployments.iter().map(entry).collect()
    }

    fn queue(
        deployments: &[u32],
        order: Order,
        count: u32,
    ) -> (Queue, Vec<Entry<serde_json::Value>>) {
        let entries = entries(deployments);
        let mut queue = Queue::default();
        for number in 0..count {
            queue.deployments.push(Deployment::new(number.to_string()));
        }
        let all: Vec<u32> = (0..entries.len() as u32).collect();
        queue.fill(&entries, order, &all);
        (queue, entries)
    }

    #[test]
    fn the_order_is_the_one_asked_for() {
        let (a, b) = (0, 1);
        let cases: [(&[u32], Order, &[u32]); 4] = [
            (&[NONE, a, b, b, NONE], Order::Given, &[0, 1, 2, 3, 4]),
            (&[NONE, a, b, b, NONE], Order::LargestDeploymentFirst, &[2, 3, 0, 1, 4]),
            (&[b, a, b, a, a], Order::LargestDeploymentFirst, &[1, 3, 4, 0, 2]),
            (&[], Order::LargestDeploymentFirst, &[]),
        ];
        for (deployments, order, expected) in cases {
            let (mut queue, mut entries) = queue(deployments, order, 2);
            let popped: Vec<u32> = std::iter::from_fn(|| queue.pop(&mut entries)).collect();
            assert_eq!(popped, expected, "{deployments:?} {order:?}");
            assert!(queue.is_empty());
        }
    }

    #[test]
    fn one_of_a_deployment_at_a_time_in_their_order() {
        let (mut queue, mut entries) = queue(&[0, 0, 1, 0], Order::Given, 2);
        let mut next = |queue: &mut Queue| {
            let place = queue.pop(&mut entries)?;
            queue.occupy(&mut entries[place as usize]);
            Some(place)
        };
        assert_eq!(
            [next(&mut queue), next(&mut queue), next(&mut queue)],
            [Some(0), Some(2), None]
        );
        assert!(queue.is_empty(), "the others wait for their deployment");
        let mut holder = 0;
        for expected in [Some(1), Some(3), None] {
            queue.free(holder, &mut entries);
            queue.free(holder, &mut entries);
            let place = queue.pop(&mut entries);
            assert_eq!(place, expected);
            if let Some(place) = place {
                queue.occupy(&mut entries[place as usize]);
                holder = place;
            }
        }
    }

    #[test]
    fn a_deployment_is_free_when_nobody_holds_it_and_no_hindrance_to_who_does() {
        let (mut queue, mut entries) = queue(&[0, 0, 0], Order::Given, 1);
        for place in [0, 1, 1] {
            queue.occupy(&mut entries[place]);
        }
        assert_eq!([queue.pop(&mut entries), queue.pop(&mut entries)], [Some(0), Some(1)]);
        assert_eq!(queue.pop(&mut entries), None);
        queue.free(0, &mut entries);
        assert_eq!(queue.pop(&mut entries), None, "another holds it");
        queue.free(1, &mut entries);
        assert_eq!(queue.pop(&mut entries), Some(2));
    }

    #[test]
    fn the_front_comes_first_and_the_back_last() {
        let (mut queue, mut entries) = queue(&[NONE; 4], Order::Given, 0);
        assert_eq!(queue.pop(&mut entries), Some(0));
        queue.push_back(0);
        assert_eq!(queue.pop(&mut entries), Some(1));
        queue.push_front(1);
        queue.push_begun(7);
        assert_eq!(queue.pop_begun(), Some(7));
        let rest: Vec<u32> = std::iter::from_fn(|| queue.pop(&mut entries)).collect();
        assert_eq!(rest, [1, 2, 3, 0]);
    }

    #[test]
    fn nobody_waits_after_a_stop() {
        let (mut queue, mut entries) = queue(&[0, 0, NONE], Order::Given, 1);
        queue.occupy(&mut entries[0]);
        queue.rest.pop();
        assert_eq!(queue.pop(&mut entries), Some(2));
        queue.clear(&mut entries);
        queue.free(0, &mut entries);
        assert_eq!(queue.pop(&mut entries), None);
    }
}
