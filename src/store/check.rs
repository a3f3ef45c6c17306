//! `intaked store verify` and `store rebuild`: proving the index from the journal, and making it anew.
//!
//! Both work on a stopped daemon's files. Neither changes the journal; `verify` changes nothing.

use super::{
    StoreError,
    journal::{record::hex, walk},
    keys,
    kv::{
        Layered, Walk,
        sled::{SledKv, Unopened},
    },
    ledger, projection,
    records::Standing,
    sled::{House, Options, replay},
};
use crate::domain::{decision::Decision, event::Event, message::RawRef};
use sha2::{Digest, Sha256};
use std::{
    cmp::Ordering,
    collections::HashSet,
    fs::{self, File},
    io::{BufReader, ErrorKind},
    path::{Path, PathBuf},
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How many there are of what.
    pub counts: Vec<(&'static str, u64)>,
    /// What is worth knowing and no trouble, in sentences.
    pub notes: Vec<String>,
    /// What is wrong, in sentences with the mend. Empty means that everything is as it was written.
    pub troubles: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.troubles.is_empty()
    }
    fn trouble(&mut self, what: String) {
        match self.troubles.len() {
            n if n < TROUBLES_TOLD => self.troubles.push(what),
            TROUBLES_TOLD => self.troubles.push("… and more of the kind".to_owned()),
            _ => {}
        }
    }
}

/// Troubles told one by one; of a lost folder nobody reads a hundred thousand.
const TROUBLES_TOLD: usize = 100;

/// Checks everything: the journal's chain and checksums; that every record and entry of the index is what folding the
/// journal gives, and that it holds nothing else; that every raw file is there with its digest.
pub fn verify(folder: &Path) -> Result<Report, StoreError> {
    let house = House::of_existing(folder)?;
    let options = Options::default();
    let mut report = Report::default();
    let index = match house.index_as_it_is(&options)? {
        Ok((kv, standing)) if house.fits(&standing) => Some((kv, standing)),
        Ok(_) => {
            report.trouble("the index does not belong to this journal; run `intaked store rebuild`".to_owned());
            None
        }
        Err(why) => {
            report.trouble(format!("the index cannot be read ({why}); run `intaked store rebuild`"));
            None
        }
    };
    let mut proof = Proof::begin(folder, &options)?;
    let mut raw = RawMail { spool: &house.spool, known: HashSet::new() };
    let mut standing = Standing::new();
    let walked = walk::walk(&house.journal, walk::beginning(&house.journal)?, |place, head, _, entry| {
        let (after, changes) = projection::project(&proof.kv, &standing, &entry.decision, entry.sequence, place)?;
        standing = Standing { hash: hex(&head.hash), ..after };
        proof.kv.take(changes);
        raw.check(&entry.decision, &mut report)?;
        match &index {
            Some((kv, known)) if known.sequence == standing.sequence => {
                ledger::settle(&mut proof.kv, &standing)?;
                compare(kv, &proof.kv, &mut report)
            }
            _ if proof.kv.is_worth_settling() => ledger::settle(&mut proof.kv, &standing),
            _ => Ok(()),
        }
    });
    match walked {
        Ok(walked) => {
            if let Some(torn) = walked.torn {
                report.notes.push(format!(
                    "the journal's last {} bytes were not written whole ({}); the next start cuts them off, and nobody \
                     had been told of them",
                    torn.bytes, torn.why
                ));
            }
            raw.strays(&mut report)?;
        }
        Err(e @ StoreError::Damaged { .. }) => {
            report.trouble(format!("{e}; put this file back from a copy, nothing behind that byte was checked"));
        }
        Err(e) => return Err(e),
    }
    if let Some((_, known)) = &index
        && known.sequence < standing.sequence
    {
        let behind = standing.sequence - known.sequence;
        report.notes.push(format!("the index is {behind} decisions behind the journal; the next start catches up"));
    }
    report.counts = standing.counts.named();
    report.counts.insert(0, ("decisions", standing.sequence));
    Ok(report)
}

/// Makes the index anew from the journal. What was answered stays answered: the states of letters are in the journal
/// too. The old index is kept beside until the next rebuild.
pub fn rebuild(folder: &Path) -> Result<Report, StoreError> {
    let house = House::of_existing(folder)?;
    let aside = house.move_index_aside()?;
    let mut kv = house.new_index(&Options::default())?;
    let (standing, walked) = replay(&house.journal, &mut kv, Standing::new())?;
    walk::cut_off(&house.journal, &walked)?;
    kv.base().flush()?;
    let mut report = Report { counts: standing.counts.named(), ..Report::default() };
    report.counts.insert(0, ("decisions", standing.sequence));
    if aside.exists() {
        report.notes.push(format!("the old index lies under {}", aside.display()));
    }
    Ok(report)
}

/// A second index, made beside the first one to compare with; on disk, because it may be larger than memory. Its folder
/// goes when this goes.
struct Proof {
    folder: PathBuf,
    kv: Layered<SledKv>,
}

impl Proof {
    fn begin(folder: &Path, options: &Options) -> Result<Self, StoreError> {
        let folder = folder.join("desk.proof");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|e| StoreError::io("cannot remove", &folder, e))?;
        }
        match SledKv::open(&folder, options.cache_bytes) {
            Ok(kv) => Ok(Self { folder, kv: Layered::new(kv) }),
            Err(Unopened::Failed(e)) => Err(e),
            Err(Unopened::Unreadable(why)) => Err(StoreError::Index(why)),
        }
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        // sled goes on writing into an unlinked folder until it is dropped, a moment later; that harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Walks both indexes side by side.
fn compare(index: &Layered<SledKv>, proof: &Layered<SledKv>, report: &mut Report) -> Result<(), StoreError> {
    let mut left = index.range(&[], &[u8::MAX], Walk::Up).peekable();
    let mut right = proof.range(&[], &[u8::MAX], Walk::Up).peekable();
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return Ok(()),
            (Some(Ok((a, _))), Some(Ok((b, _)))) => a.cmp(b),
            (None, _) | (_, Some(Err(_))) => Ordering::Greater,
            (Some(_), _) => Ordering::Less,
        };
        let is = if order == Ordering::Greater { None } else { left.next().transpose()? };
        let ought = if order == Ordering::Less { None } else { right.next().transpose()? };
        match (is, ought) {
            (Some((key, _)), None) => {
                report.trouble(format!("the index holds {} that no decision made; {MEND}", keys::described(&key)));
            }
            (None, Some((key, _))) => report.trouble(format!("the index lacks {}; {MEND}", keys::described(&key))),
            (Some((key, is)), Some((_, ought))) if is.bytes()? != ought.bytes()? => {
                let what = keys::described(&key);
                report.trouble(format!("{what} in the index is not what folding its events gives; {MEND}"));
            }
            _ => {}
        }
    }
}

const MEND: &str = "run `intaked store rebuild`";

/// The raw files that decisions speak of.
struct RawMail<'a> {
    spool: &'a Path,
    known: HashSet<String>,
}

impl RawMail<'_> {
    fn check(&mut self, decision: &Decision, report: &mut Report) -> Result<(), StoreError> {
        let messages = decision.events.iter().filter_map(|e| match e {
            Event::MessageDecided { record, .. } => Some(&record.raw),
            _ => None,
        });
        let originals = decision.letters.iter().filter_map(|l| l.mail.original.as_ref());
        for raw in messages.chain(originals) {
            if self.known.insert(raw.path.clone()) {
                self.check_one(raw, report)?;
            }
        }
        Ok(())
    }

    fn check_one(&self, raw: &RawRef, report: &mut Report) -> Result<(), StoreError> {
        let path = self.spool.join(&raw.path);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                report.trouble(format!("the raw mail {} is missing; put it back from a copy", path.display()));
                return Ok(());
            }
            Err(e) => return Err(StoreError::io("cannot read", &path, e)),
        };
        let mut digest = Sha256::new();
        let read = std::io::copy(&mut BufReader::new(file), &mut digest);
        let size = read.map_err(|e| StoreError::io("cannot read", &path, e))?;
        if size != raw.size || hex(&digest.finalize()) != raw.sha256 {
            report.trouble(format!(
                "the raw mail {} is not what was written (its digest differs); put it back from a copy",
                path.display()
            ));
        }
        Ok(())
    }

    /// Files that no decision speaks of: put before a crash, and their messages are fetched again.
    fn strays(&self, report: &mut Report) -> Result<(), StoreError> {
        let mut strays = 0u64;
        for day in names_in(self.spool)? {
            if day == "unfinished" {
                continue;
            }
            for file in names_in(&self.spool.join(&day))? {
                strays += u64::from(!self.known.contains(&format!("{day}/{file}")));
            }
        }
        if strays > 0 {
            report.notes.push(format!(
                "{strays} raw files belong to no decision: a crash came between, and their messages are fetched again"
            ));
        }
        Ok(())
    }
}

fn names_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let broken = |e| StoreError::io("cannot read", folder, e);
    let files = fs::read_dir(folder).map_err(broken)?;
    files.map(|f| f.map(|f| f.file_name().to_string_lossy().into_owned()).map_err(broken)).collect()
}
