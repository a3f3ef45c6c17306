//! Where messages come from: files, folders, standard input; one after the other, never all in memory.

use anyhow::Context as _;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

/// More than any mail server takes; a larger file is no message.
const LARGEST: u64 = 256 << 20;

/// Whoever takes messages: the file's name, and its bytes or why there are none.
type Taker<'t> = dyn FnMut(&str, anyhow::Result<Vec<u8>>) -> anyhow::Result<()> + 't;

/// Hands over each message of `path`.
pub(in crate::cli) fn each(path: &Path, take: &mut Taker<'_>) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return take("-", whole(std::io::stdin(), "standard input"));
    }
    if path.is_dir() {
        return folder(path, take);
    }
    file(path, take)
}

fn file(path: &Path, take: &mut Taker<'_>) -> anyhow::Result<()> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    take(&name, read(path))
}

/// The bytes of one message.
pub(in crate::cli) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display().to_string();
    std::fs::File::open(path).with_context(|| format!("{shown} cannot be read")).and_then(|f| whole(f, &shown))
}

/// All messages of a folder and what is below it, by path; for those who need them in another order.
pub(in crate::cli) fn files(path: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut all = Vec::new();
    list(path, &mut |found| {
        all.push(found?);
        Ok(())
    })?;
    Ok(all)
}

fn folder(path: &Path, take: &mut Taker<'_>) -> anyhow::Result<()> {
    list(path, &mut |found| match found {
        Ok(path) => file(&path, take),
        Err(e) => take("", Err(e)),
    })
}

/// Whoever takes the paths of messages.
type Lister<'t> = dyn FnMut(anyhow::Result<std::path::PathBuf>) -> anyhow::Result<()> + 't;

fn list(path: &Path, take: &mut Lister<'_>) -> anyhow::Result<()> {
    let listed = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut entries = match listed {
        Ok(entries) => entries.into_iter().map(|e| e.path()).collect::<Vec<_>>(),
        Err(e) => return take(Err(anyhow::Error::from(e).context(format!("{} cannot be read", path.display())))),
    };
    entries.sort();
    let in_maildir = [Some(OsStr::new("cur")), Some(OsStr::new("new"))].contains(&path.file_name());
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        let linked = entry.is_symlink();
        if hidden {
            continue;
        }
        if entry.is_dir() {
            // A link to a folder above would never end.
            if !linked {
                list(&entry, take)?;
            }
        } else if in_maildir || entry.extension().is_some_and(|e| e.eq_ignore_ascii_case("eml")) {
            take(Ok(entry))?;
        }
    }
    Ok(())
}

fn whole(from: impl std::io::Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).with_context(|| format!("{name} cannot be read"))?;
    anyhow::ensure!(bytes.len() as u64 <= LARGEST, "{name} is larger than any message (256 MB)");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_messages_in_order_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.eml", "a.EML", "labels.jsonl", ".hidden.eml"] {
            std::fs::write(dir.path().join(name), name).unwrap();
        }
        std::fs::create_dir_all(dir.path().join("box/cur")).unwrap();
        std::fs::write(dir.path().join("box/cur/17.M1:2,S"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("/nowhere", dir.path().join("c.eml")).unwrap();
        let mut seen = Vec::new();
        each(dir.path(), &mut |name, bytes| {
            seen.push((name.to_owned(), bytes.is_ok()));
            Ok(())
        })
        .unwrap();
        let wanted = [("a.EML", true), ("b.eml", true), ("17.M1:2,S", true), ("c.eml", false)];
        assert_eq!(seen, wanted.map(|(n, ok)| (n.to_owned(), ok)));
    }
}
