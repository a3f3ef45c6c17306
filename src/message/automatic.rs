//! What says that no person typed a message (RFC 3834 and the habits from before it). Knows no body.

use super::{Automatic, Message, headers, parse};
use mail_parser::HeaderName;

/// The local parts that nobody reads, whole or as beginning or end of a longer one.
const UNATTENDED: &[&str] = &[
    "noreply",
    "donotreply",
    "dontreply",
    "mailerdaemon",
    "postmaster",
    "bounce",
    "bounces",
    "unattended",
    "autoresponder",
    "nobody",
    "norespond",
    "noresponder",
];

/// Headers whose mere presence says that a program wrote.
const PRESENT: &[&str] = &[
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-auto-response",
    "x-loop",
    "x-mail-autoreply",
    "x-vacation",
    "delivered-auto",
    "x-failed-recipients",
    "feedback-id",
    "x-ms-exchange-inbox-rules-loop",
];

/// The marks of `mail`, whose header has been read into `message`.
pub(super) fn marks(mail: &mail_parser::Message<'_>, message: &Message) -> Automatic {
    let mut marks = Automatic::default();
    for header in mail.parts.first().map(|p| p.headers.as_slice()).unwrap_or_default() {
        match &header.name {
            HeaderName::AutoSubmitted | HeaderName::Autosubmitted if marks.auto_submitted.is_none() => {
                let keyword = keyword(parse::raw_value(mail, header));
                marks.auto_submitted = Some(keyword).filter(|k| !k.is_empty() && k != "no");
            }
            HeaderName::ReturnPath => {
                let value = parse::raw_value(mail, header);
                marks.null_return_path |= matches!(value.trim_ascii(), b"<>" | b"< >");
            }
            name if marks.other.is_none() || !marks.ours || !marks.list => {
                let name = parse::lower_name(name);
                marks.list |= name.starts_with("list-") && name != "list-unsubscribe-post";
                marks.ours |= name == "x-intaked";
                let raw = parse::raw_value(mail, header);
                if name == "precedence" {
                    let value = keyword(raw);
                    if ["bulk", "list", "junk", "auto_reply"].contains(&value.as_str()) {
                        marks.precedence = Some(value);
                    }
                } else if marks.other.is_none() && is_other(&name, raw) {
                    marks.other = Some(shown(&name));
                }
            }
            _ => {}
        }
    }
    let sender = headers::first(mail, "sender");
    let addresses = message.from.iter().map(|m| m.address.local().to_owned());
    let sender = sender.iter().filter_map(|s| s.as_str().rsplit_once('@').map(|(l, _)| l.to_owned()));
    marks.unattended_sender = addresses.chain(sender).any(|local| is_unattended(&local));
    marks
}

/// The first word of a value, in lower case: `auto-replied (vacation)` is `auto-replied`.
fn keyword(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let word = text.trim().split(|c: char| c.is_whitespace() || c == ';' || c == '(').next().unwrap_or_default();
    word.chars().filter(|c| !c.is_control()).take(40).collect::<String>().to_lowercase()
}

fn is_other(name: &str, raw: &[u8]) -> bool {
    if PRESENT.contains(&name) {
        return !raw.trim_ascii().eq_ignore_ascii_case(b"no");
    }
    // Exchange (MS-OXCMAIL 2.2.3.2.14) asks others not to answer: a person's mail may carry `DR, RN, NRN`, which only
    // refuse reports.
    if name == "x-auto-response-suppress" {
        let value = String::from_utf8_lossy(raw).to_ascii_lowercase();
        return value.split(',').any(|v| ["all", "oof", "autoreply"].contains(&v.trim()));
    }
    false
}

/// A header's name as people write it.
fn shown(name: &str) -> String {
    name.split('-')
        .map(|w| w.get(..1).map(|f| f.to_ascii_uppercase() + w.get(1..).unwrap_or_default()).unwrap_or_default())
        .collect::<Vec<_>>()
        .join("-")
}

/// `no-reply`, `noreply-claims`, `MAILER-DAEMON`, `bounces+id=x`, but not `bouncehouse` or `postmasters.daughter`.
fn is_unattended(local: &str) -> bool {
    let base = local.split(['+', '=']).next().unwrap_or_default();
    let letters: String = base.chars().filter(|c| c.is_alphanumeric()).collect();
    if UNATTENDED.contains(&letters.as_str()) {
        return true;
    }
    let words: Vec<&str> = base.split(['-', '_', '.']).filter(|w| !w.is_empty()).collect();
    if words.iter().any(|w| UNATTENDED.contains(w)) {
        return true;
    }
    words
        .windows(2)
        .any(|w| matches!(w, ["no" | "not" | "dont", "reply" | "respond" | "response"] | ["mailer", "daemon"]))
}
