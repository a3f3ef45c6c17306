//! One step of a workflow, as a page writes it: who does it, on whom it waits, when it is there at all, and which other
//! task it needs or brings about.

use super::{Party, Span};
use crate::domain::{
    account::{Account, Policy as Held},
    field::Field,
    id::*,
    person::Role,
    reading::{Hazard, SenderKind},
    text::folded,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One step of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its key on the page.
    pub id: StepId,
    /// What to do, as an instruction.
    pub title: String,
    /// Must it be ticked or waived before the task can be closed?
    #[serde(default = "yes")]
    pub required: bool,
    /// Who does it, where that is not whoever has the task.
    #[serde(default)]
    pub who: Option<Role>,
    /// On whom the work waits once this step is begun.
    #[serde(default)]
    pub waits_on: Option<Party>,
    /// How long that is waited for before it is asked after; the page's own follow-up where left out.
    #[serde(default)]
    pub follow_up: Option<Span>,
    /// Once for each of several policies.
    #[serde(default)]
    pub per_policy: Option<PerPolicy>,
    /// A document goes to the client in this step: when a member of staff sends one by mail (`to client: …`), the step
    /// is ticked.
    #[serde(default)]
    pub sends: bool,
    /// Until it is done the task waits on no client.
    #[serde(default)]
    pub before_waiting: bool,
    /// It is there only where one of these holds; always where left out.
    #[serde(default)]
    pub when: Vec<When>,
    /// It waits for a task of this page.
    #[serde(default)]
    pub needs: Option<RequestType>,
    /// Where one of these holds that task is opened at once, and the step is required.
    #[serde(default)]
    pub needs_when: Vec<When>,
    /// When it is ticked, these tasks are opened.
    #[serde(default)]
    pub spawns: Option<Spawns>,
    /// In a task of the pipeline it is to be done so many days before the policies' last day.
    #[serde(default)]
    pub days_before: Option<u16>,
    /// On that day this letter goes to the client, where the step is still open: a folder under `templates/`.
    #[serde(default)]
    pub letter: Option<String>,
    /// It goes again so many days before, while the step is open and the client has not written.
    #[serde(default)]
    pub chase_at: Vec<u16>,
}

fn yes() -> bool {
    true
}

/// For which policies a step is done, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PerPolicy {
    /// Those that the request names, where it names several.
    Named,
    /// Those that it names; where it names none, all that the account book holds.
    Held,
}

/// Tasks that a step brings about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spawns {
    /// Of which page.
    pub page: RequestType,
    /// One for each of these.
    pub each: Each,
}

/// Of what there is one task each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Of the certificate holders in the account book.
    Holder,
}

/// A condition on what is known of a task. Every key that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Each of these fields has one of these values; an empty list takes any.
    pub fields: BTreeMap<String, Vec<String>>,
    /// One of these dangers shows.
    pub hazards: Vec<String>,
    /// One of these wrote.
    pub from: Vec<SenderKind>,
    /// The account book tells what the policies grant, and none of them grants any of these.
    pub not_granted: Vec<String>,
}

/// What is known of a task, as far as steps hang on it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its facts.
    pub fields: &'a [Field],
    /// Its dangers.
    pub hazards: &'a [Hazard],
    /// Who wrote.
    pub sender: SenderKind,
    /// Its account.
    pub account: Option<&'a Account>,
}

impl When {
    /// No key is given, so that it would always hold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, known: &Known<'_>) -> bool {
        let has = |(name, wanted): (&String, &Vec<String>)| {
            let value = |f: &Field| wanted.is_empty() || wanted.iter().any(|w| folded(w) == folded(&f.value.shown()));
            known.fields.iter().any(|f| f.name == *name && f.is_sure() && f.doubt.is_none() && value(f))
        };
        let danger = || known.hazards.iter().any(|h| self.hazards.contains(&h.key));
        self.fields.iter().all(has)
            && (self.hazards.is_empty() || danger())
            && (self.from.is_empty() || self.from.contains(&known.sender))
            && (self.not_granted.is_empty() || known.is_not_granted(&self.not_granted))
    }
}

impl Step {
    /// Whether it is there at all.
    #[must_use]
    pub fn is_there(&self, known: &Known<'_>) -> bool {
        self.when.is_empty() || self.when.iter().any(|w| w.holds(known))
    }

    /// Whether the task that it needs certainly is needed.
    #[must_use]
    pub fn certainly_needs(&self, known: &Known<'_>) -> bool {
        self.needs.is_some() && self.needs_when.iter().any(|w| w.holds(known))
    }

    /// The policies for each of which it is done by itself; none where it is done once.
    #[must_use]
    pub fn policies(&self, known: &Known<'_>) -> Vec<String> {
        let Some(which) = self.per_policy else { return Vec::new() };
        let mut list = known.policies_named();
        if list.is_empty() && which == PerPolicy::Held {
            list = known.account.map(|a| a.policies.iter().map(|p| p.number.clone()).collect()).unwrap_or_default();
        }
        if list.len() < 2 { Vec::new() } else { list }
    }
}

impl Known<'_> {
    /// The policies that the request names for certain, each once.
    #[must_use]
    pub fn policies_named(&self) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for f in self.fields.iter().filter(|f| f.name == "policy_numbers" && f.is_sure() && f.doubt.is_none()) {
            let number = f.value.shown();
            if !list.iter().any(|known| folded(known) == folded(&number)) {
                list.push(number);
            }
        }
        list
    }

    /// Certain only where the book tells at all what the policies in question grant.
    fn is_not_granted(&self, wanted: &[String]) -> bool {
        let Some(account) = self.account else { return false };
        let named = self.policies_named();
        let meant = |p: &&Held| named.is_empty() || named.iter().any(|n| folded(n) == folded(&p.number));
        let grants: Vec<String> =
            account.policies.iter().filter(meant).flat_map(|p| &p.grants).map(|g| folded(g)).collect();
        !grants.is_empty() && !wanted.iter().any(|w| grants.iter().any(|g| g.contains(&folded(w))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::{FieldValue, Provenance};

    fn field(name: &str, value: &str) -> Field {
        let from = Provenance::Book { account: "A1".into() };
        Field { name: name.into(), value: FieldValue::Text(value.into()), from, confidence: 90, doubt: None }
    }
    fn account(grants: &[&[&str]]) -> Account {
        let mut account = Account::new("A1".into(), "Marchetti".into());
        for (n, of_one) in grants.iter().enumerate() {
            let grants = of_one.iter().map(|g| (*g).to_owned()).collect();
            account.policies.push(Held { grants, ..Held::of(&format!("P-{n}")) });
        }
        account
    }
    fn known<'a>(fields: &'a [Field], account: Option<&'a Account>) -> Known<'a> {
        Known { fields, hazards: &[], sender: SenderKind::Client, account }
    }

    #[test]
    fn what_the_book_does_not_tell_is_never_certainly_not_granted() {
        let wanted = When { not_granted: vec!["additional insured".into()], ..When::default() };
        assert!(!wanted.holds(&known(&[], None)), "no account");
        assert!(!wanted.holds(&known(&[], Some(&account(&[&[], &[]])))), "the book does not say what they grant");
        assert!(wanted.holds(&known(&[], Some(&account(&[&["Waiver of subrogation"]])))));
        let blanket = account(&[&["Waiver"], &["Blanket Additional Insured, ongoing"]]);
        assert!(!wanted.holds(&known(&[], Some(&blanket))), "one policy grants it");
        let named = [field("policy_numbers", "P-0")];
        assert!(wanted.holds(&known(&named, Some(&blanket))), "but not the one that is meant");
    }
    #[test]
    fn every_key_has_to_hold_and_a_guess_is_no_fact() {
        let when = When {
            fields: BTreeMap::from([("change_kinds".to_owned(), vec!["add_vehicle".to_owned()])]),
            from: vec![SenderKind::Client],
            ..When::default()
        };
        let mut fields = vec![field("change_kinds", "add_vehicle")];
        assert!(when.holds(&known(&fields, None)));
        assert!(!when.holds(&Known { sender: SenderKind::Carrier, ..known(&fields, None) }));
        fields[0].confidence = 40;
        assert!(!when.holds(&known(&fields, None)));
    }
    #[test]
    fn a_step_is_done_for_each_policy_only_where_there_are_several() {
        let both = account(&[&[], &[]]);
        let step = |per_policy| Step { per_policy, ..Step::default() };
        let (named, held) = (step(Some(PerPolicy::Named)), step(Some(PerPolicy::Held)));
        assert!(named.policies(&known(&[], Some(&both))).is_empty(), "none is named");
        assert_eq!(held.policies(&known(&[], Some(&both))), ["P-0", "P-1"]);
        let one = [field("policy_numbers", "P-1"), field("policy_numbers", "p 1")];
        assert!(held.policies(&known(&one, Some(&both))).is_empty(), "one is named, twice");
        let two = [field("policy_numbers", "P-1"), field("policy_numbers", "X-9")];
        assert_eq!(named.policies(&known(&two, None)), ["P-1", "X-9"]);
        assert!(step(None).policies(&known(&two, None)).is_empty());
    }
}
