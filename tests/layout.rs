//! The house stands as planned: arrows point one way, the pure core stays pure, and no request type's name is in the code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::{Path, PathBuf};

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// The files of a part: `src/part.rs` and everything under `src/part/`.
fn part(name: &str) -> Vec<(PathBuf, String)> {
    let src = project().join("src");
    let mut all = files(&src.join(name), ".rs");
    all.extend(std::iter::once(src.join(format!("{name}.rs"))).filter(|p| p.exists()));
    all.into_iter().map(|p| (p.clone(), std::fs::read_to_string(&p).unwrap())).collect()
}

/// Lines of code: no comments, nothing from `#[cfg(test)]` on, no test files.
fn code(path: &Path, text: &str) -> Vec<(usize, String)> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    if name.ends_with("_tests.rs") || name == "contract.rs" || name == "tests.rs" {
        return Vec::new();
    }
    text.lines()
        .enumerate()
        .take_while(|(_, l)| !l.contains("#[cfg(test)]"))
        .map(|(n, l)| (n + 1, l.split("//").next().unwrap_or("").to_owned()))
        .collect()
}

const ORDER: [&str; 5] = ["domain", "message", "reading", "desk", "letters"];
const EDGE: [&str; 11] =
    ["store", "inbox", "outbox", "book", "ams", "search", "reports", "simulate", "web", "daemon", "cli"];

/// What each part may use of the house, besides the pure parts before it.
fn allowed(part: &str) -> Vec<&'static str> {
    let pure_before = |n: usize| ORDER[..n].to_vec();
    match part {
        "store" => vec!["domain"],
        "inbox" => vec!["domain", "store", "tls", "secrets"],
        "outbox" => vec!["domain", "letters", "tls", "secrets"],
        "book" => vec!["domain", "message"],
        "web" => [pure_before(5), vec!["store", "reports"]].concat(),
        "reports" => vec!["domain"],
        "simulate" => [pure_before(5), vec!["store", "reports"]].concat(),
        other => pure_before(ORDER.iter().position(|p| *p == other).unwrap()),
    }
}

#[test]
fn arrows_point_one_way() {
    let mut wrong = Vec::new();
    for name in ORDER.iter().chain(&["store", "inbox", "outbox", "book", "reports", "simulate", "web"]) {
        let may = allowed(name);
        for (path, text) in part(name) {
            for (line, code) in code(&path, &text) {
                for other in ORDER.iter().chain(&EDGE).chain(&["config", "tls", "secrets"]) {
                    if other != name
                        && !may.contains(other)
                        && (code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};")))
                    {
                        wrong.push(format!("{}:{line}: {name} must not use {other}", path.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_knows_no_async_no_sockets_no_files_and_no_clock() {
    let forbidden = [
        "tokio",
        "async_imap",
        "sled::",
        "axum",
        "hyper",
        "rustls",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "getrandom",
        "AsyncSmtp",
        "SmtpTransport",
        "async fn",
    ];
    let mut wrong = Vec::new();
    // Reports are made of what is handed to them, too.
    for name in ORDER.iter().chain(&["reports"]) {
        for (path, text) in part(name) {
            for (line, code) in code(&path, &text) {
                for word in forbidden {
                    if code.contains(word) {
                        wrong.push(format!("{}:{line}: {word} has no place in {name}", path.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_sled_type_leaves_the_store() {
    for path in files(&project().join("src"), ".rs") {
        let inside = path.strip_prefix(project().join("src")).unwrap().to_string_lossy().into_owned();
        if inside.starts_with("store") {
            continue;
        }
        for (line, code) in code(&path, &std::fs::read_to_string(&path).unwrap()) {
            assert!(!code.contains("sled::") || code.contains("store::sled"), "{}:{line}: {code}", path.display());
        }
    }
}

#[test]
fn no_request_types_name_is_in_the_code() {
    let ids: Vec<String> = files(&project().join("rules"), ".toml")
        .iter()
        .filter_map(|p| {
            let page: toml::Table = std::fs::read_to_string(p).unwrap().parse().unwrap();
            page.contains_key("work").then(|| page.get("id").and_then(|v| v.as_str()).map(str::to_owned)).flatten()
        })
        .filter(|id| id != "triage")
        .collect();
    assert!(ids.len() >= 11, "the pages were not found: {ids:?}");
    let mut wrong = Vec::new();
    // Tests of the store, sample letters for checking templates, and the words of signatures decide nothing.
    let exempt = ["store/contract/", "letters/samples.rs", "message/parts/signature.rs"];
    for path in files(&project().join("src"), ".rs") {
        if exempt.iter().any(|e| path.to_string_lossy().contains(e)) {
            continue;
        }
        for (line, code) in code(&path, &std::fs::read_to_string(&path).unwrap()) {
            for id in &ids {
                // As a whole string literal: “claim” inside a sentence or an identifier is English, not a rule.
                if code.contains(&format!("\"{id}\"")) {
                    wrong.push(format!("{}:{line}: {id}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "request types belong to rules/, not to the code:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_else_lies_at_the_top() {
    let planned =
        ["Cargo.toml", "Cargo.lock", "src", "rules", "templates", "tests", "deploy", "README.md", "LICENSE", "target"];
    for entry in std::fs::read_dir(project()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || planned.contains(&name.as_str()), "{name} is not in the plan");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in files(&project().join("src"), ".rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        let test = path.file_name().unwrap().to_string_lossy().ends_with("tests.rs");
        assert!(test || text.starts_with("//!"), "{} does not begin with a sentence on what it is for", path.display());
    }
}
