//! The phrases by which mail programs and law firms give themselves away, found in one pass over a body. Knows the
//! phrases, not what follows from them.

use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// What a phrase hints at; a line may hint at several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signals(u16);

impl Signals {
    /// “wrote:” and its like in other languages.
    pub(super) const WROTE: Signals = Signals(1);
    /// “Forwarded message”.
    pub(super) const FORWARD: Signals = Signals(2);
    /// “Original message”.
    pub(super) const ORIGINAL: Signals = Signals(4);
    /// “[EXTERNAL]”, “originated from outside”.
    pub(super) const BANNER: Signals = Signals(8);
    /// Confidentiality, no binding by mail: never a person's own words.
    pub(super) const NOTICE: Signals = Signals(16);
    /// “To report a claim, call”: a notice below a signature, a question above it.
    pub(super) const WEAK_NOTICE: Signals = Signals(32);
    /// “Unsubscribe”, “this mailbox is not monitored”.
    pub(super) const FOOTER: Signals = Signals(64);
    /// “Sent from my iPhone”.
    pub(super) const MOBILE: Signals = Signals(128);

    /// Whether any of `other` is among these.
    pub(super) fn has(self, other: Signals) -> bool {
        self.0 & other.0 != 0
    }
    /// Both together.
    pub(super) fn with(self, other: Signals) -> Signals {
        Signals(self.0 | other.0)
    }
}

const PHRASES: &[(Signals, &[&str])] = &[
    (
        Signals::WROTE,
        &[
            "wrote:",
            "wrote :",
            "writes:",
            "escribió:",
            "escribio:",
            "escribió :",
            "a écrit",
            "a ecrit",
            "schrieb",
            "escreveu:",
            "escreveu :",
            "ha scritto:",
        ],
    ),
    (
        Signals::FORWARD,
        &[
            "forwarded message",
            "forwarded email",
            "forwarded by",
            "mensaje reenviado",
            "message transféré",
            "message transmis",
            "début du message",
            "weitergeleitete nachricht",
            "weitergeleitete e-mail",
            "mensagem encaminhada",
            "messaggio inoltrato",
            "inicio del mensaje",
            "attached message",
        ],
    ),
    (
        Signals::ORIGINAL,
        &[
            "original message",
            "original appointment",
            "mensaje original",
            "message d'origine",
            "message d’origine",
            "message original",
            "ursprüngliche nachricht",
            "mensagem original",
            "messaggio originale",
            "reply message",
        ],
    ),
    (
        Signals::BANNER,
        &[
            "[external",
            "external email",
            "external e-mail",
            "external sender",
            "external message",
            "[caution",
            "originated from outside",
            "originated outside",
            "outside of the organization",
            "outside your organization",
            "outside of your organization",
            "outside the organization",
            "outside of our",
            "often get email from",
            "do not click links",
            "don't click links",
            "why this is important",
        ],
    ),
    (
        Signals::NOTICE,
        &[
            "confidentiality not",
            "confidentiality statement",
            "confidentiality disclaimer",
            "intended recipient",
            "intended only for",
            "intended solely for",
            "for the sole use of",
            "for the use of the individual",
            "legally privileged",
            "privileged and confidential",
            "confidential and privileged",
            "privileged information",
            "received this email in error",
            "received this e-mail in error",
            "received this message in error",
            "received this communication in error",
            "received this transmission in error",
            "any unauthorized review",
            "strictly prohibited",
            "destroy all copies",
            "delete all copies",
            "aviso de confidencialidad",
            "este mensaje y sus",
            "este correo electrónico y",
            "confidencial y est",
            "bind, amend",
            "bound, amended",
            "bound or changed",
            "bound, changed",
            "bound or altered",
            "bound, altered",
            "by email or voice",
            "by e-mail or voice",
            "via email or voice",
            "via e-mail or voice",
            "voicemail or email",
            "voice mail or e-mail",
            "email, voice",
            "e-mail, voice",
            "consider the environment",
            "before printing",
            "scanned for viruses",
            "virus-free",
            "virus free",
            "circular 230",
            "wire fraud",
            "wiring instructions",
            "vertraulich",
            "destinataire",
        ],
    ),
    (
        Signals::WEAK_NOTICE,
        &[
            "to report a claim",
            "cannot be bound",
            "can not be bound",
            "can't be bound",
            "may not be bound",
            "cannot bind",
            "can not bind",
            "not bound until",
            "privacy policy",
            "to report a new",
            "to report a loss",
            "to file a claim",
            "for billing questions",
            "for billing inquiries",
            "for claims",
            "coverage is not",
            "coverage changes",
            "office hours",
            "our hours",
            "licensed in",
            "nmls",
            "refer a friend",
            "referrals",
            "leave us a review",
            "follow us",
            "we appreciate your business",
            "the greatest compliment",
            "book a",
            "book time",
            "click here",
            "disclaimer",
            "confidential",
        ],
    ),
    (
        Signals::FOOTER,
        &[
            "unsubscribe",
            "you are receiving this",
            "you're receiving this",
            "you received this email",
            "you received this e-mail",
            "you received this message",
            "you received this because",
            "email preferences",
            "manage preferences",
            "manage your preferences",
            "manage alerts",
            "update your preferences",
            "mailbox is not monitored",
            "not a monitored",
            "unmonitored",
            "do not reply to this",
            "not reply directly",
            "please do not reply",
            "automatically generated",
            "automated notice",
            "automated message",
            "automated email",
            "automatic notification",
            "auto-generated",
            "transcript was generated",
            "software-generated",
            "software generated",
            "all rights reserved",
            "view in browser",
            "view this email in",
            "view it in your browser",
            "©",
            "darse de baja",
            "no responda a este",
        ],
    ),
    (
        Signals::MOBILE,
        &[
            "sent from my ",
            "sent from mail for",
            "sent from outlook",
            "sent from yahoo",
            "sent from proton",
            "sent from gmail",
            "sent from a mobile",
            "sent from an android",
            "sent from an iphone",
            "sent from samsung",
            "sent on the go",
            "sent with proton",
            "get outlook for",
            "yahoo mail:",
            "enviado desde mi",
            "enviado desde yahoo",
            "enviado do meu",
            "envoyé de mon",
            "envoyé depuis",
            "gesendet von",
            "von meinem iphone",
            "please excuse any typo",
            "please excuse typo",
            "excuse the brevity",
            "excuse my brevity",
            "pardon any typo",
        ],
    ),
];

static MACHINE: LazyLock<Option<(AhoCorasick, Vec<Signals>)>> = LazyLock::new(|| {
    let all: Vec<(Signals, &str)> = PHRASES.iter().flat_map(|(s, list)| list.iter().map(move |p| (*s, *p))).collect();
    let machine = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .build(all.iter().map(|(_, p)| *p))
        .ok()?;
    Some((machine, all.into_iter().map(|(s, _)| s).collect()))
});

/// Every phrase in `text`: where it begins, and what it hints at.
pub(super) fn find(text: &str) -> impl Iterator<Item = (usize, Signals)> {
    MACHINE.iter().flat_map(move |(machine, signals)| {
        machine.find_iter(text).filter_map(|m| Some((m.start(), *signals.get(m.pattern().as_usize())?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_make_a_machine() {
        assert!(MACHINE.is_some());
        let found: Vec<_> = find("CONFIDENTIALITY NOTICE: x\nSent from my iPhone\nAnn WROTE:").collect();
        assert_eq!(found, [(0, Signals::NOTICE), (26, Signals::MOBILE), (50, Signals::WROTE)]);
    }
}
