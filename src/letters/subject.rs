//! Subjects: one “Re:”, one task reference, one line of bearable length.

use super::private;
use crate::domain::{seal::Reference, text::HeaderText};

/// Longest subject in characters, the reference not counted. Phones show about 40, mail programs about 120.
const MAX: usize = 140;

/// “Re: ” and what the client wrote, whatever number of `Re:` and references of ours it has gathered on its way.
#[must_use]
pub(super) fn reply_to(theirs: &str) -> String {
    let bare = bare(theirs);
    if bare.is_empty() { "Re:".to_owned() } else { format!("Re: {bare}") }
}

/// The subject as it goes out: cleaned, cut, with `[T-1042-k3f9x2mq]` at its end exactly once.
#[must_use]
pub(super) fn finish(rendered: &str, reference: Option<&Reference>) -> String {
    let clean = HeaderText::new(&without_references(rendered));
    let subject = shortened(clean.as_str(), MAX);
    match reference {
        Some(reference) if subject.is_empty() => format!("[{reference}]"),
        Some(reference) => format!("{subject} [{reference}]"),
        None => subject,
    }
}

/// What they wrote, without answer marks at the front and without references of ours.
fn bare(theirs: &str) -> String {
    let clean = HeaderText::new(&without_references(&private::hidden(&without_links(theirs))));
    let mut rest = clean.as_str().trim();
    // English, German, Spanish and Outlook's numbered form; “Fwd:” says something and stays.
    while let Some(next) = answer_mark(rest) {
        rest = next.trim_start();
    }
    rest.to_owned()
}

fn answer_mark(s: &str) -> Option<&str> {
    let (mark, rest) = s.split_once(':')?;
    let word = mark.trim().to_ascii_lowercase();
    let word = word.split('[').next().unwrap_or("");
    matches!(word, "re" | "aw" | "rv" | "sv" | "antw" | "res").then_some(rest)
}

/// Takes `[T-1042-k3f9x2mq]` and the like out, so that none is doubled, no other task's stays, and no letter to staff
/// gives its reference away to a client who was sent its subject.
fn without_references(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut rest = s;
    while let Some(at) = rest.find("[T-").or_else(|| rest.find("[t-")) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside = from.get(3..).unwrap_or("");
        match inside.split_once(']') {
            Some((reference, tail)) if Reference::read(reference).is_some() => rest = tail,
            _ => {
                out.push_str(from.get(..3).unwrap_or(""));
                rest = inside;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Words that would become links in somebody's mail program. An acknowledgement goes to whatever address a message
/// names, so what a stranger put there must not travel on in the agency's name.
#[must_use]
pub(super) fn without_links(s: &str) -> String {
    if !s.contains("://") && !s.to_ascii_lowercase().contains("www.") {
        return s.to_owned();
    }
    let kept = s.split_whitespace().map(|word| {
        let link = word.contains("://") || word.to_ascii_lowercase().contains("www.");
        if link { "[link]" } else { word }
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// At most `max` characters, cut between words where possible, with “…” where something is left out.
#[must_use]
pub(super) fn shortened(s: &str, max: usize) -> String {
    // So many bytes are no more characters: it is nearly always so, and nothing is counted.
    let longer = if s.len() <= max { None } else { s.char_indices().nth(max) };
    let Some((end, _)) = longer else { return s.to_owned() };
    let head = s.get(..end).unwrap_or("");
    let cut = match head.rfind(' ') {
        Some(space) if space * 2 > head.len() => head.get(..space).unwrap_or(head),
        _ => head,
    };
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TaskId;

    fn finish(rendered: &str, task: Option<TaskId>) -> String {
        super::finish(rendered, task.map(|task| Reference { task, seal: None }).as_ref())
    }

    #[test]
    fn an_answer_to_an_answer_has_one_re_and_one_reference() {
        for theirs in [
            "COI please",
            "RE: COI please",
            "Re: Re[2]: COI please [T-7]",
            "AW: RE: [T-1042] COI please",
            "Re: COI please [T-1042-k3f9x2mqabcdefgh] [t-7-abcdefgh]",
        ] {
            let subject = finish(&reply_to(theirs), Some(TaskId(1042)));
            assert_eq!(subject, "Re: COI please [T-1042]", "{theirs}");
        }
    }
    #[test]
    fn another_tasks_reference_does_not_travel_on() {
        assert_eq!(finish("Re: [T-99] hello", Some(TaskId(5))), "Re: hello [T-5]");
        assert_eq!(finish("about [T-x] and [T-]", None), "about [T-x] and [T-]");
    }
    #[test]
    fn a_forward_stays_a_forward_and_a_colon_is_no_answer_mark() {
        assert_eq!(reply_to("Fwd: policy"), "Re: Fwd: policy");
        assert_eq!(reply_to("Urgent: COI"), "Re: Urgent: COI");
    }
    #[test]
    fn a_line_break_in_a_subject_stays_in_one_line() {
        assert_eq!(finish("hi\r\nBcc: x@y.example", Some(TaskId(1))), "hi Bcc: x@y.example [T-1]");
    }
    #[test]
    fn an_endless_subject_is_cut_and_keeps_its_reference() {
        let subject = finish(&"word ".repeat(500), Some(TaskId(9)));
        assert!(subject.ends_with("… [T-9]") && subject.chars().count() < 160, "{subject}");
    }
    #[test]
    fn a_strangers_link_is_not_passed_on() {
        assert_eq!(reply_to("You won http://evil.example/x now"), "Re: You won [link] now");
        assert_eq!(reply_to("see WWW.evil.example"), "Re: see [link]");
    }
    #[test]
    fn an_empty_subject_is_still_an_answer() {
        assert_eq!(finish(&reply_to("Re:"), Some(TaskId(3))), "Re: [T-3]");
    }
}
