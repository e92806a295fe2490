//! Whole lives of fleets under a virtual clock, each from a seed: what holds for one operation holds for each of them,
//! and no limit is passed. `FLEET_SEED=7 cargo test fleet::lives` lives one again, `FLEETS=100000` lives so many;
//! `FLEET_SIZE=300` makes them all so large.

mod life;
mod model;
mod plan;
pub(crate) mod store;
mod verdict;
mod watch;

use std::io::Write;
use std::panic::catch_unwind;
use std::thread;

use life::{Life, Tally};

use crate::lives::number;

/// The seeds of every run; more with `FLEETS`.
const FLEETS: u64 = 1_600;

/// A life of ten thousand machines with faults and a crash.
const HUGE: u64 = 1;

/// What was seen of many lives.
#[derive(Default)]
struct Count {
    machines: u64,
    calls: u64,
    crashes: u64,
    finished: u64,
}

impl Count {
    fn add(&mut self, other: &Count) {
        self.machines += other.machines;
        self.calls += other.calls;
        self.crashes += other.crashes;
        self.finished += other.finished;
    }
}

fn live(seed: u64, size: Option<usize>, tells: bool) -> (Count, Tally) {
    let mut life = Life::new(seed, size);
    life.tells = tells;
    life.live();
    verdict::check(&life);
    let machines = life.plan.size() as u64;
    let finished = (0..machines as usize).filter(|it| !life.model.made(*it).is_empty()).count();
    let tally = life.tally;
    let count =
        Count { machines, calls: tally.calls, crashes: tally.crashes, finished: finished as u64 };
    (count, tally)
}

/// Lives them all: what was seen, or the first seeds that went wrong.
fn live_all(seeds: impl Iterator<Item = u64>, size: Option<usize>) -> Result<Count, Vec<u64>> {
    let (mut sum, mut wrong) = (Count::default(), Vec::new());
    for seed in seeds {
        match catch_unwind(|| live(seed, size, false).0) {
            Ok(count) => sum.add(&count),
            Err(_) => {
                eprintln!("that was FLEET_SEED={seed}");
                wrong.push(seed);
                if wrong.len() == 3 {
                    break;
                }
            }
        }
    }
    if wrong.is_empty() { Ok(sum) } else { Err(wrong) }
}

#[test]
fn large_ones_too() {
    for seed in 0..8 {
        live(seed, Some(300), false);
    }
    let (count, tally) = live(HUGE, Some(10_000), false);
    assert_eq!(count.machines, 10_000);
    assert!(count.finished >= 9_000, "{} snapshots", count.finished);
    assert!(tally.crashes > 0 && tally.faults > 500, "a life without trouble proves little");
    // The fleet is asked once for each call and checkpoint, and once for each event: nothing is asked in circles.
    assert!(tally.polls <= 4 * tally.calls, "{} polls for {} calls", tally.polls, tally.calls);
}

#[test]
fn never_twice_never_lost_never_too_many() {
    let size = number("FLEET_SIZE").map(|size| size as usize);
    if let Some(seed) = number("FLEET_SEED") {
        live(seed, size, true);
        return;
    }
    let fleets = number("FLEETS").unwrap_or(FLEETS);
    let threads = thread::available_parallelism().map_or(1, |it| it.get()) as u64;
    let workers: Vec<_> = (0..threads)
        .map(|first| {
            let seeds = (first..fleets).step_by(threads as usize);
            thread::spawn(move || live_all(seeds, size))
        })
        .collect();
    let mut sum = Count::default();
    for worker in workers {
        match worker.join().unwrap() {
            Ok(count) => sum.add(&count),
            Err(seeds) => panic!("fleets went wrong; FLEET_SEED= one of {seeds:?} lives it again"),
        }
    }
    let Count { machines, calls, crashes, finished } = sum;
    // Past the capture of what tests print: it is what a run proves.
    writeln!(
        std::io::stdout(),
        "fleets: {fleets}, {machines} machines; {calls} calls, {crashes} crashes, {finished} snapshots, 0 made twice, \
         0 lost"
    )
    .unwrap();
}
