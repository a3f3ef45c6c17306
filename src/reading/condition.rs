//! When a rule applies: which words stand in the message, which fields were found, which circumstances hold.
//!
//! Knows no page; pages, needs and sources share it.

use super::{
    RuleFile,
    folded::Zone,
    lexicon::{Around, Hits, LexiconBuilder, WordsId},
};
use crate::domain::{
    field::Field,
    mistake::Mistake,
    reading::{Channel, SenderKind},
};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A circumstance that a rule may name in `only`, `not` or `facts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fact {
    /// It answers an earlier message.
    Reply,
    /// It forwards another message.
    Forward,
    /// It has an attachment that is a document, not a logo.
    Attachment,
    /// Hardly more than a line of new text.
    Short,
    /// No new text at all.
    Empty,
    /// A header says that a program answered (Auto-Submitted, X-Autoreply …).
    AutoReply,
    /// It came through a mailing list or as bulk mail.
    Bulk,
    /// It is a delivery report, or has an empty return path.
    Bounce,
    /// Its sender's address is read by nobody.
    Unattended,
    /// It comes from one of the agency's own domains.
    Own,
    /// Answers to it go to another address than its sender's.
    ReplyElsewhere,
    /// The From header tells the writer's full name; a gateway's tells none.
    NamedSender,
    /// A person has said what it is.
    Chosen,
    /// It came by plain mail.
    Email,
    /// It came by voicemail.
    Voicemail,
    /// It came as a text message.
    Sms,
    /// It came through a form of the web site.
    Webform,
    /// A portal wrote it.
    Portal,
    /// A client wrote.
    Client,
    /// A third party wrote.
    ThirdParty,
    /// A carrier wrote.
    Carrier,
    /// The agency's own people wrote.
    Staff,
    /// A program wrote.
    Automated,
    /// An advertiser wrote.
    Spam,
}

impl Fact {
    /// The fact as evidence shows it.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Reply => "it answers an earlier message",
            Self::Forward => "it forwards a message",
            Self::Attachment => "it has an attachment",
            Self::Short => "its text is short",
            Self::Empty => "it has no text of its own",
            Self::AutoReply => "its headers say that a program answered",
            Self::Bulk => "its headers say that it is list or bulk mail",
            Self::Bounce => "it is a delivery report",
            Self::Unattended => "its sender's address is read by nobody",
            Self::Own => "it comes from the agency's own domain",
            Self::ReplyElsewhere => "answers go to another address than the sender's",
            Self::NamedSender => "the sender is named in full",
            Self::Chosen => "a person has said what it is",
            Self::Email => "it came by mail",
            Self::Voicemail => "it is a voicemail",
            Self::Sms => "it is a text message",
            Self::Webform => "it came through a web form",
            Self::Portal => "a portal wrote it",
            Self::Client => "a client wrote",
            Self::ThirdParty => "a third party wrote",
            Self::Carrier => "a carrier wrote",
            Self::Staff => "staff wrote",
            Self::Automated => "a program wrote",
            Self::Spam => "an advertiser wrote",
        }
    }
}

/// The facts of one message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Facts(u32);

impl Facts {
    pub(super) fn set(&mut self, fact: Fact, holds: bool) {
        let bit = 1 << (fact as u32);
        if holds { self.0 |= bit } else { self.0 &= !bit }
    }
    pub(super) fn has(self, fact: Fact) -> bool {
        self.0 & (1 << (fact as u32)) != 0
    }
    pub(super) fn any(self, facts: &[Fact]) -> bool {
        facts.iter().any(|f| self.has(*f))
    }
    pub(super) fn all(self, facts: &[Fact]) -> bool {
        facts.iter().all(|f| self.has(*f))
    }
}

/// The fact that a channel is.
pub(super) fn of_channel(channel: Channel) -> Fact {
    match channel {
        Channel::Email => Fact::Email,
        Channel::Voicemail => Fact::Voicemail,
        Channel::Sms => Fact::Sms,
        Channel::Webform => Fact::Webform,
        Channel::Portal => Fact::Portal,
    }
}

/// The fact that a kind of sender is.
pub(super) fn of_sender(kind: SenderKind) -> Fact {
    match kind {
        SenderKind::Client => Fact::Client,
        SenderKind::ThirdParty => Fact::ThirdParty,
        SenderKind::Carrier => Fact::Carrier,
        SenderKind::Staff => Fact::Staff,
        SenderKind::Automated => Fact::Automated,
        SenderKind::Spam => Fact::Spam,
    }
}

/// A condition as pages write it: every key that is given must hold.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionText {
    /// Any of these patterns stands in subject or new text.
    #[serde(default)]
    words: Vec<Spanned<String>>,
    /// A pattern's sentence must hold none of these.
    #[serde(default)]
    without: Vec<Spanned<String>>,
    /// Any of these fields was found with any of the values listed; an empty list means any value.
    #[serde(default)]
    fields: BTreeMap<Spanned<String>, Vec<String>>,
    /// None of these fields was found with any of the values listed; an empty list means any value.
    #[serde(default)]
    none: BTreeMap<Spanned<String>, Vec<String>>,
    /// Any of these facts holds.
    #[serde(default)]
    facts: Vec<Fact>,
}

/// A condition ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Condition {
    words: Option<WordsId>,
    fields: Vec<(String, Vec<String>)>,
    none: Vec<(String, Vec<String>)>,
    facts: Vec<Fact>,
}

impl ConditionText {
    /// Compiles it. `known` are the field names that exist.
    pub(super) fn compile(
        self,
        of: &str,
        known: &[String],
        lexicon: &mut LexiconBuilder<'_>,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Condition {
        let mut checked = |of_fields: BTreeMap<Spanned<String>, Vec<String>>| -> Vec<(String, Vec<String>)> {
            let one = |(name, values): (Spanned<String>, _)| {
                check_field(&name, of, known, file, mistakes);
                (name.into_inner(), values)
            };
            of_fields.into_iter().map(one).collect()
        };
        let (fields, none) = (checked(self.fields), checked(self.none));
        let around = Around { unless: &self.without, zones: &[Zone::Subject, Zone::Text], ..Around::default() };
        let words = lexicon.add(of, &self.words, around, file, mistakes);
        Condition { words, fields, none, facts: self.facts }
    }
    /// Whether it asks for nothing, which would always hold.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.fields.is_empty() && self.none.is_empty() && self.facts.is_empty()
    }
}

/// Reports a field name that no extractor gives.
pub(super) fn check_field(
    name: &Spanned<String>,
    of: &str,
    known: &[String],
    file: &RuleFile,
    mistakes: &mut Vec<Mistake>,
) {
    if !known.is_empty() && !known.contains(name.get_ref()) {
        mistakes.push(Mistake {
            file: file.name.clone(),
            line: Some(crate::domain::mistake::line_of(&file.text, name.span().start)),
            what: format!("{of}: there is no field “{}”", name.get_ref()),
            mend: format!("Fields that exist (fields.toml): {}.", known.join(", ")),
        });
    }
}

/// What conditions are asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) hits: &'a Hits,
    pub(super) fields: &'a [Field],
    pub(super) facts: Facts,
}

impl Condition {
    /// Whether all of it holds.
    pub(super) fn holds(&self, found: &Found<'_>) -> bool {
        self.words.is_none_or(|w| found.hits.has(w))
            && (self.fields.is_empty() || self.fields.iter().any(|(n, v)| field_is(found.fields, n, v)))
            && !self.none.iter().any(|(n, v)| field_is(found.fields, n, v))
            && (self.facts.is_empty() || found.facts.any(&self.facts))
    }
}

fn field_is(fields: &[Field], name: &str, values: &[String]) -> bool {
    fields.iter().any(|f| f.name == name && (values.is_empty() || values.contains(&f.value.shown())))
}

/// Whether any of several conditions holds, and would by what was read for certain alone: what the message says in so
/// many words or all its words say loudly, not what they murmur or what follows from another field.
pub(super) fn surely_holds(conditions: &[Condition], found: &Found<'_>) -> bool {
    let mut holding = conditions.iter().filter(|c| c.holds(found)).peekable();
    if holding.peek().is_none() {
        return false;
    }
    let certain = |f: &&Field| f.confidence >= CERTAIN && f.doubt.is_none();
    let fields: Vec<Field> = found.fields.iter().filter(certain).cloned().collect();
    let alone = Found { fields: &fields, ..*found };
    holding.any(|c| c.holds(&alone))
}

/// From here on a field is certain: a pattern gives 80, a weighed voice at most 85 (95 for names), what follows less.
const CERTAIN: u8 = 80;

/// Whether any of several conditions holds; `none` is the answer where there are none.
pub(super) fn any_holds(conditions: &[Condition], none: bool, found: &Found<'_>) -> bool {
    if conditions.is_empty() { none } else { conditions.iter().any(|c| c.holds(found)) }
}
