//! What a tag's attributes say: is its text seen, is it a paragraph without space, does a mail program mark history with
//! it. Knows nothing of the page around it.

use super::Mark;
use super::tag::{Kind, Tag};

/// What a tag's class, id or style says of what stands in it. A program that shows mail in mail puts `x_` before both,
/// Yahoo a random prefix.
pub(super) fn mark_of(class: &str, id: &str, tag: &Tag<'_>) -> Option<Mark> {
    let id = id.strip_prefix("x_").unwrap_or(id);
    if class.contains("gmail_signature")
        || class.contains("moz-signature")
        || class.contains("protonmail_signature")
        || ["Signature", "signature", "ms-outlook-mobile-signature", "AppleMailSignature", "composer_signature"]
            .contains(&id)
    {
        return Some(Mark::Signature);
    }
    if class.contains("gmail_attr") || class.contains("moz-cite-prefix") || class.contains("moz-email-cite") {
        return Some(Mark::Attribution);
    }
    let history = ["divRplyFwdMsg", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", "replySplit"]
        .contains(&id)
        || class.contains("yahoo_quoted")
        || class.contains("iNotesHistory")
        || class.contains("WM_RPLY");
    (history || (tag.kind == Kind::Block && is_outlooks_border(tag))).then_some(Mark::History)
}

/// Outlook's desktop programs draw a line above the header of what they answer: 1.0pt, #E1E1E1 or #B5C4DF.
fn is_outlooks_border(tag: &Tag<'_>) -> bool {
    let style = tag.attribute("style").unwrap_or_default();
    declarations(style).any(|(name, value)| {
        name.eq_ignore_ascii_case("border-top")
            && starts_with(value, "solid #")
            && (value.ends_with("1.0pt") || value.ends_with("1pt"))
    })
}

/// A paragraph without space around it: Outlook's own, and those that say so.
pub(super) fn is_tight(tag: &Tag<'_>) -> bool {
    if tag.attributes.len() < 3 {
        return false;
    }
    let class = tag.attribute("class").unwrap_or_default();
    if class.contains("MsoNormal") || class.contains("MsoListParagraph") || class.contains("MsoPlainText") {
        return true;
    }
    let style = tag.attribute("style").unwrap_or_default();
    declarations(style).any(|(name, value)| {
        starts_with(name, "margin") && value.starts_with('0') && !name.ends_with("left") && !name.ends_with("right")
    })
}

/// What a tag's style says of how its text is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Not at all, with all that stands in it.
    Hidden,
    /// In letters of no size; what stands in it may have its own (MJML puts whole mails into such cells).
    Tiny,
    /// In letters of a size.
    Sized,
}

pub(super) fn look(tag: &Tag<'_>) -> Option<Look> {
    if tag.attribute("hidden").is_some() {
        return Some(Look::Hidden);
    }
    let style = tag.attribute("style")?;
    let mut letters = None;
    let (mut clipped, mut flat) = (false, false);
    for (name, value) in declarations(style) {
        let is = |word: &str| starts_with(value, word);
        let hidden = match name.len() {
            7 if name.eq_ignore_ascii_case("display") => is("none"),
            10 if name.eq_ignore_ascii_case("visibility") => is("hidden"),
            8 if name.eq_ignore_ascii_case("mso-hide") => is("all"),
            10 if name.eq_ignore_ascii_case("max-height") => is_nought(value),
            7 if name.eq_ignore_ascii_case("opacity") => is_nought(value),
            9 if name.eq_ignore_ascii_case("font-size") => {
                letters = Some(if is_nought(value) || is("1px") { Look::Tiny } else { Look::Sized });
                false
            }
            8 if name.eq_ignore_ascii_case("overflow") => {
                clipped = is("hidden");
                false
            }
            5 | 6 if name.eq_ignore_ascii_case("width") || name.eq_ignore_ascii_case("height") => {
                flat |= is_nought(value);
                false
            }
            _ => false,
        };
        if hidden {
            return Some(Look::Hidden);
        }
    }
    if clipped && flat { Some(Look::Hidden) } else { letters }
}

fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style.split(';').filter_map(|d| d.split_once(':')).map(|(n, v)| (n.trim_ascii(), v.trim_ascii()))
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|h| h.eq_ignore_ascii_case(head))
}

/// `0`, `0px`; `0.9em` is not.
fn is_nought(value: &str) -> bool {
    value.strip_prefix('0').is_some_and(|rest| !rest.starts_with(|c: char| c == '.' || c.is_ascii_digit()))
}
