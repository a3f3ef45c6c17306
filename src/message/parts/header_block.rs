//! The block of From, Sent, To, Subject that mail programs put above a message they quote or forward, in the languages
//! of their users. Knows nothing of what the block means for the text below it.

use super::lines::Line;

/// Lines a block may take: long lists of recipients are wrapped.
const LINES_MAX: usize = 30;

/// A header block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct HeaderBlock<'a> {
    /// The first line after it.
    pub end: usize,
    /// Who wrote the message below it.
    pub from: &'a str,
    /// To whom.
    pub to: &'a str,
    /// About what.
    pub subject: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    From,
    Date,
    To,
    Copy,
    Subject,
    Other,
}

/// The block that begins at `lines[at]`, where one does.
pub(super) fn at<'a>(lines: &[Line<'a>], at: usize) -> Option<HeaderBlock<'a>> {
    let first = lines.get(at)?;
    label(first.text)?;
    let mut block = HeaderBlock::default();
    let mut seen = [false; 6];
    let mut last = Label::Other;
    let mut value_open = false;
    let mut i = at;
    while let Some(line) = lines.get(i).filter(|_| i < at + LINES_MAX) {
        if let Some((found, value)) = label(line.text) {
            // A second From is the next message's.
            if found == Label::From && seen.first() == Some(&true) {
                break;
            }
            if let Some(slot) = seen.get_mut(found as usize) {
                *slot = true;
            }
            match found {
                Label::From => block.from = value,
                Label::To => block.to = value,
                Label::Subject => block.subject = value,
                _ => {}
            }
            last = found;
            value_open = is_open(value) || (value.is_empty() && found != Label::Subject);
            i += 1;
            block.end = i;
        } else if line.is_blank() {
            // Some converters put a blank line after each field.
            match lines.get(i + 1).and_then(|l| label(l.text)) {
                Some((found, _)) if seen.get(found as usize) == Some(&false) => i += 1,
                _ => break,
            }
        } else if continues(last, value_open, line) {
            value_open = is_open(line.text);
            if last == Label::From && block.from.is_empty() {
                block.from = line.text;
            }
            i += 1;
            block.end = i;
        } else {
            break;
        }
    }
    let has = |l: Label| seen.get(l as usize) == Some(&true);
    let counted = [Label::From, Label::Date, Label::To, Label::Subject].into_iter().filter(|l| has(*l)).count();
    // A voice mail's “From, Received, Length” and a form's “From, Subject” are no blocks.
    (has(Label::From) && has(Label::Subject) && counted >= 3).then_some(block)
}

fn is_open(value: &str) -> bool {
    value.ends_with([',', ';'])
}

/// Whether a line goes on with the field above it.
fn continues(last: Label, open: bool, line: &Line<'_>) -> bool {
    match last {
        Label::To | Label::Copy => open || (line.text.contains('@') && line.text.ends_with(['>', ';', ','])),
        Label::From => {
            open || (line.text.starts_with('<') || line.text.starts_with("[mailto:")) && line.text.contains('@')
        }
        Label::Date => open && line.words() < 4,
        _ => false,
    }
}

/// A field's label and value: `*From:* Ann` (Gmail's rendering of bold) is `From`.
fn label(text: &str) -> Option<(Label, &str)> {
    let text = text.trim_start_matches(['*', '_']);
    if !text.bytes().next()?.is_ascii_alphabetic() && !text.starts_with('À') {
        return None;
    }
    let colon = text.bytes().take(20).position(|b| b == b':')?;
    let name = text.get(..colon)?.trim_end_matches(['*', '_', ' ', '\u{A0}']);
    let value = text.get(colon + 1..)?.trim_start_matches(['*', '_', ' ']).trim_end();
    let label = match name {
        "From" | "FROM" | "De" | "Von" | "Da" | "DE" | "from" => Label::From,
        "Sent" | "SENT" | "Date" | "DATE" | "Fecha" | "Enviado" | "Enviado el" | "Enviada em" | "Envoyé"
        | "Envoyé le" | "Gesendet" | "Datum" | "Data" | "Inviato" | "Sent on" | "Date sent" | "date" => Label::Date,
        "To" | "TO" | "Para" | "An" | "À" | "A" | "to" => Label::To,
        "Cc" | "CC" | "cc" | "Bcc" | "BCC" | "Kopie" => Label::Copy,
        "Subject" | "SUBJECT" | "Asunto" | "Objet" | "Betreff" | "Assunto" | "Oggetto" | "subject" => Label::Subject,
        "Importance" | "Priority" | "Reply-To" | "Attachments" | "Importancia" | "Wichtigkeit" | "Sensitivity"
        | "Message-ID" | "Organization" | "Resent-From" | "Anlagen" | "Datos adjuntos" => Label::Other,
        _ => return None,
    };
    Some((label, value))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn block(text: &str) -> Option<HeaderBlock<'_>> {
        at(&lines::of(text), 0)
    }

    #[test]
    fn outlooks_block_is_known_in_five_languages() {
        for (text, from) in [
            (
                "From: Ann <a@b.example>\nSent: Monday, October 5, 2026 9:00 AM\nTo: Bob\nSubject: RE: x\n\nHi",
                "Ann <a@b.example>",
            ),
            ("De: Ana\nEnviado el: lunes\nPara: Bob\nAsunto: x\n", "Ana"),
            ("De : Anne\nEnvoyé : lundi\nÀ : Bob\nObjet : x\n", "Anne"),
            ("Von: Anna\nGesendet: Montag\nAn: Bob\nBetreff: x\n", "Anna"),
            ("*From:* Ann\n*Sent:* Monday\n*To:* Bob\n*Subject:* x\n", "Ann"),
            ("Subject: x\nDate: Tue, 20 Oct 2026 14:03:55 -0500\nFrom: Ann\nTo: bob@c.example\n", "Ann"),
        ] {
            assert_eq!(block(text).map(|b| b.from), Some(from), "{text}");
        }
    }
    #[test]
    fn recipients_over_many_lines_belong_to_the_block() {
        let b = block("From: Ann\nDate: x\nTo: a@b.example,\n b@b.example,\n c@b.example\nSubject: y\nHello: there\n")
            .unwrap();
        assert_eq!((b.end, b.subject), (6, "y"));
    }
    #[test]
    fn a_voice_mails_head_and_a_forms_fields_are_no_block() {
        assert_eq!(block("From: (312) 555-0163\nReceived: Nov 24\nLength: 0:29\n"), None);
        assert_eq!(block("From: Ann <a@b.example>\nSubject: quote\n\nMessage Body:\nhi\n"), None);
        assert_eq!(block("To: whom it may concern\n"), None);
    }
}
