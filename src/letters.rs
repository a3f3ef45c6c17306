//! Intents and templates become finished mail: words, headers, MIME, a fixed Message-ID.
//!
//! Pure: the time, the seed of all ids and the facts are handed in, so the same decision gives the same bytes. Knows no
//! store, no network and no file; it must not know what becomes of a letter once it is written.

mod body;
mod built_in;
mod check;
mod layout;
mod mail;
mod original;
mod plain;
mod preview;
mod private;
mod promises;
mod samples;
mod subject;
mod template;
mod words;

pub use built_in::files as built_in_files;
pub use original::assemble;
pub use preview::{Preview, preview};
pub use samples::{Sample, samples};
pub use template::Templates;

use crate::desk::{Draft, Intent};
use crate::domain::{
    decision::Decision,
    event::Event,
    id::TaskId,
    letter::{Audience, Letter},
    seal::Reference,
    task::ClientTold,
    text::{Address, HeaderText, Mailbox},
};
use mail::{Ids, Parts};
use serde::{Deserialize, Serialize};

/// A file below `templates/`: `acknowledgement/es/body.txt` and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Path below `templates/`, with `/` between its parts.
    pub name: String,
    /// The text.
    pub text: String,
}

/// In whose name letters go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The agency's name, shown in From.
    pub name: HeaderText,
    /// The shared inbox: From, and MAIL FROM.
    pub address: Address,
    /// Where answers go, when not to `address`.
    pub reply_to: Option<Address>,
    /// What stands behind the `@` of Message-IDs; the address's own domain when empty.
    pub message_id_domain: String,
    /// The submission server takes `MAIL FROM:<>` from us. RFC 3834 3.3 asks for it on automatic replies; many
    /// servers that want a login refuse it, and then a refused letter would be the worse thing.
    pub null_sender_allowed: bool,
}

/// Writes the letters of a decision.
///
/// Total: an intent whose template fails is written as a plain built-in letter, and one that cannot be mail at all
/// (an address that no mail server takes) becomes a note on its task; both say so in the decision's events. `seed` is
/// fresh randomness of the edge: every id and boundary is derived from it, so that one seed gives one set of bytes.
#[must_use]
pub fn write(draft: Draft, templates: &Templates, sender: &Sender, seed: [u8; 16]) -> Decision {
    let Draft { at, cause, mut events, intents, versions } = draft;
    let mut letters = Vec::with_capacity(intents.len());
    for (index, intent) in intents.into_iter().enumerate() {
        let ids = Ids::derive(seed, at, index);
        let voice = Voice { audience: intent.audience, by_person: intent.by_person };
        let words = match templates.render(&intent.kind, &intent.language, &intent.says, voice) {
            Ok(words) => words,
            Err(why) => {
                let why = fell_back(&intent.kind, &why);
                events.extend(note(&intent.tasks, why.clone()));
                letters.extend(told_of_template(&intent, &why, at, sender, seed, index));
                plain::write(&intent)
            }
        };
        match letter(&intent, words, at, sender, &ids) {
            Ok(letter) => letters.push(letter),
            Err(why) => events.extend(not_written(&intent, &why)),
        }
    }
    Decision { at, cause, events, letters, versions }
}

/// In whose name a letter speaks, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Voice {
    /// To whom.
    pub(crate) audience: Audience,
    /// A member of staff wrote the words and had them sent: they may well tell of coverage.
    pub(crate) by_person: bool,
}

/// The letter to a person whose letter's template failed: plain, because templates are what is broken.
fn told_of_template(
    intent: &Intent,
    why: &str,
    at: crate::domain::Timestamp,
    sender: &Sender,
    seed: [u8; 16],
    index: usize,
) -> Option<Letter> {
    let to = intent.tell.clone().filter(|t| t.address != intent.to.address)?;
    // A place of its own behind those of all intents, so that its names are its own, too.
    let ids = Ids::derive(seed, at, index + TOLD_OF_TEMPLATES);
    let words = plain::of_template(intent, why);
    let told = Intent {
        kind: TEMPLATE_FAILED.to_owned(),
        audience: Audience::Staff,
        to,
        answers: None,
        in_reply_to: None,
        references: Vec::new(),
        disposition: crate::domain::letter::Disposition::Send,
        auto_replied: false,
        original: None,
        documents: Vec::new(),
        reference: intent.tasks.first().map(|task| Reference { task: *task, seal: None }),
        reply_to: None,
        by_person: false,
        tell: None,
        ..intent.clone()
    };
    letter(&told, words, at, sender, &ids).ok()
}

/// The kind of the letter that tells of a template which failed; it has none itself.
const TEMPLATE_FAILED: &str = "template-failed";
/// Where the names of such letters begin among those of a decision.
const TOLD_OF_TEMPLATES: usize = 1 << 16;

/// Subject and bodies of one letter, before they are mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// One line, without the task's reference.
    pub(crate) subject: String,
    /// Laid out for 76 columns, LF line ends.
    pub(crate) text: String,
    /// None where the template has no HTML.
    pub(crate) html: Option<String>,
}

fn letter(
    intent: &Intent,
    words: Words,
    at: crate::domain::Timestamp,
    sender: &Sender,
    ids: &Ids,
) -> Result<Letter, String> {
    let reference = intent.tasks.first().copied();
    let shown = intent.reference.clone().or(reference.map(|task| Reference { task, seal: None }));
    let subject = subject::finish(&words.subject, shown.as_ref());
    let domain = if sender.message_id_domain.is_empty() { sender.address.domain() } else { &sender.message_id_domain };
    let message_id = ids.message_id(&intent.kind, reference, domain);
    let to = Mailbox { name: intent.to.name.clone(), address: mail::deliverable(&intent.to.address)? };
    let mail = mail::build(&Parts {
        sender,
        to: &to,
        subject: &subject,
        message_id: &message_id,
        in_reply_to: intent.in_reply_to.as_deref(),
        references: &intent.references,
        reply_to: intent.reply_to.as_ref().or(sender.reply_to.as_ref()),
        submitted: if intent.by_person {
            None
        } else if intent.auto_replied {
            Some("auto-replied")
        } else {
            Some("auto-generated")
        },
        at,
        text: words.text,
        html: words.html,
        original: intent.original.as_ref(),
        documents: &intent.documents,
        ids,
    })?;
    // Staff can bounce a letter back to us and we hear of it; a stranger's automatic answer must find nobody.
    let null_sender = sender.null_sender_allowed && intent.auto_replied && intent.audience == Audience::Client;
    Ok(Letter {
        id: ids.letter.clone(),
        kind: intent.kind.clone(),
        audience: intent.audience,
        to,
        envelope_from: if null_sender { None } else { Some(sender.address.clone()) },
        message_id,
        subject: HeaderText::new(&subject),
        tasks: intent.tasks.clone(),
        answers: intent.answers.clone(),
        disposition: intent.disposition,
        not_before: intent.not_before,
        mail,
    })
}

fn note(tasks: &[TaskId], text: String) -> Option<Event> {
    tasks.first().map(|task| Event::Noted { task: *task, by: None, text })
}

fn fell_back(kind: &str, why: &str) -> String {
    format!(
        "The letter “{kind}” could not be written from its template ({why}). The plain built-in letter was written \
         instead. `intaked check` shows what to mend."
    )
}

/// A letter that cannot be mail: a person hears of it on the task, and the client counts as not told.
fn not_written(intent: &Intent, why: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let masked = intent.to.address.masked();
    events.extend(note(
        &intent.tasks,
        format!("The letter “{}” to {masked} could not be written: {why}. Please call or write by hand.", intent.kind),
    ));
    if intent.audience == Audience::Client {
        events.extend(intent.tasks.iter().map(|task| Event::ClientToldSet {
            task: *task,
            told: ClientTold::No(format!("their address cannot be written to: {why}")),
        }));
    }
    events
}

#[cfg(test)]
mod tests;
