//! The prefilter only saves work: what is found without it is found with it, and nothing else.

use super::*;
use crate::{message::Message, reading::Rulebook};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The labelled messages; what is sealed stays so.
fn mail() -> Vec<PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
    let batches = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail"));
    let is_batch = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().starts_with("batch-");
    let mut all: Vec<PathBuf> = batches.into_iter().filter(is_batch).flat_map(|b| entries(&b)).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "eml"));
    all.sort();
    // Without the prefilter a message takes long, and a fifth of them holds all that the others do.
    all.into_iter().step_by(5).collect()
}

/// Which groups of patterns are found in which zones.
fn found(lexicon: &Lexicon, folded: &Folded) -> BTreeSet<(usize, String)> {
    let hits = lexicon.scan(folded);
    let of = |group: usize| hits.of(WordsId(group)).iter().map(move |h| (group, format!("{:?}", h.zone)));
    (0..lexicon.groups.len()).flat_map(of).collect()
}

#[test]
fn the_prefilter_loses_nothing_in_labelled_mail() {
    let with = Rulebook::built_in().into_lexicon();
    let without = Rulebook::built_in().into_lexicon().without_prefilter();
    assert!(with.prefilter.is_some() && with.always.len() < with.patterns.len() / 20, "hardly any pattern is filtered");
    assert!(without.prefilter.is_none() && without.always.len() == with.patterns.len());
    let mail = mail();
    assert!(mail.len() >= 400, "the labelled mail was not found");
    let mut groups = BTreeSet::new();
    for path in mail {
        let folded = Folded::of(&Message::parse(&std::fs::read(&path).unwrap()));
        let all = found(&without, &folded);
        assert_eq!(found(&with, &folded), all, "{}", path.display());
        groups.extend(all);
    }
    assert!(groups.len() > with.groups.len() / 2, "most groups are never found, so nothing was compared");
}
