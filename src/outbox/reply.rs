//! What a server's answer means for a letter (RFC 5321 4.2.1).

use crate::domain::letter::Attempt;
use crate::domain::text::{HeaderText, cut};
use lettre::transport::smtp::response::{Response, Severity};
use std::error::Error as _;

/// At which point of the conversation something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the letter's bytes: MAIL, RCPT, DATA. Nothing can have been taken.
    Envelope,
    /// Its bytes are on the way, and with them the final dot.
    Body,
}

/// What an attempt came to, and what it means for the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) attempt: Attempt,
    pub(super) connection: After,
    /// The reply code, for the log.
    pub(super) code: Option<String>,
}

/// What is to be done with the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Ready for the next letter.
    Keep,
    /// RSET first.
    Reset,
    /// Not to be trusted any more.
    Drop,
}

/// The answer after the final dot, where lettre calls it positive. That includes `354`, which would be the answer to
/// another question: question and answer are out of step, and nothing is known of the letter.
pub(super) fn sent(response: &Response) -> Outcome {
    let code = response.code().to_string();
    let words = response.message().collect::<Vec<_>>().join(" ");
    if response.code().severity != Severity::PositiveCompletion {
        return later(Stage::Body, plain(&format!("the mail server answered the letter with {code} {words}")));
    }
    Outcome { attempt: Attempt::Sent(plain(&format!("{code} {words}"))), connection: After::Keep, code: Some(code) }
}

/// No answer within the deadline.
pub(super) fn silent(stage: Stage, seconds: u64) -> Outcome {
    later(stage, format!("the mail server did not answer within {seconds} s"))
}

fn later(stage: Stage, why: String) -> Outcome {
    let attempt = Attempt::Later { why, unanswered: stage == Stage::Body };
    Outcome { attempt, connection: After::Drop, code: None }
}

/// What a failure of lettre's connection means.
pub(super) fn failed(stage: Stage, e: &lettre::transport::smtp::Error) -> Outcome {
    let words = words(e);
    let Some(code) = e.status() else {
        // No answer that could be read: the connection broke, or what came was no SMTP.
        return later(stage, format!("the connection to the mail server failed: {words}"));
    };
    let number = code.to_string();
    let (attempt, connection) = match number.as_str() {
        // It closes the connection (RFC 5321 3.8).
        "421" => (Attempt::Later { why: words, unanswered: false }, After::Drop),
        // About the conversation or the login, not about this letter: another connection may do better.
        "503" | "530" | "535" | "538" => (Attempt::Later { why: words, unanswered: false }, After::Drop),
        n if n.starts_with('5') => (Attempt::Refused(words), After::Reset),
        _ => (Attempt::Later { why: words, unanswered: false }, After::Reset),
    };
    Outcome { attempt, connection, code: Some(number) }
}

/// The server's words, or the network's, without lettre's own.
pub(super) fn words(e: &lettre::transport::smtp::Error) -> String {
    let cause = e.source().map(ToString::to_string).unwrap_or_default();
    match e.status() {
        Some(code) => plain(&format!("{code} {cause}")),
        None if cause.is_empty() => plain(&e.to_string()),
        None => plain(&cause),
    }
}

/// The letter cannot go by this server, whatever is tried.
pub(super) fn impossible(why: String) -> Outcome {
    Outcome { attempt: Attempt::Refused(why), connection: After::Keep, code: None }
}

/// A server's words: one line, not endless.
pub(super) fn plain(words: &str) -> String {
    cut(HeaderText::new(words).as_str(), 500).to_owned()
}
