//! Any `Retry-After`, through the exchange that obeys it: never a panic, never more than five minutes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;
use vra_snapshots::{
    Action, Answer, BaseUrl, Call, Exchange, Gate, Ms, Next, Now, Outcome, Payload, Policy,
};

const MOST: Ms = 5 * 60_000;

fuzz_target!(|header: &str| {
    let policy = Policy::new(BaseUrl::new("https://a.test", false).expect("is one"));
    let mut exchange = Exchange::new(Call::about(), &policy);
    let now = Now { monotonic: 1_000, wall: 1_800_000_000_000 };
    let Some(Action::Send { id, .. }) = exchange.poll(now, true, &mut 0) else { return };
    let answer: Answer<Json> = Answer { status: 429, payload: Payload::Empty, retry_after: Some(header.into()) };
    let mut gate = Gate::default();
    gate.note(&Outcome::Answer(answer.clone()), 0, now);
    assert!(gate.opens_at() <= now.monotonic + MOST);
    assert!(exchange.outcome(id, Outcome::Answer(answer), now, u32::MAX).is_none());
    let Next::SendAt(time) = exchange.next() else { panic!("it goes on") };
    assert!(time <= now.monotonic + MOST);
});
