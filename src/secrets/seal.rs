//! The secret behind the seals of letters: made at the first start, kept in the data folder, read at every other.
//!
//! Who loses it loses nothing but the seals of letters already sent: answers to those find their task by Message-ID.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Its name in the data folder.
pub const FILE: &str = "seal.key";
const LENGTH: usize = 32;

/// Why there is no secret: what, where, how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum SealTrouble {
    /// The file cannot be read or written.
    #[error("cannot {what} {path}: {why}; see that the daemon's user may write to the data folder")]
    File {
        /// What was tried.
        what: &'static str,
        /// Which file.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// It holds something else.
    #[error(
        "{path} holds {found} bytes and should hold {LENGTH}; bring it back from a backup, or remove it: a new one is \
         made, and the references in letters sent before count as unsealed"
    )]
    Damaged {
        /// Which file.
        path: String,
        /// How many bytes.
        found: usize,
    },
    /// The system gives no randomness.
    #[error("the system gives no randomness for a secret: {0}")]
    Random(String),
}

/// The secret of the data folder `data`; made where there is none yet, durable before it is used.
///
/// # Errors
/// One sentence.
pub fn of(data: &Path) -> Result<[u8; LENGTH], SealTrouble> {
    let path = data.join(FILE);
    let trouble = |what: &'static str| {
        let path = path.display().to_string();
        move |why: std::io::Error| SealTrouble::File { what, path: path.clone(), why }
    };
    match File::open(&path) {
        Ok(file) => {
            let mut bytes = Vec::with_capacity(LENGTH);
            file.take(LENGTH as u64 + 1).read_to_end(&mut bytes).map_err(trouble("read"))?;
            let found = bytes.len();
            bytes.try_into().map_err(|_| SealTrouble::Damaged { path: path.display().to_string(), found })
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let mut secret = [0_u8; LENGTH];
            getrandom::fill(&mut secret).map_err(|e| SealTrouble::Random(e.to_string()))?;
            // Whole or not at all: a crash in between leaves a file that nobody reads.
            let fresh = data.join(format!("{FILE}.new"));
            if fresh.exists() {
                fs::remove_file(&fresh).map_err(trouble("remove the leftover beside"))?;
            }
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).map_err(trouble("create"))?;
            file.write_all(&secret).and_then(|()| file.sync_all()).map_err(trouble("write"))?;
            fs::rename(&fresh, &path).map_err(trouble("create"))?;
            File::open(data).and_then(|folder| folder.sync_all()).map_err(trouble("make durable"))?;
            Ok(secret)
        }
        Err(e) => Err(trouble("read")(e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_made_once_for_its_owner_only_and_read_ever_after() {
        let data = tempfile::tempdir().unwrap();
        let first = of(data.path()).unwrap();
        assert_ne!(first, [0; LENGTH]);
        assert_eq!(of(data.path()).unwrap(), first);
        assert_eq!(fs::metadata(data.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_ne!(of(tempfile::tempdir().unwrap().path()).unwrap(), first, "another folder, another secret");
    }
    #[test]
    fn what_a_crash_left_beside_it_does_not_hinder() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("seal.key.new"), "half").unwrap();
        of(data.path()).unwrap();
    }
    #[test]
    fn a_damaged_one_is_told_and_left_alone() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(FILE), "short").unwrap();
        let said = of(data.path()).unwrap_err().to_string();
        assert!(said.contains("holds 5 bytes") && said.contains("backup"), "{said}");
        assert_eq!(fs::read(data.path().join(FILE)).unwrap(), b"short");
    }
}
