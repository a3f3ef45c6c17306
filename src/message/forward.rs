//! A message that was forwarded in another one: who wrote the original, to whom, when, about what, and where in the
//! text it stands. Knows no marks by which programs announce a forward.

use super::{Message, PartKind};
use crate::domain::text::{Address, HeaderText, Mailbox};
use chrono::NaiveDateTime;
use std::fmt;
use std::ops::Range;

/// A forwarded message, as the header block above it and the text below that say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forward {
    /// 1 for what the sender forwarded, 2 for what was forwarded in that, and so on.
    pub depth: usize,
    /// Who wrote the original.
    pub from: Party,
    /// To whom.
    pub to: Vec<Party>,
    /// With copies to.
    pub cc: Vec<Party>,
    /// When, as written.
    pub date: HeaderText,
    /// The same as a clock showed it where the original was sent or read: programs mostly leave the zone out.
    /// Of an attached message it is UTC.
    pub sent: Option<NaiveDateTime>,
    /// About what.
    pub subject: HeaderText,
    /// The mark and the header block in [`Message::text`], bytes.
    pub header: Range<usize>,
    /// The original's text in [`Message::text`], with what is quoted or forwarded in it, bytes.
    pub body: Range<usize>,
}

/// A person or firm as a header block names them: an address may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The name; empty where there was only an address.
    pub name: HeaderText,
    /// The address, where one was written.
    pub address: Option<Address>,
}

impl Party {
    /// Reads `Ann Lee <ann@b.example>`, `Ann Lee [mailto:ann@b.example]`, `"Lee, Ann"`, `ann@b.example` and their like.
    #[must_use]
    pub fn read(written: &str) -> Self {
        let is_edge = |c: char| c.is_whitespace() || "<>[]()\"'*,;|".contains(c);
        let mut address = None;
        for word in written.split(is_edge).filter(|w| w.contains('@')) {
            let bare = word.strip_prefix("mailto:").unwrap_or(word);
            if let Some(found) = Address::new(bare) {
                address = Some((found, word));
                break;
            }
        }
        let name_end = address.as_ref().and_then(|(_, w)| written.find(w)).unwrap_or(written.len());
        let mut name = written.get(..name_end).unwrap_or_default();
        if address.is_none() {
            // `Ann Lee </o=ExchangeLabs/ou=…>`: an address that only Exchange understands.
            name = name.split("</").next().unwrap_or_default();
        }
        let name = name.trim_matches(|c: char| c.is_whitespace() || "<>[](\"'*,;|".contains(c));
        Party { name: HeaderText::new(name), address: address.map(|(a, _)| a) }
    }

    /// The people of a list, apart by semicolons or commas; `Lee, Ann <ann@b.example>` is one.
    #[must_use]
    pub fn list(written: &str) -> Vec<Self> {
        const MAX: usize = 200;
        let mut parties: Vec<Self> = Vec::new();
        let semicolons = written.contains(';');
        let mut from = 0;
        for (at, c) in written.char_indices().chain([(written.len(), ';')]) {
            let piece = || written.get(from..at).unwrap_or_default();
            let ends = match c {
                ';' => true,
                // A comma parts people only after an address.
                ',' => !semicolons && piece().contains('@'),
                _ => false,
            };
            if !ends {
                continue;
            }
            let party = Self::read(piece());
            if party != Self::default() && parties.len() < MAX {
                parties.push(party);
            }
            from = at + c.len_utf8();
        }
        parties
    }
}

impl From<&Mailbox> for Party {
    fn from(m: &Mailbox) -> Self {
        Party { name: m.name.clone(), address: Some(m.address.clone()) }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            None => write!(f, "{}", self.name),
            Some(a) if self.name.is_empty() => write!(f, "{a}"),
            Some(a) => write!(f, "{} <{a}>", self.name),
        }
    }
}

impl Forward {
    /// All of it in [`Message::text`]: block and text.
    fn whole(&self) -> Range<usize> {
        self.header.start..self.body.end.max(self.header.end)
    }
}

impl Message {
    /// The original of what the sender forwarded: the innermost message of a forward of a forward. `None` where nothing
    /// was forwarded.
    #[must_use]
    pub fn original(&self) -> Option<&Forward> {
        let deepens = |pair: &[Forward]| matches!(pair, [a, b] if b.depth > a.depth);
        let hops = self.forwards.windows(2).take_while(|pair| deepens(pair)).count();
        self.forwards.get(hops)
    }

    /// What the sender wrote himself, without what he forwarded.
    #[must_use]
    pub fn own_text(&self) -> String {
        self.gathered(0..self.text.len(), 0, |kind| kind == PartKind::New)
    }

    /// The text of a forwarded message, its signature and notices included, without the history quoted in it and
    /// without what was forwarded in it.
    #[must_use]
    pub fn text_of(&self, forward: &Forward) -> String {
        let wanted = |kind| !matches!(kind, PartKind::Quoted | PartKind::ForwardHeader);
        let text = self.gathered(forward.body.clone(), forward.depth, wanted);
        // A program that quotes what it forwards.
        if text.is_empty() || !text.lines().all(|l| l.is_empty() || l.starts_with('>')) {
            return text;
        }
        let bare = |l: &str| l.strip_prefix('>').map_or(l, |b| b.strip_prefix(' ').unwrap_or(b)).to_owned();
        text.lines().map(bare).collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The parts of a kind that the sender himself is answerable for: none from within what he forwarded, but for
    /// history, which is given whole.
    #[must_use]
    pub fn own_parts(&self, kind: PartKind) -> String {
        let depth = if kind == PartKind::Quoted { usize::MAX } else { 0 };
        self.gathered(0..self.text.len(), depth, |k| k == kind)
    }

    /// The parts within `range` that are wanted, without forwards deeper than `depth`.
    fn gathered(&self, range: Range<usize>, depth: usize, wanted: impl Fn(PartKind) -> bool) -> String {
        let mut out = String::new();
        let deeper: Vec<Range<usize>> = self.forwards.iter().filter(|f| f.depth > depth).map(Forward::whole).collect();
        for part in self.parts.iter().filter(|p| wanted(p.kind)) {
            let mut at = part.start.max(range.start);
            let end = part.end.min(range.end);
            while at < end {
                // Forwards stand in order: the first that ends behind this place says whether it is inside one.
                let next = deeper.iter().find(|r| r.end > at && r.start < end);
                let stop = next.map_or(end, |r| r.start.max(at));
                if let Some(text) = self.text.get(at..stop).filter(|t| !t.trim().is_empty()) {
                    if !out.is_empty() {
                        out.push('\n');
                    }
                    out.push_str(text.trim_end());
                    out.push('\n');
                }
                at = next.map_or(end, |r| r.end);
            }
        }
        out.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_an_address_are_found_however_they_are_written() {
        for (written, name, address) in [
            ("Ann Lee <ann@b.example>", "Ann Lee", "ann@b.example"),
            ("\"Lee, Ann\" <Ann@B.example>", "Lee, Ann", "ann@b.example"),
            ("Ann Lee [mailto:ann@b.example]", "Ann Lee", "ann@b.example"),
            ("Ann Lee <ann@b.example<mailto:ann@b.example>>", "Ann Lee", "ann@b.example"),
            ("<ann@b.example>", "", "ann@b.example"),
            ("ann@b.example", "", "ann@b.example"),
            ("'Ann Lee' (ann@b.example)", "Ann Lee", "ann@b.example"),
            ("Ann Lee", "Ann Lee", ""),
            ("Ann Lee </O=HP/OU=X/CN=ann>", "Ann Lee", ""),
        ] {
            let party = Party::read(written);
            assert_eq!(
                (party.name.as_str(), party.address.as_ref().map_or("", Address::as_str)),
                (name, address),
                "{written}"
            );
        }
    }
    #[test]
    fn a_list_is_parted_at_semicolons_else_behind_addresses() {
        let list = |s| Party::list(s).iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
        assert_eq!(list("Lee, Ann; Bob <b@c.example>"), "Lee, Ann|Bob <b@c.example>");
        assert_eq!(list("Lee, Ann <a@b.example>, b@c.example"), "Lee, Ann <a@b.example>|b@c.example");
        assert_eq!(list(""), "");
    }
}
