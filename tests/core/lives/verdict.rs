//! What must be true of every life.

use vra_snapshots::{Code, Kind, Phase};

use super::life::Life;
use super::model::What;

pub(crate) fn check(life: &Life) {
    match life.plan.kind {
        Kind::Create => check_create(life),
        Kind::Revert => check_revert(life),
        Kind::Delete => check_delete(life),
    }
}

fn check_create(life: &Life) {
    let (made, plan) = (life.model.made(), &life.plan);
    assert!(made.len() <= 1, "never twice: {made:?}");
    // With a key, or with nobody else at work, it is told apart.
    let is_certain = plan.alone || plan.key.is_some();
    match life.operation.phase() {
        Phase::Finished => {
            let snapshot = life.operation.snapshot().expect("a snapshot");
            let id = snapshot["id"].as_str().unwrap();
            if is_certain {
                assert_eq!(made, [id], "the one that was made");
            } else {
                let found = life.model.snapshots.iter().find(|it| it.id == id).unwrap();
                assert!(!id.starts_with("before-"), "{id} was there before");
                assert!(found.ours || plan.name.is_none() || found.name == plan.name);
            }
        }
        Phase::Failed => check_failed(life, !made.is_empty()),
        Phase::Prepared => assert_eq!(life.model.taken_on().count(), 0, "nothing was asked for"),
        // Never lost: what was made and can be told apart is found.
        phase => {
            let can_be_told =
                plan.alone || plan.key.is_some() && !life.model.habits.drops_descriptions;
            // The key alone is kept: the name is all the same without it, and is not believed.
            let is_marked = plan.key.is_none() || !life.model.habits.drops_descriptions;
            // With a key it can be asked for until it is made.
            let could_be_made = life.model.taken_on().count() == 0
                && plan.key.is_some()
                && plan.alone
                && life.model.habits.lists_trackers;
            assert!(!could_be_made, "{phase:?}, and nothing was made: {:?}", why(life));
            let is_lost = !made.is_empty() && can_be_told && is_marked;
            assert!(!is_lost, "{phase:?}, and {made:?} was made: {:?}", why(life));
        }
    }
}

fn check_revert(life: &Life) {
    let taken: Vec<_> = life.model.taken_on().collect();
    assert!(taken.len() <= 1, "never twice");
    match life.operation.phase() {
        Phase::Finished => assert!(taken.len() == 1 && !taken[0].fails, "never a false success"),
        Phase::Failed => check_failed(life, taken.iter().any(|it| !it.fails)),
        Phase::Prepared => assert!(taken.is_empty(), "nothing was asked for"),
        _ => {}
    }
}

fn check_delete(life: &Life) {
    let is_gone = life.model.snapshots[0].gone_from != u64::MAX;
    match life.operation.phase() {
        Phase::Finished => assert!(is_gone, "never a false success"),
        // That one request failed says nothing of those that an earlier process sent.
        Phase::Failed => check_failed(life, is_gone && life.crashes == 0),
        Phase::Prepared => assert!(!is_gone, "nothing was asked for"),
        phase => assert!(!is_gone, "{phase:?}, and it is gone: {:?}", why(life)),
    }
}

/// Never a false "nothing happened".
fn check_failed(life: &Life, happened: bool) {
    let error = life.operation.error().expect("an error");
    assert!(!happened, "{error:?}, and it happened");
    let taken = life.model.taken_on().count();
    match error.code {
        Code::OperationFailed => assert!(life.model.taken_on().any(|it| it.fails)),
        _ => assert_eq!(taken, 0, "{error:?}, and it was taken on"),
    }
    assert!(life.model.taken_on().all(|it| it.what != What::Power));
}

fn why(life: &Life) -> Option<(Code, String)> {
    let answer = life.operation.answer(vra_snapshots::Goal::Ended)?;
    answer.err().map(|error| (error.code, error.message.clone()))
}
