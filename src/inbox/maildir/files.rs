//! A Maildir's files: listed, read, moved on. Blocking; knows nothing of what is in them.

use crate::domain::Timestamp;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Longest header that is read of a message over the limit.
const HEADER_MAX: u64 = 256 * 1024;

/// A file that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Digest of the unique name.
    pub(super) uid: u64,
    pub(super) path: PathBuf,
    /// When the file was last written: when it was delivered.
    pub(super) received: Timestamp,
    pub(super) size: u64,
}

/// What reading gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Whole(Vec<u8>),
    /// It is over the limit.
    Header(Vec<u8>),
    /// Somebody has moved or deleted it meanwhile; moved ones are found at the next look.
    Gone,
    Unreadable(String),
}

/// All files in `new` and `cur`, oldest first.
pub(super) fn list(maildir: &Path) -> anyhow::Result<Vec<Seen>> {
    let mut all = Vec::new();
    for place in ["new", "cur"] {
        let folder = maildir.join(place);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // A Maildir just made may lack one of them; lacking both, it is none.
            Err(e) if e.kind() == io::ErrorKind::NotFound && maildir.join("new").is_dir() => continue,
            Err(e) => anyhow::bail!("cannot read the Maildir folder {}: {e}; check `maildir`", folder.display()),
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|n| !n.starts_with('.')) else { continue };
            // Gone between listing and looking: it is found elsewhere at the next look.
            let Ok(about) = entry.metadata() else { continue };
            if !about.is_file() {
                continue;
            }
            let received = about.modified().map_or(Timestamp::UNIX_EPOCH, Timestamp::from);
            all.push(Seen { uid: uid(name), path: entry.path(), received, size: about.len() });
        }
    }
    all.sort_by(|a, b| (a.received, &a.path).cmp(&(b.received, &b.path)));
    all.dedup_by_key(|s| s.uid);
    Ok(all)
}

/// The digest of a file's unique name: what stands before the colon, which no reader of mail changes.
fn uid(name: &str) -> u64 {
    let digest = Sha256::digest(unique(name).as_bytes());
    digest.iter().take(8).fold(0, |n, byte| (n << 8) | u64::from(*byte))
}

fn unique(name: &str) -> &str {
    name.split_once(':').map_or(name, |(unique, _)| unique)
}

/// Reads a file, or its header where it has more than `max` bytes.
pub(super) fn read(seen: &Seen, max: u64) -> Found {
    let open = || -> io::Result<Found> {
        let mut file = fs::File::open(&seen.path)?;
        let mut raw = Vec::new();
        if seen.size <= max {
            file.read_to_end(&mut raw)?;
            return Ok(Found::Whole(raw));
        }
        file.take(HEADER_MAX).read_to_end(&mut raw)?;
        raw.truncate(header_length(&raw));
        Ok(Found::Header(raw))
    };
    open().unwrap_or_else(|e| match e.kind() {
        io::ErrorKind::NotFound => Found::Gone,
        _ => Found::Unreadable(e.to_string()),
    })
}

/// Up to and with the first empty line.
fn header_length(raw: &[u8]) -> usize {
    let mut before = 0;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        before += line.len();
        if line == b"\n" || line == b"\r\n" {
            break;
        }
    }
    before
}

/// The path of a Maildir++ subfolder.
pub(super) fn subfolder(maildir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
    anyhow::ensure!(plain, "“{name}” cannot be a Maildir subfolder: write a plain name such as Intaked");
    Ok(maildir.join(format!(".{name}")))
}

/// Moves settled files on: into `to`, or from `new` to `cur` with the flag S.
pub(super) fn move_on(maildir: &Path, settled: &[Seen], to: Option<&Path>) -> anyhow::Result<()> {
    let new = maildir.join("new");
    let target = to.unwrap_or(maildir).join("cur");
    if settled.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(&target)?;
    if let Some(to) = to {
        fs::create_dir_all(to.join("new"))?;
        fs::create_dir_all(to.join("tmp"))?;
    }
    for seen in settled {
        let fresh = seen.path.parent() == Some(new.as_path());
        if to.is_none() && !fresh {
            continue; // it is in cur already
        }
        let Some(name) = seen.path.file_name().and_then(|n| n.to_str()) else { continue };
        let name = if name.contains(":2,") { name.to_owned() } else { format!("{}:2,S", unique(name)) };
        match fs::rename(&seen.path, target.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                anyhow::bail!("cannot move {} on: {e}", seen.path.display())
            }
            // Gone already: somebody else moved it.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_outlives_flags_and_the_move_from_new_to_cur() {
        assert_eq!(uid("1700000000.M1P2.host"), uid("1700000000.M1P2.host:2,RS"));
        assert_ne!(uid("1.a"), uid("1.b"));
    }

    #[test]
    fn a_subfolders_name_cannot_lead_elsewhere() {
        for bad in ["", "..", "../x", "a/b", ".hidden"] {
            assert!(subfolder(Path::new("/m"), bad).is_err(), "{bad:?}");
        }
        assert_eq!(subfolder(Path::new("/m"), "Done.2026").unwrap(), Path::new("/m/.Done.2026"));
    }

    #[test]
    fn a_folder_that_is_no_maildir_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(folder.path()).unwrap_err().to_string().contains("check `maildir`"));
    }
}
