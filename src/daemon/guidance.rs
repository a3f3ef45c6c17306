//! What the daemon goes by at one moment: rules, templates, policy. A reload swaps it whole.

use crate::config::Config;
use crate::desk::{NeedOfWork, PageOfWork, Policy};
use crate::domain::{id::RequestType, mistake::Mistake};
use crate::letters::{self, Sender, TemplateFile, Templates};
use crate::reading::{self, RuleFile, Rulebook};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

/// Rules, templates and policy that belong together.
#[derive(Debug)]
pub struct Guidance {
    /// The pages, compiled.
    pub rulebook: Rulebook,
    /// The letters' templates.
    pub templates: Templates,
    /// Calendar, people, modes.
    pub policy: Policy,
    /// Whose name letters bear.
    pub sender: Sender,
    /// The agency's shared inboxes.
    pub own_addresses: Vec<crate::domain::text::Address>,
}

/// The guidance of the moment, shared by the loops.
#[derive(Debug, Clone)]
pub struct Current(Arc<RwLock<Arc<Guidance>>>);

impl Current {
    /// Starts with `guidance`.
    #[must_use]
    pub fn new(guidance: Guidance) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(guidance))))
    }
    /// What holds now. Who keeps it works to the end with what they began with.
    #[must_use]
    pub fn get(&self) -> Arc<Guidance> {
        match self.0.read() {
            Ok(g) => Arc::clone(&g),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }
    /// Replaces it.
    pub fn set(&self, guidance: Guidance) {
        let new = Arc::new(guidance);
        match self.0.write() {
            Ok(mut g) => *g = new,
            Err(poisoned) => *poisoned.into_inner() = new,
        }
    }
}

/// The pages of a folder, or the built-in ones.
///
/// # Errors
/// The folder cannot be read, or every mistake in the pages.
pub fn rulebook(folder: Option<&Path>) -> Result<Rulebook, Vec<Mistake>> {
    let files = match folder {
        None => reading::built_in_files(),
        Some(folder) => {
            files_of(folder, &["toml", "csv"])?.into_iter().map(|(name, text)| RuleFile { name, text }).collect()
        }
    };
    Rulebook::load(&files)
}

/// The letters of a folder, or the built-in ones.
///
/// # Errors
/// The folder cannot be read, or every mistake in the letters.
pub fn templates(folder: Option<&Path>) -> Result<Templates, Vec<Mistake>> {
    let files = match folder {
        None => letters::built_in_files(),
        Some(folder) => {
            let files = files_of(folder, &["subject", "txt", "html"])?;
            let inside = |path: String| {
                Path::new(&path).strip_prefix(folder).map_or_else(|_| path.clone(), |p| p.display().to_string())
            };
            files.into_iter().map(|(name, text)| TemplateFile { name: inside(name), text }).collect()
        }
    };
    Templates::load(&files)
}

/// Everything the daemon goes by, from the configuration at `path`: checked whole, every mistake at once.
///
/// # Errors
/// Every mistake in configuration, pages, their examples and letters.
pub fn load(path: &Path) -> Result<(Config, Guidance), Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let config = keep(Config::load(path), &mut mistakes);
    let folders = config.as_ref().map(|c| &c.folders);
    let rulebook = keep(rulebook(folders.and_then(|f| f.rules.as_deref())), &mut mistakes);
    let templates = keep(templates(folders.and_then(|f| f.templates.as_deref())), &mut mistakes);
    if let Some(rulebook) = &rulebook {
        mistakes.extend(rulebook.check_examples());
    }
    if let Some(templates) = &templates {
        mistakes.extend(templates.check());
    }
    let (Some(config), Some(rulebook), Some(templates)) = (config, rulebook, templates) else { return Err(mistakes) };
    let policy =
        config.policy_of(pages_of(&rulebook), rulebook.triage().clone(), rulebook.version(), templates.version());
    mistakes.extend(letters_that_are_not_there(&rulebook, &templates));
    match keep(policy, &mut mistakes) {
        Some(policy) if mistakes.is_empty() => {
            let sender = Sender {
                name: config.agency.name.clone(),
                address: config.agency.address.clone(),
                reply_to: None,
                message_id_domain: String::new(),
                // A submission server that wants a login seldom takes `<>` (RFC 3834 3.3 asks for it where it does).
                null_sender_allowed: false,
            };
            let own_addresses = vec![config.agency.address.clone()];
            Ok((config, Guidance { rulebook, templates, policy, sender, own_addresses }))
        }
        _ => Err(mistakes),
    }
}

/// Letters that a page's schedule sends, and that no folder holds: better told now than on their day.
fn letters_that_are_not_there(rulebook: &Rulebook, templates: &Templates) -> Vec<Mistake> {
    let steps = rulebook.pages().flat_map(|p| p.practice.iter().flat_map(|w| &w.steps).map(move |s| (p, s)));
    let named = steps.filter_map(|(page, step)| step.letter.as_deref().map(|letter| (page, step, letter)));
    let missing = named.filter(|(_, _, letter)| !templates.kinds().any(|(kind, _)| kind == *letter));
    missing
        .map(|(page, step, letter)| Mistake {
            file: page.file.clone(),
            line: None,
            what: format!("the step “{}” sends the letter “{letter}”, which is not there", step.id),
            mend: match crate::domain::nearest::nearest(letter, templates.kinds().map(|(kind, _)| kind)) {
                Some(close) => format!("did you mean “{close}”?"),
                None => format!("write {letter}/subject and {letter}/body.txt under the folder of templates"),
            },
        })
        .collect()
}

/// The working half of each page.
#[must_use]
pub fn pages_of(rulebook: &Rulebook) -> BTreeMap<RequestType, PageOfWork> {
    let work = |p: &reading::Page| {
        let practice = p.practice.clone()?;
        Some((
            p.id.clone(),
            PageOfWork {
                title: p.title.clone(),
                names: p.names.clone(),
                questions: p.questions.clone(),
                needs: p
                    .needs()
                    .map(|(field, parts, or, rest)| {
                        (field.to_owned(), NeedOfWork { parts: parts.to_vec(), or: or.to_vec(), rest: rest.clone() })
                    })
                    .collect(),
                again: p.taken_over().to_vec(),
                practice,
            },
        ))
    };
    rulebook.pages().filter_map(work).collect()
}

fn keep<T>(result: Result<T, Vec<Mistake>>, mistakes: &mut Vec<Mistake>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(found) => {
            mistakes.extend(found);
            None
        }
    }
}

/// The text files of a folder and its sub-folders with these endings (or names), by path: path and content.
fn files_of(folder: &Path, endings: &[&str]) -> Result<Vec<(String, String)>, Vec<Mistake>> {
    let mistake = |path: &Path, e: &std::io::Error, mend: &str| Mistake {
        file: path.display().to_string(),
        line: None,
        what: format!("cannot be read: {e}"),
        mend: mend.to_owned(),
    };
    let mut mistakes = Vec::new();
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(e) => {
                mistakes.push(mistake(
                    &at,
                    &e,
                    "name a folder that is there in [folders], or leave the line out to use what is built in",
                ));
                continue;
            }
        };
        for path in entries.flatten().map(|e| e.path()) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with('.') && endings.iter().any(|e| name == *e || name.ends_with(&format!(".{e}"))) {
                match std::fs::read_to_string(&path) {
                    Ok(text) => files.push((path.display().to_string(), text)),
                    Err(e) => mistakes.push(mistake(&path, &e, "save it as UTF-8 text that the daemon may read")),
                }
            }
        }
    }
    files.sort();
    if mistakes.is_empty() { Ok(files) } else { Err(mistakes) }
}
