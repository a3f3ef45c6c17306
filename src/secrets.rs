//! Passwords: where they lie, and fetching them when they are needed; and the secret behind the seals of letters
//! ([`seal`]). Never logged, never in an argument.
//!
//! Knows nothing of what a secret opens.

pub mod seal;

use secrecy::SecretString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a password lies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecretSource {
    /// The first line of this file.
    File(PathBuf),
    /// This environment variable.
    Env(String),
    /// This systemd credential: a file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec, `LoadCredential=`).
    Credential(String),
}

impl fmt::Display for SecretSource {
    /// The place, never the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Env(name) => write!(f, "the environment variable {name}"),
            Self::Credential(name) => write!(f, "the systemd credential {name}"),
        }
    }
}

/// Why there is no password: what, where, how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretTrouble {
    /// The file cannot be read.
    #[error(
        "cannot read the password file {path}: {why}; check that it is there and that the daemon's user may read it"
    )]
    Unreadable {
        /// Which.
        path: String,
        /// What the system said.
        why: String,
    },
    /// There is nothing in it.
    #[error("{place} is empty; write the password on its first line")]
    Empty {
        /// Where it was looked for.
        place: String,
    },
    /// Bytes that are no text.
    #[error("{place} is not UTF-8 text; write the password as plain text on its first line")]
    NotText {
        /// Where it was looked for.
        place: String,
    },
    /// The variable is not set.
    #[error(
        "the environment variable {0} is not set; set it, or keep the password in a file: password = {{ file = \"…\" }}"
    )]
    NotSet(String),
    /// Not started by systemd, or without credentials.
    #[error(
        "the systemd credential {0} is wanted, but $CREDENTIALS_DIRECTORY is not set; add LoadCredential={0}:… to the unit, or keep the password in a file"
    )]
    NoCredentials(String),
    /// A credential's name would lead out of its folder.
    #[error("“{0}” is not the name of a systemd credential; it is a plain name without a slash")]
    BadName(String),
}

/// Fetching passwords.
#[derive(Debug)]
pub struct Secret;

impl Secret {
    /// Fetches the password from where it lies. Read anew at every login, so that a changed password needs no restart.
    ///
    /// # Errors
    /// A sentence that names the place and the mend.
    pub fn resolve(source: &SecretSource) -> Result<SecretString, SecretTrouble> {
        match source {
            SecretSource::File(path) => from_file(path, &source.to_string()),
            SecretSource::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| SecretTrouble::NotSet(name.clone()))?;
                let text = value.into_string().map_err(|_| SecretTrouble::NotText { place: source.to_string() })?;
                first_line(&text, &source.to_string())
            }
            SecretSource::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY");
                from_credential(name, folder.as_deref().map(Path::new), &source.to_string())
            }
        }
    }
}

fn from_credential(name: &str, folder: Option<&Path>, place: &str) -> Result<SecretString, SecretTrouble> {
    if name.is_empty() || name == "." || name == ".." || name.contains('/') {
        return Err(SecretTrouble::BadName(name.to_owned()));
    }
    let folder = folder.ok_or_else(|| SecretTrouble::NoCredentials(name.to_owned()))?;
    // Credentials lie in a memory file system that only the unit sees, whatever its mode bits say: no warning here.
    first_line(&read(&folder.join(name), place)?, place)
}

fn from_file(path: &Path, place: &str) -> Result<SecretString, SecretTrouble> {
    let text = read(path, place)?;
    if readable_by_all(path) {
        tracing::warn!(
            event = "secret.world_readable",
            path = %path.display(),
            "everybody on this machine can read the password file; mend it: chmod 600 {}",
            path.display()
        );
    }
    first_line(&text, place)
}

fn read(path: &Path, place: &str) -> Result<String, SecretTrouble> {
    let bytes = std::fs::read(path)
        .map_err(|e| SecretTrouble::Unreadable { path: path.display().to_string(), why: e.to_string() })?;
    String::from_utf8(bytes).map_err(|_| SecretTrouble::NotText { place: place.to_owned() })
}

fn first_line(text: &str, place: &str) -> Result<SecretString, SecretTrouble> {
    let line = text.lines().next().unwrap_or("");
    if line.is_empty() {
        return Err(SecretTrouble::Empty { place: place.to_owned() });
    }
    Ok(SecretString::from(line))
}

#[cfg(unix)]
fn readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn readable_by_all(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn the_first_line_counts_and_its_line_end_does_not() {
        let folder = tempfile::tempdir().unwrap();
        for (content, expected) in
            [("secret\n", "secret"), ("secret\r\nnotes", "secret"), (" a b ", " a b "), ("pä\nx", "pä")]
        {
            let path = folder.path().join("password");
            std::fs::write(&path, content).unwrap();
            let secret = Secret::resolve(&SecretSource::File(path)).unwrap();
            assert_eq!(secret.expose_secret(), expected);
            assert!(!format!("{secret:?}").contains(expected));
        }
    }

    #[test]
    fn a_missing_or_empty_password_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let said = Secret::resolve(&SecretSource::File(gone.clone())).unwrap_err().to_string();
        assert!(said.contains(&gone.display().to_string()), "{said}");
        std::fs::write(&gone, "\nsecret\n").unwrap();
        let said = Secret::resolve(&SecretSource::File(gone)).unwrap_err().to_string();
        assert!(said.contains("is empty"), "{said}");
        let said = Secret::resolve(&SecretSource::Env("INTAKED_TEST_NOT_SET".into())).unwrap_err().to_string();
        assert!(said.contains("INTAKED_TEST_NOT_SET is not set"), "{said}");
    }

    #[test]
    fn a_credential_stays_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("imap"), "secret\n").unwrap();
        assert_eq!(from_credential("imap", Some(folder.path()), "x").unwrap().expose_secret(), "secret");
        assert!(matches!(from_credential("../imap", Some(folder.path()), "x"), Err(SecretTrouble::BadName(_))));
        assert!(matches!(from_credential("imap", None, "x"), Err(SecretTrouble::NoCredentials(_))));
    }
}
