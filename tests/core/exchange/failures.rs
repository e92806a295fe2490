//! What it means that no answer was read.

use vra_snapshots::{Certainty::*, Code, FailureKind::*};

use super::Fate::{Again, Over};
use super::{create, has_fate, read};
use crate::replies::{failure, failure_after, unsent};

#[test]
fn without_an_answer_a_call_with_an_effect_is_not_sent_again() {
    let cases = [
        (Network, Again(Code::Network, Unknown), Over(Code::Network, Unknown)),
        (Cut, Again(Code::Network, Unknown), Over(Code::Network, Unknown)),
        (Timeout, Again(Code::Timeout, Unknown), Over(Code::Timeout, Unknown)),
        (TooLarge, Over(Code::BodyTooLarge, Unknown), Over(Code::BodyTooLarge, Unknown)),
        (
            NoResponse,
            Over(Code::UnexpectedResponse, Unknown),
            Over(Code::UnexpectedResponse, Unknown),
        ),
    ];
    for (kind, of_read, of_create) in cases {
        has_fate(read(), failure(kind), of_read);
        has_fate(create(), failure(kind), of_create);
    }
}

#[test]
fn a_success_whose_body_was_not_read_is_no_success() {
    let cases = [
        (Cut, Again(Code::Network, Unknown), Over(Code::Network, Unknown)),
        (Timeout, Again(Code::Timeout, Unknown), Over(Code::Timeout, Unknown)),
        (TooLarge, Over(Code::BodyTooLarge, Unknown), Over(Code::BodyTooLarge, Unknown)),
    ];
    for (kind, of_read, of_create) in cases {
        for status in [200, 202] {
            has_fate(read(), failure_after(kind, status), of_read);
            has_fate(create(), failure_after(kind, status), of_create);
        }
    }
}

#[test]
fn a_call_without_a_token_is_not_sent() {
    for call in [read(), create()] {
        has_fate(call, unsent(), Over(Code::Unauthorized, Unsent));
    }
}
