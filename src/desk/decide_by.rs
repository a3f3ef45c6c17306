//! Deciding with somebody at hand who answers: asks, round by round, until there is a decision.

use super::{Input, Policy, Step, decide};
use crate::domain::{
    Timestamp,
    decision::{Answer, Facts, Lookup, Sequence},
};

/// Rounds after which the desk must have decided.
const ROUNDS: usize = 4;

/// Decides one input; `answer` is asked for every record that is needed, as of `as_of`. Gives the facts that it rests on
/// beside the step; a step that still needs something after four rounds is a defect of the desk.
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
    let mut facts = Facts { as_of, ..Facts::default() };
    for _ in 0..ROUNDS {
        match decide(&facts, input, now, policy) {
            Step::Need(lookups) => {
                for lookup in lookups {
                    let answered = answer(&lookup)?;
                    facts.answers.insert(lookup, answered);
                }
            }
            step => return Ok((facts, step)),
        }
    }
    let step = decide(&facts, input, now, policy);
    Ok((facts, step))
}
