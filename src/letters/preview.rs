//! Letters as an administrator looks at them before they go out: each with a sample that fits it.
//!
//! Knows no task and no client; what it shows is invented.

use super::{Voice, Words, check, promises, samples, subject, template::Templates};
use crate::domain::{id::TaskId, letter::Audience, seal::Reference};

/// A letter with a sample task.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Preview {
    /// The kind of letter.
    pub kind: String,
    /// Its language, `en` or `es`.
    pub language: String,
    /// To whom it speaks: `client` or `staff`.
    pub to: &'static str,
    /// The subject with its reference.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML, where the letter has one.
    pub html: Option<String>,
}

/// Every letter in every language, or those of one kind or language, with the sample that fits it best.
///
/// # Errors
/// A sentence with the template's place, where a letter cannot be written.
pub fn preview(templates: &Templates, kind: Option<&str>, language: Option<&str>) -> Result<Vec<Preview>, String> {
    let mut all = Vec::new();
    for (name, languages) in templates.kinds().filter(|(name, _)| kind.is_none_or(|k| k == *name)) {
        for spoken in languages.into_iter().filter(|l| language.is_none_or(|wanted| wanted == *l)) {
            all.push(one(templates, name, spoken)?);
        }
    }
    Ok(all)
}

fn one(templates: &Templates, kind: &str, language: &str) -> Result<Preview, String> {
    let voice = check::voice_of(kind).unwrap_or(Voice { audience: Audience::Staff, by_person: false });
    let says = samples::fitting(kind, language);
    let Words { subject, text, html } = templates.render(kind, language, &says, voice)?;
    let reference = (!says.tasks.is_empty()).then_some(Reference { task: TaskId(SAMPLE_TASK), seal: None });
    debug_assert!(voice.audience == Audience::Client || text.starts_with(promises::INTERNAL));
    Ok(Preview {
        kind: kind.to_owned(),
        language: language.to_owned(),
        to: if voice.audience == Audience::Client { "client" } else { "staff" },
        subject: subject::finish(&subject, reference.as_ref()),
        text,
        html,
    })
}

/// The task that samples speak of.
const SAMPLE_TASK: u64 = 1042;
