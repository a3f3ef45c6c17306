//! Deciding with somebody at hand who answers at once: in one go, where [`decide`](super::decide) stops at each round of
//! questions and begins anew.

use super::{Input, Policy, Step, ask, decided};
use crate::domain::{
    Timestamp,
    decision::{Answer, Facts, Lookup, Sequence},
};

/// Decides one input; `answer` is asked for every record that is needed, once, as of `as_of`. Gives the facts that it
/// rests on beside the step, which is the one that [`decide`](super::decide) gives with these facts.
///
/// # Errors
/// What `answer` fails with.
pub fn decide_by<E>(
    input: &Input,
    now: Timestamp,
    policy: &Policy,
    as_of: Sequence,
    mut answer: impl FnMut(&Lookup) -> Result<Answer, E>,
) -> Result<(Facts, Step), E> {
    let mut failed = None;
    let at_hand = ask::AtHand::new(|lookup: &Lookup| {
        // Whoever failed once is not asked again.
        if failed.is_some() {
            return None;
        }
        answer(lookup).map_err(|e| failed = Some(e)).ok()
    });
    let decided = decided(&at_hand, input, now, policy);
    let facts = Facts { as_of, answers: at_hand.answers() };
    match (failed, decided) {
        (Some(e), _) => Err(e),
        (None, Ok(draft)) => Ok((facts, Step::Decided(Box::new(draft)))),
        (None, Err(ask::Stop::Refused(why))) => Ok((facts, Step::Refused(why))),
        // Nothing is left to ask: each question was answered.
        (None, Err(ask::Stop::Need)) => Ok((facts, Step::Need(Vec::new()))),
    }
}
