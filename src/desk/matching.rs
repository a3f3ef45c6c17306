//! Which account a request is about: by address, by mail domain, by policy number, by name, by what its writer asked for
//! before; every candidate with what speaks for it.
//!
//! Doubt is a question to a person: where several fit no account is chosen, for a wrong one is worse than none; where
//! little speaks for the only one, it is taken and asked about.

use super::{
    Policy,
    ask::{Ask, Asked, all},
};
use crate::domain::{
    account::{Account, Candidate, is_free_mail, name_key},
    field::{Field, FieldValue},
    id::AccountId,
    reading::SenderKind,
    text::{Address, HeaderText, folded},
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Candidates that a person is asked about, at most.
const CANDIDATES_MAX: usize = 8;

/// The field in which policy numbers stand.
pub(super) const POLICY_FIELD: &str = "policy_numbers";
/// The field that names lines of insurance.
pub(super) const LINES_FIELD: &str = "coverages";
/// The field in which the insured's name stands.
pub(super) const INSURED_FIELD: &str = "insured_name";

/// The policies that are surely named, as they compare.
pub(super) fn policies_named(fields: &[Field]) -> BTreeSet<String> {
    let sure = fields.iter().filter(|f| f.name == POLICY_FIELD && f.is_sure());
    sure.map(|f| folded(&f.value.shown())).filter(|n| !n.is_empty()).collect()
}

/// What may tell the account.
#[derive(Debug, Default)]
pub(super) struct Clues {
    addresses: Vec<Address>,
    domain: Option<String>,
    /// As written, folded.
    policies: Vec<(String, String)>,
    /// As written, and the key of a name.
    names: Vec<(String, String)>,
    /// The writer is the client, so their address says most; of others the policy number does.
    by_client: bool,
}

impl Clues {
    /// The clues of a message or a call.
    pub(super) fn of(
        policy: &Policy,
        addresses: &[&Address],
        writer_name: Option<&HeaderText>,
        sender_kind: SenderKind,
        fields: &[Field],
    ) -> Self {
        let by_client = sender_kind == SenderKind::Client;
        let mut clues = Self { by_client, ..Self::default() };
        // The agency's own people write about clients, never as one.
        if sender_kind != SenderKind::Staff {
            for a in addresses.iter().filter(|a| !policy.is_own(a)) {
                if !clues.addresses.contains(a) {
                    clues.addresses.push((*a).clone());
                }
            }
            clues.domain = clues.addresses.first().map(|a| a.domain().to_owned()).filter(|d| !is_free_mail(d));
        }
        for f in fields {
            let FieldValue::Text(text) = &f.value else { continue };
            match f.name.as_str() {
                POLICY_FIELD => push(&mut clues.policies, text, folded(text)),
                INSURED_FIELD => push(&mut clues.names, text, name_key(text)),
                _ => {}
            }
        }
        if let Some(name) = writer_name.filter(|_| by_client) {
            push(&mut clues.names, name.as_str(), name_key(name.as_str()));
        }
        clues
    }
}

/// Adds words under their key; an empty one is none.
fn push(list: &mut Vec<(String, String)>, words: &str, key: String) {
    if !key.is_empty() && !list.iter().any(|(_, k)| *k == key) {
        list.push((words.to_owned(), key));
    }
}

/// What was found, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Match {
    /// The account, where exactly one fits.
    pub(super) account: Option<Arc<Account>>,
    /// Why this one, or why none.
    pub(super) reason: String,
    /// A question to a person, where several fit or little speaks for the one.
    pub(super) doubt: Option<String>,
    /// What it may be, where there is doubt.
    pub(super) candidates: Vec<Candidate>,
}

/// One way of finding an account, and what it found.
struct Trail<'a> {
    /// “policy number CTP-01 is of”.
    says: String,
    found: Vec<&'a Arc<Account>>,
    /// Names and domains that are alike prove less than an address or a number, and who writes about others may be
    /// a client besides: such a trail never contradicts a stronger one.
    weak: bool,
    /// So little that it is asked about where nothing else speaks for the account.
    faint: bool,
}

/// Looks the account up; everything is asked in one round.
pub(super) fn find(ask: &Ask<'_>, clues: &Clues) -> Asked<Match> {
    let by_address: Vec<_> = clues.addresses.iter().map(|a| ask.accounts_by_address(a)).collect();
    let by_domain: Vec<_> = clues.domain.iter().map(|d| ask.accounts_by_domain(d)).collect();
    let by_policy: Vec<_> = clues.policies.iter().map(|(_, key)| ask.accounts_by_policy(key)).collect();
    let by_name: Vec<_> = clues.names.iter().map(|(_, key)| ask.accounts_by_name(key)).collect();
    // Carriers and lenders write about many accounts; what they asked for before tells nothing.
    let earlier: Vec<_> =
        clues.addresses.iter().filter(|_| clues.by_client).map(|a| ask.accounts_by_requester(a)).collect();
    let (by_address, by_domain, by_policy, by_name, earlier) =
        (all(by_address), all(by_domain), all(by_policy), all(by_name), all(earlier));

    let addresses =
        trails(by_address?, clues.addresses.iter().map(|a| format!("{a} is a contact of")), !clues.by_client);
    let domains = trails(by_domain?, clues.domain.iter().map(|d| format!("mail from {d} is of")), true);
    let policies = trails(by_policy?, clues.policies.iter().map(|(w, _)| format!("policy number {w} is of")), false);
    let names = by_name?.into_iter().zip(&clues.names).filter_map(|(found, (words, _))| by_its_name(found, words));
    let earlier = trails(earlier?, clues.addresses.iter().map(|a| format!("{a} asked before for work of")), true)
        .map(|t| Trail { faint: true, ..t });
    let order: Vec<Trail<'_>> = if clues.by_client {
        addresses.chain(policies).chain(domains).chain(names).chain(earlier).collect()
    } else {
        policies.chain(names).chain(addresses).chain(domains).chain(earlier).collect()
    };
    Ok(weigh(&order))
}

fn trails<'a>(
    found: Vec<&'a [Arc<Account>]>,
    says: impl Iterator<Item = String>,
    weak: bool,
) -> impl Iterator<Item = Trail<'a>> {
    let list: Vec<_> = found.into_iter().zip(says).collect();
    list.into_iter().filter(|(f, _)| !f.is_empty()).map(move |(f, says)| Trail {
        says,
        found: f.iter().collect(),
        weak,
        faint: false,
    })
}

/// Accounts of a name: those whose whole name it is before those that it is only a part of.
fn by_its_name<'a>(found: &'a [Arc<Account>], words: &str) -> Option<Trail<'a>> {
    let whole: Vec<&Arc<Account>> = found.iter().filter(|a| folded(a.name.as_str()) == folded(words)).collect();
    let faint = whole.is_empty();
    let found: Vec<&Arc<Account>> = if faint { found.iter().collect() } else { whole };
    let says =
        if faint { format!("“{words}” is like the name of") } else { format!("“{words}” is the name of") };
    (!found.is_empty()).then_some(Trail { says, found, weak: true, faint })
}

/// One account where the trails agree on one; else none, and why.
fn weigh(trails: &[Trail<'_>]) -> Match {
    let Some(first) = trails.first() else {
        return Match {
            account: None,
            reason: "No contact, mail domain, policy number or name in the account book fits.".to_owned(),
            doubt: None,
            candidates: Vec::new(),
        };
    };
    let ids = |t: &Trail<'_>| t.found.iter().map(|a| a.id.clone()).collect::<BTreeSet<AccountId>>();
    let mut left = ids(first);
    let mut used = vec![first];
    for t in trails.iter().skip(1) {
        let both: BTreeSet<_> = left.intersection(&ids(t)).cloned().collect();
        if both.is_empty() {
            if t.weak {
                continue;
            }
            return unclear(trails, &[first, t], "they contradict each other");
        }
        if both.len() < left.len() {
            used.push(t);
        }
        left = both;
    }
    let account = first.found.iter().find(|a| left.contains(&a.id)).filter(|_| left.len() == 1);
    match account {
        Some(account) => {
            let says: Vec<&str> = used.iter().map(|t| t.says.as_str()).collect();
            let reason = format!("{} {}.", capital(&says.join(" and ")), account.name);
            let others: Vec<Candidate> = candidates(trails).into_iter().filter(|c| c.account != account.id).collect();
            let of_it = trails.iter().filter(|t| t.found.iter().any(|a| a.id == account.id));
            let faint = of_it.clone().all(|t| t.faint);
            Match {
                account: Some((*account).clone()),
                doubt: faint.then(|| format!("Is it {}? Little speaks for it: {reason}", account.name)),
                candidates: if faint { candidates(trails) } else { Vec::new() },
                reason: if others.is_empty() {
                    reason
                } else {
                    format!("{reason} Less speaks for {}.", listed(&others))
                },
            }
        }
        None => unclear(trails, &[first], "several accounts fit"),
    }
}

/// Every account that anything speaks for, the strongest first.
fn candidates(trails: &[Trail<'_>]) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for t in trails {
        for a in t.found.iter().take(CANDIDATES_MAX) {
            let says = format!("{} it", t.says);
            match all.iter_mut().find(|c| c.account == a.id) {
                Some(c) => c.because.push(says),
                None => all.push(Candidate { account: a.id.clone(), name: a.name.clone(), because: vec![says] }),
            }
        }
    }
    all.truncate(CANDIDATES_MAX);
    all
}

fn listed(candidates: &[Candidate]) -> String {
    let all: Vec<String> = candidates.iter().map(|c| format!("{} ({})", c.name, c.because.join(", "))).collect();
    all.join(" and ")
}

fn unclear(all: &[Trail<'_>], trails: &[&Trail<'_>], why: &str) -> Match {
    let told: Vec<String> = trails
        .iter()
        .map(|t| {
            let names: Vec<&str> = t.found.iter().take(5).map(|a| a.name.as_str()).collect();
            format!("{} {}", t.says, names.join(" and of "))
        })
        .collect();
    let sentence = format!("No account was chosen: {}; {why}. A person has to say which.", told.join("; "));
    Match { account: None, reason: sentence.clone(), doubt: Some(sentence), candidates: candidates(all) }
}

/// The sentence with a capital letter in front, unless it begins with an address or a number.
fn capital(s: &str) -> String {
    let first_word = s.split(' ').next().unwrap_or("");
    if first_word.contains('@') {
        return s.to_owned();
    }
    let mut c = s.chars();
    c.next().map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folds_to_nothing_is_no_key() {
        let mut list = Vec::new();
        for words in [" -- ", "AB-1", "ab 1"] {
            push(&mut list, words, folded(words));
        }
        assert_eq!(list, [("AB-1".to_owned(), "ab1".to_owned())]);
    }
}
