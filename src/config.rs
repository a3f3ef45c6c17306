//! `intaked.toml`, checked whole before anything starts: every mistake at once, with its line and the mend.
//!
//! Makes typed values of what an administrator wrote. Knows no store, no network and no rule; reads files only to see
//! that what the configuration names is there.

mod absence;
mod agency;
mod answers;
mod book;
mod digest;
mod letters;
mod mailboxes;
mod measures;
mod partner;
mod people;
mod policy;
mod secret;
mod smtp;
mod tree;
mod version;

pub use book::{BookSettings, mapping};
pub use digest::{Heartbeat, Unreachable, Watcher};
pub use letters::{Letters, Limits};
pub use secret::Surroundings;

use crate::desk;
use crate::domain::{calendar::Calendar, id::*, mistake::Mistake, nearest::nearest, person::*};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tree::{At, Section};

/// Where things lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Raw mail, journal and desk.
    pub data: PathBuf,
    /// The pages; `None` for the built-in ones.
    pub rules: Option<PathBuf>,
    /// The letters; `None` for the built-in ones.
    pub templates: Option<PathBuf>,
    /// The socket on which the daemon hears commands.
    pub socket: PathBuf,
}

/// `intaked.toml`, read and found good.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The file, as the person named it.
    pub file: String,
    /// The agency, as letters show it.
    pub agency: desk::Agency,
    /// Office hours, holidays, zone.
    pub calendar: Calendar,
    /// Everybody.
    pub people: Vec<Person>,
    /// Who somebody is on this machine: Unix user → person.
    pub unix_users: BTreeMap<String, PersonId>,
    /// Who is on duty for what nobody owns; never empty.
    pub duty: Vec<PersonId>,
    /// Who is on duty when.
    pub rota: Vec<desk::Shift>,
    /// External licensed teams.
    pub partners: Vec<desk::Partner>,
    /// How far the daemon goes on its own.
    pub mode: Mode,
    /// The same per request type, where it differs.
    pub mode_of: BTreeMap<RequestType, Mode>,
    /// Where things lie.
    pub folders: Folders,
    /// What is watched; never empty.
    pub mailboxes: Vec<crate::inbox::Watched>,
    /// Where letters go.
    pub outlet: crate::outbox::OutboxSettings,
    /// What letters are like and how often they are tried.
    pub letters: Letters,
    /// What answers to letters may do.
    pub answers: desk::Answers,
    /// Where the daemon stops by itself.
    pub limits: Limits,
    /// How the account book is read.
    pub book: BookSettings,
    /// When digests are written; `None` writes none.
    pub digest: Option<desk::Digest>,
    /// When the owners' weekly report is written; `None` writes none.
    pub weekly: Option<desk::Weekly>,
    /// How somebody outside sees that the daemon lives.
    pub heartbeat: Heartbeat,
    /// When people hear that a server is away.
    pub unreachable: Unreachable,
    /// Digest of what decisions depend on: people, calendar, modes, caps.
    pub version: String,
    /// The line on which the rota begins.
    rota_line: Option<usize>,
    /// Lines of `[modes]`, for mistakes that only the pages show.
    mode_lines: BTreeMap<RequestType, usize>,
}

impl Config {
    /// Reads and checks a file, in the surroundings of this process.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn load(path: &Path) -> Result<Self, Vec<Mistake>> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| {
            let (what, mend) = match e.kind() {
                std::io::ErrorKind::NotFound => (
                    "there is no such file".to_owned(),
                    "name it with --config, or begin with deploy/intaked.toml as an example",
                ),
                std::io::ErrorKind::InvalidData => {
                    ("this is not a text file (its bytes are not UTF-8)".to_owned(), "save it as UTF-8")
                }
                _ => (format!("cannot be read: {e}"), "make it readable for the user who runs this"),
            };
            vec![Mistake { file: name.clone(), line: None, what, mend: mend.to_owned() }]
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        Self::read(&name, &text, base, &Surroundings::ours())
    }

    /// Reads and checks a text; relative paths start at `base`.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(name: &str, text: &str, base: &Path, around: &Surroundings) -> Result<Self, Vec<Mistake>> {
        let source = tree::Source::new(name, text);
        let (document, broken) = toml::de::DeTable::parse_recoverable(text);
        for e in &broken {
            let offset = e.span().map_or(0, |s| s.start);
            source.mistake(offset, format!("this is not TOML: {}", e.message()), "see toml.io for how it is written");
        }
        if !broken.is_empty() {
            // What the parser made of the rest is a guess; mistakes found in it would mislead.
            return Err(source.into_mistakes());
        }
        let config = Self::sections(&Section::whole(&source, document.get_ref()), name, base, around);
        let mistakes = source.into_mistakes();
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ if mistakes.is_empty() => Err(vec![Mistake {
                file: name.to_owned(),
                line: None,
                what: "something in this file is wrong that this program has no words for".to_owned(),
                mend: "compare it with deploy/intaked.toml".to_owned(),
            }]),
            _ => Err(mistakes),
        }
    }

    /// What is worth a look although nothing is wrong with it, each with line and what could be done.
    #[must_use]
    pub fn remarks(&self) -> Vec<Mistake> {
        absence::gaps(self)
    }

    /// Where the daemon of a configuration has its socket. Asks nothing else of the file: who only talks to the daemon
    /// need not be able to read its passwords, nor care for a mistake elsewhere.
    ///
    /// # Errors
    /// When the file cannot be read, or says nothing of a data folder.
    pub fn socket_of(path: &Path) -> anyhow::Result<PathBuf> {
        let text = std::fs::read_to_string(path)?;
        let (document, _) = toml::de::DeTable::parse_recoverable(&text);
        let source = tree::Source::new("", &text);
        let whole = Section::whole(&source, document.get_ref());
        let folders = whole.table("folders", "[folders]");
        let text = |key: &str| folders.as_ref().and_then(|f| f.text(key)).map(|at| at.value);
        let base = path.parent().unwrap_or(Path::new(""));
        let socket = text("socket").or_else(|| text("data").map(|data| format!("{data}/intaked.sock")));
        socket.map(|s| base.join(s)).ok_or_else(|| anyhow::anyhow!("it has no [folders] data"))
    }

    /// Reads all sections, each to its end, so that all mistakes are found; `None` when a needed value is missing.
    fn sections(whole: &Section<'_, '_>, name: &str, base: &Path, around: &Surroundings) -> Option<Self> {
        whole.only(&[
            "agency",
            "folders",
            "person",
            "duty",
            "mailbox",
            "smtp",
            "letters",
            "answers",
            "modes",
            "limits",
            "book",
            "partner",
            "digest",
            "reports",
            "heartbeat",
            "unreachable",
        ]);
        let agency = agency::read(whole);
        let zone = agency.as_ref().map(|a| a.calendar.zone());
        let people = people::read(whole, agency.as_ref().map(|a| &a.agency.address));
        let duty = people::duty(whole, &people);
        let modes = people::modes(whole);
        let partners = partner::read(whole);
        let folders = folders(whole, base);
        let mailboxes = mailboxes::read(whole, base, around, zone);
        let outlet = smtp::read(whole, base, around);
        let letters = letters::read(whole);
        let answers = answers::read(whole);
        let limits = letters::limits(whole);
        let book = book::read(whole, base);
        let digest = digest::read(whole);
        let weekly = digest::weekly(whole);
        let heartbeat = digest::heartbeat(whole);
        let unreachable = digest::unreachable(whole);
        let agency = agency?;
        let people::Duty { people: duty, rota, rota_line } = duty?;
        let mut config = Self {
            file: name.to_owned(),
            agency: agency.agency,
            calendar: agency.calendar,
            people: people.people,
            unix_users: people.unix_users,
            duty,
            rota,
            rota_line,
            partners,
            mode: agency.mode,
            mode_lines: modes.iter().map(|(t, m)| (t.clone(), whole.source().line(m))).collect(),
            mode_of: modes.into_iter().map(|(t, m)| (t, m.value)).collect(),
            folders: folders?,
            mailboxes: mailboxes?,
            outlet: outlet?,
            letters: letters?,
            answers: answers?,
            limits: limits?,
            book: book?,
            digest: digest?,
            weekly: weekly?,
            heartbeat: heartbeat?,
            unreachable: unreachable?,
            version: String::new(),
        };
        config.version = version::of(&config);
        Some(config)
    }
}

/// Reads `[folders]`.
fn folders(whole: &Section<'_, '_>, base: &Path) -> Option<Folders> {
    let source = whole.source();
    let Some(section) = whole.table("folders", "[folders]") else {
        if !whole.has("folders") {
            source.mistake_anywhere("[folders] is missing", "add: [folders] and below it data = \"/var/lib/intaked\"");
        }
        return None;
    };
    section.only(&["data", "rules", "templates", "socket"]);
    let data = section.needed("data", "\"/var/lib/intaked\"").map(|at| at.with(base.join(&at.value)));
    if let Some(at) = data.as_ref().filter(|at| at.value.is_file()) {
        source.wrong(
            at,
            format!("{} is a file", at.value.display()),
            "name a folder; it is created when it is not there",
        );
    }
    let existing = |key: &str, otherwise: &str| {
        let at = section.text(key)?;
        let path = base.join(&at.value);
        if !path.is_dir() {
            let mend = format!("create it, or take the line out: then {otherwise}");
            source.wrong(&at, format!("there is no folder {}", path.display()), mend);
        }
        Some(path)
    };
    let rules = existing("rules", "the built-in pages hold");
    let templates = existing("templates", "the built-in letters hold");
    let socket = section.text("socket").map(|at| base.join(&at.value));
    let data = data?.value;
    let socket = socket.unwrap_or_else(|| data.join("intaked.sock"));
    Some(Folders { data, rules, templates, socket })
}

/// Reads a word out of a short list of words, and names the nearest when it is none of them.
fn choice<T: Copy>(section: &Section<'_, '_>, at: &At<String>, choices: &[(&str, T)]) -> Option<T> {
    if let Some((_, value)) = choices.iter().find(|(word, _)| *word == at.value) {
        return Some(*value);
    }
    let all: Vec<String> = choices.iter().map(|(w, _)| format!("“{w}”")).collect();
    let mend = match nearest(&at.value, choices.iter().map(|(w, _)| *w)) {
        Some(close) => format!("did you mean “{close}”? It can be {}", all.join(", ")),
        None => format!("it can be {}", all.join(", ")),
    };
    section.source().wrong(at, format!("“{}” is not known here", at.value), mend);
    None
}

/// The three modes by name.
const MODES: [(&str, Mode); 3] = [("observe", Mode::Observe), ("review", Mode::Review), ("live", Mode::Live)];

#[cfg(test)]
#[path = "config/config_tests.rs"]
mod tests;
