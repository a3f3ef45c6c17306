//! Letters as files: for the demonstration, and for looking before sending.

use crate::domain::letter::{Attempt, Letter};
use crate::letters::assemble;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a letter as an .eml file: under a temporary name, made durable, then renamed, so that whoever watches the
/// folder never sees half a letter. The same letter written again replaces itself.
pub(super) fn write(folder: &Path, letter: &Letter, original: Option<&[u8]>) -> Attempt {
    match written(folder, letter, original) {
        Ok(path) => Attempt::Sent(format!("written to {}", path.display())),
        Err(e) => Attempt::Later { why: format!("cannot write to {}: {e}", folder.display()), unanswered: false },
    }
}

fn written(folder: &Path, letter: &Letter, original: Option<&[u8]>) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let name: String =
        letter.id.as_str().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let path = folder.join(format!("{name}.eml"));
    let unfinished = folder.join(format!(".{name}.tmp"));
    let mut file = std::fs::File::create(&unfinished)?;
    for piece in assemble(&letter.mail, original).map_err(io::Error::other)? {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    std::fs::rename(&unfinished, &path)?;
    // The name too has to last before “sent” is recorded.
    std::fs::File::open(folder)?.sync_all()?;
    Ok(path)
}
