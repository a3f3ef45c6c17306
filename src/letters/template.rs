//! The templates: loaded, compiled once, rendered for one letter in one language.
//!
//! A letter is a folder: `<kind>/subject`, `<kind>/body.txt` and, if it has one, `<kind>/body.html`; a translation is a
//! folder in it, `<kind>/es/subject` … What letters share lies in `shared/`.

use super::{TemplateFile, Voice, Words, built_in, layout, promises, words};
use crate::desk::says::Says;
use crate::domain::{mistake::Mistake, text::hex};
use minijinja::{Environment, Error, UndefinedBehavior, Value, syntax::SyntaxConfig};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Steps a template may take; a usual letter takes some 2,000, so only a runaway loop meets this.
const FUEL: u64 = 400_000;
/// Longest text or HTML of a letter in bytes.
const LONGEST: usize = 512 * 1024;

/// All letters of an agency, compiled.
#[derive(Clone)]
pub struct Templates {
    env: Arc<Environment<'static>>,
    /// Kind → languages it is there in (`en` is the folder itself).
    kinds: BTreeMap<String, BTreeMap<String, Files>>,
    version: String,
}

/// The full names of one letter's files in one language.
#[derive(Debug, Clone, Default)]
struct Files {
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates").field("kinds", &self.kinds.keys()).field("version", &self.version).finish()
    }
}

impl PartialEq for Templates {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Templates {
    /// Compiles an agency's own letters over the built-in ones: a file of the same name replaces the built-in file, so
    /// a folder needs to hold only what the agency changed.
    ///
    /// # Errors
    /// Every mistake at once: a file that is no letter's, a letter without its parts, bad syntax, a variable that does
    /// not exist.
    pub fn load(files: &[TemplateFile]) -> Result<Self, Vec<Mistake>> {
        let mut all: BTreeMap<String, String> = built_in::files().into_iter().map(|f| (f.name, f.text)).collect();
        for file in files.iter().filter(|f| !is_aside(&f.name)) {
            all.insert(file.name.clone(), file.text.clone());
        }
        let (templates, mut mistakes) = Self::compiled(&all);
        if mistakes.is_empty() {
            mistakes = super::check::names(&templates, &all);
        }
        mistakes.sort();
        mistakes.dedup();
        if mistakes.is_empty() { Ok(templates) } else { Err(mistakes) }
    }

    /// The letters that come with the daemon.
    #[must_use]
    pub fn built_in() -> Self {
        let all = built_in::files().into_iter().map(|f| (f.name, f.text)).collect();
        Self::compiled(&all).0
    }

    /// Renders every letter in every language with many samples and reports what would fail or say what it must not.
    #[must_use]
    pub fn check(&self) -> Vec<Mistake> {
        super::check::renders(self)
    }

    /// Digest of all files: decisions name the templates they were made with by this.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The kinds of letters there are, each with its languages.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.kinds.iter().map(|(kind, languages)| (kind.as_str(), languages.keys().map(String::as_str).collect()))
    }

    fn compiled(all: &BTreeMap<String, String>) -> (Self, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_fuel(Some(FUEL));
        // Mistakes then know the words they stand at; costs nothing until one happens.
        env.set_debug(true);
        if let Ok(syntax) =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
        {
            env.set_syntax(syntax);
        }
        words::teach(&mut env);
        let mut kinds: BTreeMap<String, BTreeMap<String, Files>> = BTreeMap::new();
        for (name, text) in all {
            if let Err(e) = env.add_template_owned(name.clone(), text.clone()) {
                mistakes.push(mistake(&e, name));
            }
            match place(name) {
                Place::Shared => {}
                Place::Letter { kind, language, part } => {
                    let files = kinds.entry(kind.to_owned()).or_default().entry(language.to_owned()).or_default();
                    let slot = match part {
                        Part::Subject => &mut files.subject,
                        Part::Text => &mut files.text,
                        Part::Html => &mut files.html,
                    };
                    *slot = Some(name.clone());
                }
                Place::Nowhere => mistakes.push(Mistake {
                    file: name.clone(),
                    line: None,
                    what: "this is no letter's file".to_owned(),
                    mend:
                        "A letter is <kind>/subject, <kind>/body.txt and <kind>/body.html, a translation the same in \
                           <kind>/es/; what letters share lies in shared/."
                            .to_owned(),
                }),
            }
        }
        for (kind, languages) in &kinds {
            mistakes.extend(incomplete(kind, languages));
        }
        (Self { env: Arc::new(env), kinds, version: digest(all) }, mistakes)
    }

    /// Renders one letter. The error is a sentence with the template's place in it.
    pub(crate) fn render(&self, kind: &str, language: &str, says: &Says, voice: Voice) -> Result<Words, String> {
        let languages = self.kinds.get(kind).ok_or_else(|| format!("there is no template folder {kind}/"))?;
        let spoken = [language, "en"].into_iter().find_map(|l| languages.get(l).map(|files| (l, files)));
        let (language, files) = spoken.ok_or_else(|| format!("{kind}/ is not there in {language} nor in English"))?;
        let context = Value::from(minijinja::value::Serde(says));
        let rendered = |name: &Option<String>| -> Result<Option<String>, String> {
            let Some(name) = name else { return Ok(None) };
            let text = self.rendered(name, &context).map_err(|m| one_line(&m))?;
            Ok(Some(text))
        };
        let subject = rendered(&files.subject)?.ok_or_else(|| format!("{kind}/subject is missing"))?;
        let text = rendered(&files.text)?.ok_or_else(|| format!("{kind}/body.txt is missing"))?;
        let html = rendered(&files.html)?;
        if text.len() > LONGEST || html.as_ref().is_some_and(|h| h.len() > LONGEST) {
            return Err(format!("{kind}/ became longer than {} KB", LONGEST / 1024));
        }
        let words = Words { subject: subject.trim().to_owned(), text: layout::laid_out(&text), html };
        Ok(if voice.by_person { words } else { promises::kept(words, language, voice.audience) })
    }

    /// One file, rendered; the mistake says where it failed.
    pub(super) fn rendered(&self, name: &str, context: &Value) -> Result<String, Mistake> {
        let template = self.env.get_template(name).map_err(|e| mistake(&e, name))?;
        template.render(context).map_err(|e| mistake(&e, name))
    }

    /// Names that a file looks up and does not define.
    pub(super) fn looked_up(&self, name: &str) -> BTreeSet<String> {
        self.env
            .get_template(name)
            .map_or_else(|_| BTreeSet::new(), |t| t.undeclared_variables(true).into_iter().collect())
    }

    /// Names that every template has besides the letter's own: `range`, `namespace` …
    pub(super) fn globals(&self) -> BTreeSet<String> {
        self.env.globals().map(|(name, _)| name.to_owned()).collect()
    }

    /// Kind, language, and file names of every letter.
    pub(super) fn letters(&self) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
        self.kinds.iter().flat_map(|(kind, languages)| {
            languages.iter().map(move |(language, files)| {
                let names = [&files.subject, &files.text, &files.html];
                (kind.as_str(), language.as_str(), names.into_iter().flatten().map(String::as_str).collect())
            })
        })
    }
}

/// Editors' leftovers and explanations lie beside the letters and are none.
fn is_aside(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with('.') || file.ends_with('~') || file.ends_with(".md") || file.ends_with(".bak")
}

enum Part {
    Subject,
    Text,
    Html,
}

enum Place<'a> {
    Shared,
    Letter { kind: &'a str, language: &'a str, part: Part },
    Nowhere,
}

fn place(name: &str) -> Place<'_> {
    let parts: Vec<&str> = name.split('/').collect();
    let (kind, language, file) = match parts.as_slice() {
        ["shared", .., _] => return Place::Shared,
        [kind, file] => (*kind, "en", *file),
        [kind, language, file] if language.len() == 2 => (*kind, *language, *file),
        _ => return Place::Nowhere,
    };
    let part = match file {
        "subject" => Part::Subject,
        "body.txt" => Part::Text,
        "body.html" => Part::Html,
        _ => return Place::Nowhere,
    };
    Place::Letter { kind, language, part }
}

fn incomplete(kind: &str, languages: &BTreeMap<String, Files>) -> Vec<Mistake> {
    let folder = |language: &str| if language == "en" { kind.to_owned() } else { format!("{kind}/{language}") };
    let mut mistakes = Vec::new();
    let mut miss = |file: String, what: &str| {
        mistakes.push(Mistake {
            file,
            line: None,
            what: what.to_owned(),
            mend: "Every letter needs subject and body.txt; body.html may be left out.".to_owned(),
        });
    };
    if !languages.contains_key("en") {
        miss(format!("{kind}/subject"), "this letter has a translation but no English");
    }
    for (language, files) in languages {
        if files.subject.is_none() {
            miss(format!("{}/subject", folder(language)), "this letter has no subject");
        }
        if files.text.is_none() {
            miss(format!("{}/body.txt", folder(language)), "this letter has no text");
        }
    }
    mistakes
}

/// What went wrong, at the innermost place known.
pub(super) fn mistake(error: &Error, name: &str) -> Mistake {
    let mut innermost = error;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(inner) = cause.downcast_ref::<Error>() {
            innermost = inner;
        }
        source = cause.source();
    }
    let file = innermost.name().or(error.name()).unwrap_or(name).to_owned();
    let at = innermost.template_source().zip(innermost.range()).and_then(|(text, range)| text.get(range));
    let (what, mend) = super::check::explained(innermost, at);
    Mistake { file, line: innermost.line().or(error.line()), what, mend }
}

fn one_line(m: &Mistake) -> String {
    match m.line {
        Some(line) => format!("{}:{line}: {}", m.file, m.what),
        None => format!("{}: {}", m.file, m.what),
    }
}

fn digest(all: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in all {
        for piece in [name, text] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece.as_bytes());
        }
    }
    hex(&hash.finalize(), 16)
}
