//! Answers with one tap: links that open a mail program with the first line written already (RFC 6068). Pure.

use crate::desk::{Policy, references, says::OneTap};
use crate::domain::{person::Person, reading::SenderKind, task::Task};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a link: RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The links for a person about a task: what fits how it stands.
pub(in crate::desk) fn taps(policy: &Policy, person: &Person, task: &Task) -> Vec<OneTap> {
    let reference = policy.answers.key.personal(task.id, &person.id);
    let to = references::reply_address(policy, &reference).unwrap_or_else(|| policy.agency.address.clone());
    let subject = format!("{} [{reference}]", task.type_title);
    let tap = |title: &str, line: &str| {
        let part = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
        let at = format!("{}@{}", part(to.local()), part(to.domain()));
        OneTap { title: title.to_owned(), link: format!("mailto:{at}?subject={}&body={}", part(&subject), part(line)) }
    };
    if !task.is_open() {
        return vec![tap("Reopen", "reopen: "), tap("Note", "note ")];
    }
    let mut taps = Vec::new();
    if task.first_touch.is_none() || task.assigned.person != person.id {
        taps.push(tap("Working on it", "working on it"));
    }
    if task.reopened > 0 && task.error.is_none() {
        taps.push(tap("Our error", "our error"));
        taps.push(tap("Client's error", "client's error"));
        taps.push(tap("Carrier's error", "carrier's error"));
        taps.push(tap("Nobody's error", "nobody's error"));
    }
    if matches!(task.sender_kind, SenderKind::ThirdParty | SenderKind::Carrier) {
        taps.push(tap("To sender", "to sender: "));
    } else {
        taps.push(tap("To client", "to client: "));
        taps.push(tap("Ask client", "waiting on client: "));
        if task.unasked().next().is_some() {
            taps.push(tap("Ask what is missing", "ask"));
        }
    }
    taps.push(tap("Waiting on carrier", "waiting on carrier"));
    if let Some(step) = task.next_step().filter(|s| s.waits_on.is_some()) {
        let of = step.policy.as_ref().map_or_else(String::new, |p| format!(" for {p}"));
        taps.push(tap(&format!("Did “{}{of}”", step.id), &format!("did {}{of}", step.id)));
    }
    taps.push(tap("Note", "note "));
    taps.push(tap("Done", "done"));
    if task.first_touch.is_none() {
        taps.push(tap("Not a request", "not a request"));
    }
    taps
}
