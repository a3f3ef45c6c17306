//! Tasks, people and times as letters show them. What goes outside shows nothing but what the client knows already.

use super::{
    Policy, mask,
    matching::{LINES_FIELD, POLICY_FIELD},
    missing, pipeline,
    says::*,
};
use crate::domain::{
    Timestamp,
    account::{Account, name_key},
    field::{Field, FieldValue, Place, Provenance},
    id::PersonId,
    letter::Audience,
    past::Past,
    pipeline::{Expiring, Since, Term},
    reading::{Complexity, SenderKind},
    spent::Spent,
    task::{Missing, StepMark, Task, Waiting},
    text::{Mailbox, folded},
};
use chrono::{Datelike, NaiveDate, Timelike};
use std::sync::Arc;

/// Earlier requests that are told of.
const PAST_MAX: usize = 5;
/// Policies that are told of.
const POLICIES_MAX: usize = 10;
/// Certificates of a holder that are told of.
const EARLIER_MAX: usize = 5;

/// What the kind is called while a person has still to say it.
pub(super) fn to_be_sorted(language: &str) -> &'static str {
    if language == "es" { "Por clasificar" } else { "To be sorted" }
}

/// The agency.
pub(super) fn agency(policy: &Policy) -> AgencyView {
    let a = &policy.agency;
    AgencyView {
        name: a.name.to_string(),
        address: a.address.to_string(),
        phone: a.phone.clone().unwrap_or_default(),
        hours: a.hours.clone(),
        after_hours: a.after_hours.clone().unwrap_or_default(),
    }
}

/// A correspondent.
pub(super) fn who(m: &Mailbox) -> Who {
    Who { name: m.name.to_string(), address: m.address.to_string(), phone: String::new() }
}

/// A member of staff; of one who left only the key is known.
pub(super) fn person(policy: &Policy, id: &PersonId) -> Who {
    policy.person(id).map_or_else(
        || Who { name: id.to_string(), ..Who::default() },
        |p| Who {
            name: p.name.to_string(),
            address: p.address.to_string(),
            phone: p.phone.clone().unwrap_or_default(),
        },
    )
}

/// An instant in the agency's zone: `Fri 20 Nov 2026, 3:05 PM`; `vie 20 nov 2026, 15:05` in Spanish.
pub(super) fn time(policy: &Policy, at: Timestamp, language: &str) -> String {
    const DAYS: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
    const MONTHS: [&str; 12] = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    const ENGLISH_MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let local = policy.calendar.local(at);
    let (day, year, minute) = (local.day(), local.year(), local.minute());
    let month = |names: [&'static str; 12]| names.get(local.month0() as usize).copied().unwrap_or("");
    // Not by a format: a letter tells a dozen moments, and these are read again at every one.
    if language != "es" {
        let (weekday, month, (afternoon, hour)) = (local.weekday(), month(ENGLISH_MONTHS), local.hour12());
        return format!("{weekday} {day} {month} {year}, {hour}:{minute:02} {}", if afternoon { "PM" } else { "AM" });
    }
    let weekday = DAYS.get(local.weekday().num_days_from_monday() as usize).unwrap_or(&"");
    format!("{weekday} {day} {} {year}, {}:{minute:02}", month(MONTHS), local.hour())
}

/// A day of the book: `March 1, 2027`; `1 de marzo de 2027` in Spanish.
pub(super) fn date(day: NaiveDate, language: &str) -> String {
    const MONTHS: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    if language != "es" {
        return day.format("%B %-d, %Y").to_string();
    }
    format!("{} de {} de {}", day.day(), MONTHS.get(day.month0() as usize).unwrap_or(&""), day.year())
}

/// A policy of a term, for staff.
fn expiring(p: &Expiring) -> String {
    let premium = p.premium.map(|c| c.to_string());
    let since = p.since.map(|s| match s {
        Since::Gone => "no longer in the account book".to_owned(),
        Since::Until(day) => format!("until {} in the account book", date(day, "en")),
    });
    let more: Vec<String> = [p.line.clone(), p.carrier.clone(), premium, since].into_iter().flatten().collect();
    if more.is_empty() { p.number.clone() } else { format!("{}: {}", p.number, more.join(", ")) }
}

/// A day for staff: `Fri 20 Nov`.
pub(super) fn day(policy: &Policy, at: Timestamp) -> String {
    policy.calendar.local(at).format("%a %-d %b").to_string()
}

/// Time by the wall in words: `45 min`, `3 h 20 min`, `2 days 4 h`.
pub(super) fn how_long(time: chrono::Duration) -> String {
    let (days, hours, minutes) = (time.num_days(), time.num_hours() % 24, time.num_minutes().max(0) % 60);
    let part = |n: i64, unit: &str| (n > 0).then(|| format!("{n} {unit}"));
    let of_days = if days == 1 { "day" } else { "days" };
    let parts = match (days, hours) {
        (0, 0) => return format!("{minutes} min"),
        (0, _) => [part(hours, "h"), part(minutes, "min")],
        _ => [part(days, of_days), part(hours, "h")],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Office time by whose turn it was: `us 2 h, the carrier 5½ h`; nobody else is named who took none.
pub(super) fn spent(spent: &Spent) -> String {
    let parts = [
        (spent.agency, "us"),
        (spent.client, "the client"),
        (spent.carrier, "the carrier"),
        (spent.third_party, "a third party"),
    ];
    let hours = |time: chrono::Duration| match (time.num_minutes() / 60, time.num_minutes() % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 30..) => format!("{hours}½ h"),
        (hours, _) => format!("{hours} h"),
    };
    let told = parts.iter().filter(|(time, whose)| time.num_minutes() > 0 || *whose == "us");
    told.map(|(time, whose)| format!("{whose} {}", hours(*time))).collect::<Vec<_>>().join(", ")
}

/// A sender's kind, as templates compare it.
pub(super) fn sender_kind(kind: SenderKind) -> &'static str {
    match kind {
        SenderKind::Client => "client",
        SenderKind::ThirdParty => "third_party",
        SenderKind::Carrier => "carrier",
        SenderKind::Staff => "staff",
        SenderKind::Automated => "automated",
        SenderKind::Spam => "spam",
    }
}

/// Whoever wrote, as a sentence for staff begins.
pub(super) fn writer(kind: SenderKind) -> &'static str {
    match kind {
        SenderKind::Client => "The client",
        SenderKind::ThirdParty => "The third party",
        SenderKind::Carrier => "The carrier",
        SenderKind::Staff | SenderKind::Automated | SenderKind::Spam => "The sender",
    }
}

/// What is known around a task.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    /// Its account.
    pub(super) account: Option<&'a Account>,
    /// What that account asked for last, the newest first.
    pub(super) past: &'a [Arc<Past>],
    /// Names and sizes of its attachments.
    pub(super) attachments: Vec<String>,
    /// The agency's day.
    pub(super) today: NaiveDate,
}

/// A task, as a letter to `audience` in `language` may show it.
pub(super) fn task(policy: &Policy, t: &Task, around: Around<'_>, audience: Audience, language: &str) -> TaskView {
    let Around { account, past, attachments, today } = around;
    let title = match &t.request_type {
        None => to_be_sorted(language).to_owned(),
        Some(id) => policy.title(id, language).unwrap_or(&t.type_title).to_owned(),
    };
    let outside = TaskView {
        reference: t.id.to_string(),
        title,
        request_type: t.request_type.as_ref().map(ToString::to_string).unwrap_or_default(),
        subject: t.subject.to_string(),
        requester: t.requester.as_ref().map(who).unwrap_or_default(),
        state: t.standing(),
        assignee: person(policy, &t.assigned.person),
        arrived: time(policy, t.arrived, language),
        deadline: t.deadline.map(|d| time(policy, d, language)).unwrap_or_default(),
        urgent: t.urgent,
        missing: t.missing.iter().map(outside_question).collect(),
        ends_on: t.term.as_ref().map(|term| date(term.expiration, language)).unwrap_or_default(),
        ..TaskView::default()
    };
    if audience == Audience::Client {
        // No account data, no facts, no standard that could be read as a promise: whoever edits a template cannot
        // leak what is not here.
        return outside;
    }
    let requester = reachable(t, account);
    let for_another = t.sender_kind != SenderKind::Client;
    let look_up = account.filter(|_| for_another || requester.phone.is_empty());
    TaskView {
        requester,
        for_another,
        client: look_up.map(client).unwrap_or_default(),
        insured: t.insured.as_ref().map(ToString::to_string).unwrap_or_default(),
        account_reason: t.account_reason.clone(),
        candidates: t
            .candidates
            .iter()
            .map(|c| format!("{} ({}): {}", c.account, c.name, c.because.join("; ")))
            .collect(),
        earlier: account.map(|a| earlier(a, t)).unwrap_or_default(),
        policies: account.map(|a| policies(a, t, today)).unwrap_or_default(),
        past: past.iter().filter(|p| p.task != t.id).take(PAST_MAX).map(|p| p.told(policy.calendar.zone())).collect(),
        instructions: account.and_then(|a| a.instructions.clone()).unwrap_or_default(),
        assigned_because: t.assigned.reason.clone(),
        standard_due: t.standard_due.map(|d| time(policy, d, language)).unwrap_or_default(),
        complexity: match t.complexity {
            Complexity::Simple => "simple",
            Complexity::Complex => "complex",
        }
        .to_owned(),
        facts: t.fields.iter().map(|f| fact(policy, f)).collect(),
        hazards: t.hazards.iter().map(|h| h.title.clone()).collect(),
        steps: t
            .steps
            .iter()
            .map(|s| StepView {
                title: s.with_who(),
                policy: s.policy.clone().unwrap_or_default(),
                required: s.required,
                done: s.mark != StepMark::Open,
            })
            .collect(),
        links: t.links.iter().filter(|l| l.over.is_none()).map(|l| format!("{} {}", l.how, l.other)).collect(),
        waits: t.waits.iter().filter_map(|w| waits(policy, w, language)).collect(),
        missing: t.missing.iter().map(|m| question(policy, t, m, language)).collect(),
        next_step: t.next_in_words(policy.calendar.zone()),
        done_when: t.done_when.to_string(),
        guesses: t
            .guesses
            .iter()
            .map(|g| policy.title(g, language).map_or_else(|| g.to_string(), str::to_owned))
            .collect(),
        because: t
            .evidence
            .iter()
            .filter(|e| e.weight > 0)
            .map(|e| format!("“{}” ({})", mask::words(&e.words, &t.fields), e.rule))
            .collect(),
        client_not_told: match &t.client_told {
            crate::domain::task::ClientTold::Yes => String::new(),
            crate::domain::task::ClientTold::No(why) => why.clone(),
        },
        last_human_act: t.last_human_act.map_or_else(|| "none yet".to_owned(), |at| time(policy, at, language)),
        notes: t
            .notes
            .iter()
            .map(|n| {
                let by = n.by.as_ref().map_or_else(|| "intaked".to_owned(), |p| person(policy, p).name);
                format!("{by}, {}: {}", time(policy, n.at, language), mask::words(&n.text, &t.fields))
            })
            .collect(),
        attachments,
        expiring: t.term.iter().flat_map(|term| &term.policies).map(expiring).collect(),
        at_stake: t.term.as_ref().and_then(Term::at_stake).map(|c| c.to_string()).unwrap_or_default(),
        flags: t.term.iter().flat_map(|term| &term.flags).map(|f| f.title.clone()).collect(),
        dates: pipeline::dates(t, policy)
            .into_iter()
            .map(|(what, on)| format!("{}: {what}", date(on, language)))
            .collect(),
        ..outside
    }
}

fn outside_question(m: &Missing) -> Question {
    Question { field: m.field.clone(), question: m.question.clone(), ..Question::default() }
}

/// A question as staff read it: in the language of their letter, whatever the client is asked in.
fn question(policy: &Policy, t: &Task, m: &Missing, language: &str) -> Question {
    let page = t.request_type.as_ref().and_then(|kind| policy.pages.get(kind));
    let theirs = t.language == language;
    let question = if theirs { m.question.clone() } else { missing::question(&m.field, page, &t.fields, language) };
    let doubt = m.doubt.clone().unwrap_or_default();
    Question { question, asked: t.was_asked(&m.field), doubt, ..outside_question(m) }
}

/// A policy that waits by itself.
fn waits(policy: &Policy, w: &Waiting, language: &str) -> Option<String> {
    let number = w.policy.as_ref()?;
    Some(format!("{number} waits on the {} until {}: {}", w.on, time(policy, w.until, language), w.why))
}

/// The client's policies, those first that the request names; and the numbers that it names and the book does not know.
fn policies(account: &Account, t: &Task, today: NaiveDate) -> Vec<String> {
    let stated = |name: &str| -> Vec<String> {
        t.fields.iter().filter(|f| f.name == name).map(|f| f.value.shown()).filter(|v| !v.is_empty()).collect()
    };
    let numbers = stated(POLICY_FIELD);
    let held = account.policies_for(&numbers, &stated(LINES_FIELD), today);
    let strange = numbers.iter().filter(|n| !account.policies.iter().any(|p| folded(&p.number) == folded(n)));
    let strange = strange.map(|n| format!("{n}, named in the request, is not in the account book"));
    let held = held.iter().map(|(p, named)| format!("{}{}", p.told(today), named.in_words()));
    held.chain(strange).take(POLICIES_MAX).collect()
}

/// The holders of the account book whom the request names, with what was issued to them before, the newest first.
fn earlier(account: &Account, t: &Task) -> Vec<String> {
    let named: Vec<String> = t
        .fields
        .iter()
        .filter_map(|f| match &f.value {
            FieldValue::Party { name, .. } => Some(name_key(name)),
            _ => None,
        })
        .collect();
    let known = account.holders.iter().filter(|h| named.contains(&name_key(h.name.as_str())));
    known
        .map(|h| {
            let issued: Vec<String> = h
                .certificates
                .iter()
                .rev()
                .take(EARLIER_MAX)
                .map(|c| c.project.as_ref().map_or_else(|| c.issued.to_string(), |p| format!("{} for {p}", c.issued)))
                .collect();
            let issued = if issued.is_empty() { "nothing recorded".to_owned() } else { issued.join(", ") };
            let address = h.address.as_ref().map_or_else(String::new, |a| format!(", {a}"));
            format!("{}{address}: {issued}", h.name)
        })
        .collect()
}

/// The requester with the name and the number by which staff can call them: as the message gives them, else as the
/// account book does.
fn reachable(t: &Task, account: Option<&Account>) -> Who {
    let mut who = t.requester.as_ref().map(who).unwrap_or_default();
    let read = |name: &str| t.fields.iter().find(|f| f.name == name).map(|f| f.value.shown()).unwrap_or_default();
    if let Some(caller) = t.caller() {
        who.name = caller;
    }
    let address = t.requester.as_ref().map(|r| &r.address);
    let contact = account.and_then(|a| a.contacts.iter().find(|c| address.is_some() && c.address.as_ref() == address));
    who.phone = read("contact_phone");
    if who.phone.is_empty() {
        who.phone = contact.and_then(|c| c.phone.clone()).unwrap_or_default();
    }
    if who.name.is_empty() {
        who.name = contact.map_or_else(|| read("contact_name"), |c| c.name.to_string());
    }
    who
}

/// Whom to call at a client: the first contact who can be called, else the first.
fn client(account: &Account) -> Who {
    let contact = account.contacts.iter().find(|c| c.phone.is_some()).or(account.contacts.first());
    let other = contact.map(|c| c.name.as_str()).filter(|n| !n.is_empty() && *n != account.name.as_str());
    Who {
        name: other.map_or_else(|| account.name.to_string(), |n| format!("{} ({n})", account.name)),
        address: contact.and_then(|c| c.address.as_ref()).map(ToString::to_string).unwrap_or_default(),
        phone: contact.and_then(|c| c.phone.clone()).unwrap_or_default(),
    }
}

/// A field, as staff see it.
fn fact(policy: &Policy, f: &Field) -> Fact {
    let (words, source) = match &f.from {
        Provenance::Message { words, span, rule, .. } => {
            // The words a driver was read from hold birth date and licence in full.
            let private = matches!(f.value, FieldValue::Driver { .. });
            let words = if private { String::new() } else { mask::words(words, &[]) };
            // The rule that read an attachment names it behind itself.
            let file = rule.split_once(" in ").filter(|_| matches!(span.place, Place::AttachmentText(_)));
            (words, file.map_or("message", |(_, name)| name).to_owned())
        }
        Provenance::Book { .. } => (String::new(), "account book".to_owned()),
        Provenance::Earlier { task, words } => (mask::words(words, &[]), format!("as in {task}")),
        Provenance::Person { person: id, .. } => (String::new(), person(policy, id).name),
    };
    Fact {
        name: f.name.clone(),
        label: label(&f.name),
        value: match &f.value {
            FieldValue::Text(t) => mask::words(t, &[]),
            other => other.shown_masked(),
        },
        words,
        source,
        doubt: f.doubt.clone().unwrap_or_default(),
        unsure: !f.is_sure(),
    }
}

/// `policy_numbers` → `Policy number`.
pub(super) fn label(name: &str) -> String {
    let one = match name.strip_suffix('s') {
        Some(rest) if !rest.ends_with(['s', 'u', 'i']) => rest,
        _ => name,
    };
    let words = one.replace('_', " ");
    if words == "vin" {
        return "VIN".to_owned();
    }
    let mut c = words.chars();
    c.next().map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}
