//! Whole lives of operations under a virtual clock, each from a seed: whatever befalls them, nothing is done
//! twice, nothing is lost, and nobody is told what is not so. `LIFE_SEED=7 cargo test lives` lives one again.

pub(crate) mod chance;
pub(crate) mod faults;
mod life;
mod model;
mod verdict;

use std::io::Write;
use std::panic::catch_unwind;
use std::thread;

use life::Life;

/// The seeds of every run; more with `LIVES`.
const LIVES: u64 = 24_000;

/// What was seen of many lives.
#[derive(Default)]
struct Count {
    crashes: u64,
    calls: u64,
    finished: u64,
}

fn live(seed: u64, tells: bool) -> Life {
    let mut life = Life::new(seed);
    life.tells = tells;
    life.live();
    verdict::check(&life);
    life
}

/// Lives them all: what was seen, or the first seeds that went wrong.
fn live_all(seeds: impl Iterator<Item = u64>) -> Result<Count, Vec<u64>> {
    let (mut count, mut wrong) = (Count::default(), Vec::new());
    for seed in seeds {
        let life = catch_unwind(|| {
            let life = live(seed, false);
            (u64::from(life.crashes), life.calls, life.operation.snapshot().is_some())
        });
        let Ok((crashes, calls, finished)) = life else {
            wrong.push(seed);
            if wrong.len() == 3 {
                break;
            }
            continue;
        };
        count.crashes += crashes;
        count.calls += calls;
        count.finished += u64::from(finished);
    }
    if wrong.is_empty() { Ok(count) } else { Err(wrong) }
}

pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[test]
fn never_twice_never_lost() {
    if let Some(seed) = number("LIFE_SEED") {
        live(seed, true);
        return;
    }
    let lives = number("LIVES").unwrap_or(LIVES);
    let threads = thread::available_parallelism().map_or(1, |it| it.get()) as u64;
    let workers: Vec<_> = (0..threads)
        .map(|first| thread::spawn(move || live_all((first..lives).step_by(threads as usize))))
        .collect();
    let mut sum = Count::default();
    for worker in workers {
        match worker.join().unwrap() {
            Ok(count) => {
                sum.crashes += count.crashes;
                sum.calls += count.calls;
                sum.finished += count.finished;
            }
            Err(seeds) => panic!("lives went wrong; LIFE_SEED= one of {seeds:?} lives it again"),
        }
    }
    let Count { crashes, calls, finished } = sum;
    // Past the capture of what tests print: it is what a run proves.
    writeln!(
        std::io::stdout(),
        "lives: {lives}, seeds 0 to {}; {calls} calls, {crashes} crashes, {finished} snapshots, 0 made twice, 0 lost",
        lives - 1
    )
    .unwrap();
}
