//! What is wrong with templates, said so that an administrator can mend it: found before anything is sent.

use super::{Voice, promises, samples, template::Templates};
use crate::desk::says::Says;
use crate::domain::{letter::Audience, mistake::Mistake};
use minijinja::{Error, ErrorKind, Value};
use std::collections::{BTreeMap, BTreeSet};

const EXPLAINED: &str = "templates/README.md lists what a letter may use.";

/// Variables that a file uses and no letter has, even where no sample would come by.
pub(super) fn names(templates: &Templates, all: &BTreeMap<String, String>) -> Vec<Mistake> {
    let known = known();
    let globals = templates.globals();
    let mut mistakes = Vec::new();
    for (name, text) in all.iter().filter(|(name, _)| !name.starts_with("shared/")) {
        for path in templates.looked_up(name) {
            let first = path.split('.').next().unwrap_or("");
            let pair: String = path.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
            // A list's parts are met in loops, by the samples.
            let whole = known.iter().any(|k| *k == pair) || !known.iter().any(|k| k.starts_with(&format!("{first}.")));
            if globals.contains(first) || (known.contains(first) && (pair == first || whole)) {
                continue;
            }
            mistakes.push(Mistake {
                file: name.clone(),
                line: line_with(text, &path),
                what: format!("there is no “{pair}” for letters to use"),
                mend: suggestion(&pair, &known),
            });
        }
    }
    mistakes
}

/// Renders every letter with every sample.
pub(super) fn renders(templates: &Templates) -> Vec<Mistake> {
    let samples: Vec<Value> =
        samples().iter().map(|sample| Value::from(minijinja::value::Serde(&sample.says))).collect();
    let mut mistakes = BTreeSet::new();
    for (kind, language, files) in templates.letters() {
        for file in files {
            for sample in &samples {
                match templates.rendered(file, sample) {
                    Ok(text) => mistakes.extend(broken_promise(kind, language, file, &text)),
                    Err(mistake) => {
                        mistakes.insert(mistake);
                    }
                }
            }
        }
    }
    mistakes.into_iter().collect()
}

/// The letters whose readers are known by their names; an agency's own kinds get the sentence when they are written.
fn broken_promise(kind: &str, language: &str, file: &str, text: &str) -> Option<Mistake> {
    if file.ends_with("subject") {
        return text.trim().is_empty().then(|| Mistake {
            file: file.to_owned(),
            line: None,
            what: "the subject can come out empty".to_owned(),
            mend: "Let it say something whatever is known, such as {{ subject | reply }}.".to_owned(),
        });
    }
    let (sentence, kept) = match voice_of(kind)? {
        Voice { by_person: true, .. } => return None,
        Voice { audience: Audience::Client, .. } => {
            (promises::no_coverage(language), promises::holds(text, promises::no_coverage(language)))
        }
        Voice { audience: Audience::Staff, .. } => (promises::INTERNAL, promises::holds(text, promises::INTERNAL)),
    };
    (!kept).then(|| Mistake {
        file: file.to_owned(),
        line: None,
        what: format!("the letter does not always say “{sentence}”"),
        mend:
            "Include shared/promise.txt or shared/promise.html in letters to clients, and begin letters to staff with \
               that line; without it the sentence is added when the letter is written."
                .to_owned(),
    })
}

/// To whom a letter of this kind speaks, and in whose name; `None` for a kind of the agency's own that tells neither.
pub(super) fn voice_of(kind: &str) -> Option<Voice> {
    let of = |audience, by_person| Some(Voice { audience, by_person });
    match kind {
        "to-client" => of(Audience::Client, true),
        "question" | "questions" | "reminder" => of(Audience::Client, false),
        kind if kind.ends_with("acknowledgement") || kind.starts_with("scheduled-") => of(Audience::Client, false),
        "notice" | "escalation" | "hazard" | "digest" | "undelivered" | "answer" | "doubted" | "handover"
        | "prepared" | "report" => of(Audience::Staff, false),
        _ => None,
    }
}

/// A template error in words; `at` is the piece of the template it stands at.
pub(super) fn explained(error: &Error, at: Option<&str>) -> (String, String) {
    let at = at.map(str::trim).filter(|at| !at.is_empty() && at.len() <= 80);
    let detail = error.detail().unwrap_or("");
    match error.kind() {
        ErrorKind::UndefinedError => (
            at.map_or_else(|| "a variable is used that letters do not have".to_owned(), |at| format!("there is no “{at}” here")),
            at.map_or_else(|| EXPLAINED.to_owned(), |at| suggestion(at, &known())),
        ),
        ErrorKind::SyntaxError => (
            format!("this is not written as templates are: {detail}"),
            "A value is {{ name }}; a condition is {% if name %} … {% endif %}; a list is {% for x in names %} … {% endfor %}."
                .to_owned(),
        ),
        ErrorKind::UnknownFilter if detail.contains("safe") => (
            "letters have no filter “safe”: what a stranger wrote is never put into HTML as it is".to_owned(),
            "Leave it out, or use “lines” for several lines of words.".to_owned(),
        ),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            (format!("{}: {detail}", error.kind()), EXPLAINED.to_owned())
        }
        ErrorKind::TemplateNotFound | ErrorKind::BadInclude => (
            format!("a file is included that is not there: {detail}"),
            "Name it from the top of the templates folder: {% include \"shared/promise.txt\" %}.".to_owned(),
        ),
        ErrorKind::OutOfFuel => (
            "the template does not come to an end".to_owned(),
            "Look for a loop that is too long, or an include of itself.".to_owned(),
        ),
        kind => (format!("{kind}: {detail}"), EXPLAINED.to_owned()),
    }
}

/// Every path a template can name: `agency.name`, `tasks`, `title` (of a task, in a loop) …
fn known() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let whole = samples().into_iter().map(|s| s.says).find(|s| s.undelivered.is_some()).unwrap_or_default();
    if let Ok(serde_json::Value::Object(top)) = serde_json::to_value::<Says>(whole) {
        for (name, value) in top {
            if let serde_json::Value::Object(parts) = &value {
                paths.extend(parts.keys().map(|part| format!("{name}.{part}")));
            }
            paths.insert(name);
        }
    }
    paths
}

/// Every name at any depth, for guessing what was meant.
pub(super) fn all_names(value: &serde_json::Value, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(parts) => {
            for (name, part) in parts {
                names.insert(name.clone());
                all_names(part, names);
            }
        }
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| all_names(part, names)),
        _ => {}
    }
}

fn suggestion(wrong: &str, known: &BTreeSet<String>) -> String {
    let mut names = known.clone();
    for sample in samples() {
        if let Ok(value) = serde_json::to_value(&sample.says) {
            all_names(&value, &mut names);
        }
    }
    let last = wrong.rsplit('.').next().unwrap_or(wrong);
    let near = names
        .iter()
        .flat_map(|name| [(distance(wrong, name), name), (distance(last, name), name)])
        .filter(|(far, name)| *far <= 2.max(name.len() / 4) && *far < name.len())
        .min();
    match near {
        Some((_, name)) => format!("Did you mean “{name}”? {EXPLAINED}"),
        None => EXPLAINED.to_owned(),
    }
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (cb, above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(ca != cb)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

fn line_with(text: &str, path: &str) -> Option<usize> {
    let whole = text.find(path);
    let at = whole.or_else(|| text.find(path.split('.').next().unwrap_or(path)))?;
    Some(crate::domain::mistake::line_of(text, at))
}
