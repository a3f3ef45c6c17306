//! A person says which policy is meant: a fact of the task, and the account where the book has it.

use super::{Drafting, Said, correct, needed, pieces};
use crate::desk::{ask::Asked, matching::POLICY_FIELD};
use crate::domain::{
    event::Event,
    field::FieldValue,
    id::TaskId,
    text::{HeaderText, folded},
};

/// This policy is meant.
pub(super) fn policy_is<'p>(said: &Said<'_, 'p>, id: TaskId, number: &str) -> Asked<Drafting<'p>> {
    let number = needed(number, "Say which policy: “policy BAP 123”.")?;
    let number = HeaderText::new(number);
    let found = said.ask.accounts_by_policy(&folded(number.as_str()));
    let value = FieldValue::Text(number.to_string());
    let drafted = correct::set_field(said, id, POLICY_FIELD, &[value], false);
    let one = if let Ok([account]) = &found { Some(&account.id) } else { None };
    let listed = said.listed(id, None, one);
    let (found, listed, mut d) = (found?, listed?, drafted?);
    // Several accounts under one number say nothing.
    if let [account] = found
        && d.task(id).is_some_and(|t| t.account.as_ref() != Some(&account.id))
    {
        let reason = format!("{} said that policy {number} is meant.", said.person.name);
        d.know_account(account);
        d.record(Event::AccountSet {
            task: id,
            account: Some(account.id.clone()),
            insured: Some(account.name.clone()),
            reason,
            candidates: Vec::new(),
        });
    }
    if let [account] = found {
        pieces::place(said, &mut d, id, Some(account), &listed);
    }
    Ok(d)
}
