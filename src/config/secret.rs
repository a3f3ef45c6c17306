//! Where a password comes from: a file, the environment, or a systemd credential; never the configuration itself.
//!
//! Only says where, and whether something is there; reading it is `secrets`' part.

use super::tree::{At, Section};
use crate::secrets::SecretSource;
use std::path::{Path, PathBuf};

/// What the process is surrounded by, as far as secrets are concerned; handed in so that tests need not change the
/// environment of the whole test process.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `$CREDENTIALS_DIRECTORY`; `None` when systemd did not start us (so `check` by hand cannot look there).
    pub credentials: Option<PathBuf>,
    /// Which environment variables are set and not empty.
    pub variables: Vec<String>,
}

impl Surroundings {
    /// This process's own.
    #[must_use]
    pub fn ours() -> Self {
        Self {
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            variables: std::env::vars_os()
                .filter(|(_, v)| !v.is_empty())
                .filter_map(|(k, _)| k.into_string().ok())
                .collect(),
        }
    }
}

const EXAMPLE: &str = "{ file = \"imap-password\" }, { env = \"IMAP_PASSWORD\" } or { credential = \"imap-password\" }";

/// Reads `password = { … }` of a section.
pub(super) fn read(section: &Section<'_, '_>, key: &str, base: &Path, around: &Surroundings) -> Option<SecretSource> {
    let title = format!("{} {key}", section.title());
    let source = section.source();
    if section.has(key) && section.is_text(key) {
        // Say it without repeating the value: it may well be the password itself, and this sentence goes to a terminal
        // and perhaps to a log.
        source.mistake(
            section.offset_of(key),
            format!("{title}: a password does not belong into this file"),
            format!("put it where only the daemon can read it and write {key} = {EXAMPLE}"),
        );
        return None;
    }
    let table = section.table(key, &title)?;
    table.only(&["file", "env", "credential"]);
    let (file, env, credential) = (table.text("file"), table.text("env"), table.text("credential"));
    let given: usize = [&file, &env, &credential].iter().filter(|o| o.is_some()).count();
    if given != 1 {
        if given > 1 || !["file", "env", "credential"].iter().any(|k| table.has(k)) {
            let what = if given > 1 { "more than one source is given" } else { "no source is given" };
            source.mistake(table.offset(), format!("{title}: {what}"), format!("write one of {EXAMPLE}"));
        }
        return None;
    }
    if let Some(at) = file {
        let path = base.join(&at.value);
        check_file(section, &at, &path)?;
        return Some(SecretSource::File(path));
    }
    if let Some(at) = env {
        if !around.variables.contains(&at.value) {
            let mend = format!("set {} in the daemon's environment, or use a file or a systemd credential", at.value);
            source.wrong(&at, format!("the environment variable {} is not set, or empty", at.value), mend);
            return None;
        }
        return Some(SecretSource::Env(at.value));
    }
    let at = credential?;
    if at.value.contains('/') || at.value.starts_with('.') {
        source.wrong(&at, format!("“{}” is not the name of a credential", at.value), "write its name without a path");
        return None;
    }
    if let Some(folder) = &around.credentials {
        let path = folder.join(&at.value);
        if !path.is_file() {
            let mend = format!("add to the unit: LoadCredential={}:/path/of/the/file", at.value);
            source.wrong(&at, format!("systemd hands over no credential “{}”", at.value), mend);
            return None;
        }
    }
    Some(SecretSource::Credential(at.value))
}

fn check_file(section: &Section<'_, '_>, at: &At<String>, path: &Path) -> Option<()> {
    let source = section.source();
    match std::fs::File::open(path).and_then(|f| f.metadata()) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mend = "create it with the password on its first line, readable by the daemon's user only (chmod 600)";
            source.wrong(at, format!("there is no file {}", path.display()), mend);
            None
        }
        Err(e) => {
            let mend = "make it readable for the daemon's user, and run this check as that user";
            source.wrong(at, format!("{} cannot be read: {e}", path.display()), mend);
            None
        }
        Ok(m) if m.is_dir() => {
            source.wrong(at, format!("{} is a folder", path.display()), "name the file in it");
            None
        }
        Ok(m) if m.len() == 0 => {
            source.wrong(at, format!("{} is empty", path.display()), "write the password on its first line");
            None
        }
        Ok(m) => {
            use std::os::unix::fs::PermissionsExt;
            if m.permissions().mode() & 0o007 != 0 {
                let mend = format!("chmod 600 {}", path.display());
                source.wrong(at, format!("everybody on this machine can read or change {}", path.display()), mend);
                return None;
            }
            Some(())
        }
    }
}
