//! The plain letter that goes when a template fails: short, true, in no need of a template.

use super::{Words, layout, promises, subject};
use crate::desk::Intent;
use crate::domain::letter::Audience;
use std::fmt::Write as _;

/// The plain letter for an intent.
#[must_use]
pub(super) fn write(intent: &Intent) -> Words {
    match intent.audience {
        Audience::Client if !intent.says.message.is_empty() || !intent.documents.is_empty() => by_person(intent),
        Audience::Client if intent.language == "es" => client_es(intent),
        Audience::Client => client(intent),
        Audience::Staff => staff(intent),
    }
}

fn references(intent: &Intent) -> String {
    intent.tasks.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn line(text: &str) -> String {
    crate::domain::text::HeaderText::new(text).as_str().to_owned()
}

/// A member of staff's own words, which must not be lost with the template around them.
fn by_person(intent: &Intent) -> Words {
    let says = &intent.says;
    let mut text = format!("{}\n", says.message);
    if !intent.documents.is_empty() {
        let _ = writeln!(text, "\n({})", line(&intent.documents.join(", ")));
    }
    let _ = writeln!(text, "\n{}\n{}", line(&says.by.name), line(&says.agency.name));
    if !says.agency.phone.is_empty() {
        let _ = writeln!(text, "{}", line(&says.agency.phone));
    }
    if !intent.by_person {
        let _ = writeln!(text, "\n{}", promises::no_coverage(&intent.language));
    }
    Words { subject: subject::reply_to(&says.subject), text: layout::laid_out(&text), html: None }
}

/// What tells a person that a template failed.
#[must_use]
pub(super) fn of_template(intent: &Intent, why: &str) -> Words {
    let mut text = format!("{}\n\n{}\n", promises::INTERNAL, line(why));
    let _ =
        writeln!(text, "\nThe letter to {} went out plain; look whether it says enough.", line(&intent.to.to_string()));
    if !intent.tasks.is_empty() {
        let _ = writeln!(text, "Task: {}", references(intent));
    }
    Words { subject: "A letter's template failed".to_owned(), text: layout::laid_out(&text), html: None }
}

fn client(intent: &Intent) -> Words {
    let agency = &intent.says.agency;
    let mut text = "Hello,\n\nWe have received your message, and a person here will read it.\n".to_owned();
    // Writing to a String cannot fail.
    if !intent.tasks.is_empty() {
        let _ = writeln!(text, "\nYour reference: {}", references(intent));
    }
    if !agency.phone.is_empty() {
        let _ = writeln!(text, "If it is urgent, please call {}.", line(&agency.phone));
    }
    let _ = writeln!(
        text,
        "\n{} Please do not mail card, bank or Social Security numbers.\n\n{}",
        promises::NO_COVERAGE,
        line(&agency.name)
    );
    let _ = writeln!(text, "{}", line(&agency.hours));
    Words { subject: subject::reply_to(&intent.says.subject), text: layout::laid_out(&text), html: None }
}

fn client_es(intent: &Intent) -> Words {
    let agency = &intent.says.agency;
    let mut text = "Hola:\n\nHemos recibido su mensaje, y una persona de nuestra oficina lo leerá.\n".to_owned();
    if !intent.tasks.is_empty() {
        let _ = writeln!(text, "\nSu referencia: {}", references(intent));
    }
    if !agency.phone.is_empty() {
        let _ = writeln!(text, "Si es urgente, llámenos al {}.", line(&agency.phone));
    }
    let _ = writeln!(
        text,
        "\n{} Por favor, no envíe por correo números de tarjeta, de cuenta bancaria ni de Seguro Social.\n\n{}",
        promises::NO_COVERAGE_ES,
        line(&agency.name)
    );
    Words { subject: subject::reply_to(&intent.says.subject), text: layout::laid_out(&text), html: None }
}

fn staff(intent: &Intent) -> Words {
    let says = &intent.says;
    let mut text = format!("{}\n", promises::INTERNAL);
    for said in [&says.action, &says.why, &says.clock] {
        if !said.is_empty() {
            let _ = writeln!(text, "\n{}", line(said));
        }
    }
    if let Some(answer) = &says.answer {
        if !answer.refused.is_empty() {
            let _ = writeln!(text, "\nNOT DONE: {}", line(&answer.refused));
        }
        if !answer.kept.is_empty() || !answer.rest.is_empty() {
            let _ = writeln!(text, "\nYour text was NOT sent to the client.");
        }
        for did in &answer.did {
            let _ = writeln!(text, "  - {}", line(did));
        }
    }
    for task in says.tasks.iter().take(20) {
        let _ = writeln!(text, "\n{}  {}  {}", line(&task.reference), line(&task.title), line(&task.insured));
        for danger in &task.hazards {
            let _ = writeln!(text, "! {}", line(danger));
        }
        let told = if task.for_another { "Sender told: NO" } else { "Client told: NO" };
        for (label, value) in [
            ("From", &task.requester.name),
            ("Address", &task.requester.address),
            ("Client", &task.client.name),
            ("Client's telephone", &task.client.phone),
            ("Wanted by", &task.deadline),
            ("Next step", &task.next_step),
            ("Who has it", &task.assignee.name),
            (told, &task.client_not_told),
        ] {
            if !value.is_empty() {
                let _ = writeln!(text, "  {label}: {}", line(value));
            }
        }
        for question in &task.missing {
            let _ = writeln!(text, "  Missing: {}", line(&question.question));
        }
    }
    if let Some(lost) = &says.undelivered {
        let _ = writeln!(text, "\nNot delivered to {}: {}", line(&lost.to), line(&lost.why));
    }
    let first = says.tasks.first();
    let title = first.map_or("", |t| t.title.as_str());
    let insured = first.map_or("", |t| t.insured.as_str());
    let about = [intent.kind.as_str(), title, insured];
    let subject = about.iter().filter(|s| !s.is_empty()).map(|s| line(s)).collect::<Vec<_>>().join(", ");
    Words { subject, text: layout::laid_out(&text), html: None }
}
