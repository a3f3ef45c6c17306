//! What the rules found in one message: requests, fields, hazards, each with its evidence.
//!
//! A reading proposes. What becomes of it is the desk's decision.

use super::{field::*, id::*};
use serde::{Deserialize, Serialize};

/// Why a rule thinks what it thinks: which pattern, which words, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The rule, as `page/pattern name`, such as `certificate/asks-for-certificate`.
    pub rule: String,
    /// The words that matched.
    pub words: String,
    /// Where they stand.
    pub span: Span,
    /// Points for (positive) or against (negative).
    pub weight: i32,
}

impl Evidence {
    /// The rule of what the words of the whole message say together; no page's sign.
    pub const BY_WORDS: &'static str = "wording";

    /// Whether a page's own sign speaks for something here.
    #[must_use]
    pub fn is_sign(&self) -> bool {
        self.weight > 0 && self.rule != Self::BY_WORDS
    }
}

/// One request found in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The page.
    pub request_type: RequestType,
    /// Sum of the evidence's weights.
    pub score: i32,
    /// Can a CSR do it alone?
    pub complexity: Complexity,
    /// Field names that a CSR would have to ask for before starting. The desk removes what the book or an earlier
    /// mail holds.
    pub missing: Vec<String>,
    /// Of these, what the page has nobody asked without a person's word: people often say it in words that are not
    /// understood, or it is not always needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsure: Vec<String>,
    /// What was found for and against.
    pub evidence: Vec<Evidence>,
    /// The client points to what was done before instead of saying it: with these words. Empty where they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<Evidence>,
}

impl Request {
    /// Whether a sign of it stands outside the subject: in a reply, the subject is that of the old matter.
    #[must_use]
    pub fn shows_below_the_subject(&self) -> bool {
        self.evidence.iter().any(|e| e.is_sign() && e.span.place != Place::Subject)
    }

    /// Whether any sign of it stands in the message; without one only the manner of its words speaks for it.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.evidence.iter().any(Evidence::is_sign)
    }
}

/// How much experience a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// A CSR can do it alone.
    #[default]
    Simple,
    /// Needs an account manager or senior underwriter.
    Complex,
}

/// What carried the message. Where the values come from is `rules/sources.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Plain mail.
    #[default]
    Email,
    /// A transcript mailed by the phone system.
    Voicemail,
    /// A text gateway.
    Sms,
    /// A web form's notification.
    Webform,
    /// A client's or carrier's portal.
    Portal,
}

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SenderKind {
    /// A client of the agency, or someone who wants to be one.
    #[default]
    Client,
    /// Certificate holder, contractor, lender, landlord, attorney, vendor.
    ThirdParty,
    /// Insurer, MGA, premium finance.
    Carrier,
    /// The agency's own people.
    Staff,
    /// Bounce, out-of-office, list, receipt.
    Automated,
    /// Unasked advertising.
    Spam,
}

/// How sure the reading is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The first request clearly leads.
    Clear,
    /// Two pages are close, or the best is weak: a person looks (triage), with the best guesses shown.
    #[default]
    Doubtful,
}

/// A danger that does not depend on the request type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// Its key in `rules/hazards.toml`, such as `pending_cancellation`.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// What showed it; empty when a person or a clock did.
    pub evidence: Vec<Evidence>,
}

/// What a reply says in a few words, where it says nothing else: an answer to whatever was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Short {
    /// The words, on one line.
    pub words: String,
    /// Where they stand.
    pub span: Span,
    /// What they say as the answer to a question for each of these fields; several where more than one would fit.
    pub fields: Vec<Field>,
    /// No sign of any kind of work, nor of none, shows in the message.
    pub plain: bool,
    /// The address that they say, as text: the other half of a party whose name is known.
    pub address: Option<Field>,
}

/// What the rules found in one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Reading {
    /// How it came.
    pub channel: Channel,
    /// Who wrote.
    pub sender_kind: SenderKind,
    /// The requests, primary first. Empty means: no work, and then `no_work` holds positive evidence.
    pub requests: Vec<Request>,
    /// Positive evidence that nothing is to be done. Requests and `no_work` are never both empty.
    pub no_work: Vec<Evidence>,
    /// How sure.
    pub certainty: Certainty,
    /// Guesses that did not become requests, best first, for a person in triage.
    pub also_considered: Vec<Request>,
    /// The fields, in the order of the message.
    pub fields: Vec<Field>,
    /// Dangers.
    pub hazards: Vec<Hazard>,
    /// The sender asks how a matter stands: with these words. Empty where they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chases: Vec<Evidence>,
    /// A reply of a few words, which may be no more than the answer to what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<Short>,
    /// A reply points to what was done before instead of saying it: for which page, with which words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points_back: Vec<(RequestType, Evidence)>,
    /// The sender says it is rushed, or the deadline is within one business day.
    pub urgent: bool,
    /// The language to answer in, `en` or `es`.
    pub language: String,
    /// Digest of the rules that made this reading.
    pub rules_version: String,
    /// Milestones for a person: what was capped or could not be read, in sentences.
    pub notes: Vec<String>,
}

impl Reading {
    /// Why a field that a request misses may be known after all, or need not be asked of whoever wrote, as far as the
    /// message tells; `None` where it may be asked without a person's word.
    #[must_use]
    pub fn doubt(&self, request: &Request, name: &str) -> Option<String> {
        self.half_read(name).or_else(|| {
            if self.sender_kind != SenderKind::Client {
                return Some("whoever wrote is not the client; ask the client".to_owned());
            }
            request.unsure.iter().any(|u| u == name).then(|| MAYBE_SAID.to_owned())
        })
    }

    /// What of a field was read that is odd or a guess, in a sentence.
    #[must_use]
    pub fn half_read(&self, name: &str) -> Option<String> {
        let here = || self.fields.iter().filter(|f| f.name == name);
        let odd = here().find_map(|f| f.doubt.as_ref()).map(|odd| format!("they wrote one, but {odd}"));
        odd.or_else(|| {
            let guess = here().find(|f| !f.is_sure())?;
            Some(format!("they may have written it: “{}”", guess.value.shown_masked()))
        })
    }
}

/// Why the page has a person asked first.
pub const MAYBE_SAID: &str = "they may have said it in words that were not understood, or it may not be needed";
