//! The block of From, Sent, To, Subject that mail programs put above a message they quote or forward, in the languages
//! of their users. Knows nothing of what the block means for the text below it.

use super::lines::Line;

/// Lines a block may take: long lists of recipients are wrapped.
const LINES_MAX: usize = 30;

/// A header block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HeaderBlock<'a> {
    /// The first line after it.
    pub end: usize,
    /// Who wrote the message below it.
    pub from: &'a str,
    /// When, as written.
    pub date: &'a str,
    /// About what.
    pub subject: &'a str,
    /// To whom: the field's lines.
    pub to: Vec<&'a str>,
    /// With copies to: the field's lines.
    pub cc: Vec<&'a str>,
    /// The rest of a From that was wrapped.
    pub from_more: &'a str,
    /// The rest of a subject that was wrapped.
    pub subject_more: &'a str,
    /// `From` and `Sent` are English, where the month stands first.
    pub english: bool,
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
    let (block, counted) = read(lines, at)?;
    // A voice mail's “From, Received, Length” and a form's “From, Subject” are no blocks.
    let whole = counted.from && counted.kinds >= 3;
    (whole && (counted.subject || block.from.contains('@'))).then_some(block)
}

/// The same below a line that announces a forwarded message: there even two fields are a header.
pub(super) fn announced<'a>(lines: &[Line<'a>], at: usize) -> Option<HeaderBlock<'a>> {
    let (block, counted) = read(lines, at)?;
    (counted.kinds >= 2 || counted.from).then_some(block)
}

/// Whether a line is a field of such a block.
pub(super) fn is_field(text: &str) -> bool {
    label(text).is_some()
}

/// Which fields were there.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    from: bool,
    subject: bool,
    kinds: usize,
}

fn read<'a>(lines: &[Line<'a>], at: usize) -> Option<(HeaderBlock<'a>, Counted)> {
    label(lines.get(at)?.text)?;
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
            block.english |= found == Label::From && line.text.trim_start_matches(['*', '_']).starts_with(['F', 'f']);
            set(&mut block, found, value);
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
        } else if continues(last, value_open, line) || goes_on_below(lines, i, &seen) {
            value_open = is_open(line.text);
            set(&mut block, last, line.text);
            i += 1;
            block.end = i;
        } else {
            break;
        }
    }
    let has = |l: Label| seen.get(l as usize) == Some(&true);
    let kinds = [Label::From, Label::Date, Label::To, Label::Subject].into_iter().filter(|l| has(*l)).count();
    Some((block, Counted { from: has(Label::From), subject: has(Label::Subject), kinds }))
}

/// Puts a field's line in its place.
fn set<'a>(block: &mut HeaderBlock<'a>, label: Label, value: &'a str) {
    match label {
        Label::From if block.from.is_empty() => block.from = value,
        Label::From => block.from_more = value,
        Label::Date if block.date.is_empty() => block.date = value,
        Label::Subject if block.subject.is_empty() => block.subject = value,
        Label::To => block.to.push(value),
        Label::Copy => block.cc.push(value),
        Label::Date | Label::Subject | Label::Other => {}
    }
}

/// A line without a label between two fields of a block goes on with the one above it.
fn goes_on_below(lines: &[Line<'_>], i: usize, seen: &[bool; 6]) -> bool {
    let below = lines.get(i + 1).and_then(|l| label(l.text));
    seen.iter().filter(|s| **s).count() >= 2
        && below.is_some_and(|(found, _)| found != Label::From && seen.get(found as usize) == Some(&false))
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
        Label::Date => open && line.words() <= 8,
        _ => false,
    }
}

/// A field's label and value: `*From:* Ann` (Gmail's rendering of bold) is `From`.
fn label(text: &str) -> Option<(Label, &str)> {
    let text = text.trim_start_matches(['*', '_']);
    // Nearly every line of prose ends here.
    let colon = text.bytes().take(30).position(|b| b == b':' || b == 0xEF)?;
    let (name, value) = (text.get(..colon)?, text.get(colon..)?);
    let value = value.strip_prefix(':').or_else(|| value.strip_prefix('：'))?;
    let name = name.trim_end_matches(['*', '_', ' ', '\u{A0}']);
    let value = value.trim_start_matches(['*', '_', ' ']).trim_end();
    Some((named(name)?, value))
}

fn named(name: &str) -> Option<Label> {
    Some(match name {
        "From" | "FROM" | "from" | "De" | "DE" | "Von" | "VON" | "Da" | "Van" | "Mittente" | "Remitente"
        | "Expéditeur" | "Absender" | "Från" | "Fra" | "Od" | "Šalje" | "Lähettäjä" | "De la" | "Kimden"
        | "Gönderen" | "От" | "От кого" | "Від" | "Feladó" | "Odesílatel" | "Odosielateľ" | "发件人" | "寄件者"
        | "差出人" | "보낸 사람" => Label::From,
        "Sent"
        | "SENT"
        | "Date"
        | "DATE"
        | "date"
        | "Sent on"
        | "Date sent"
        | "Date Sent"
        | "Sent at"
        | "Fecha"
        | "Enviado"
        | "Enviado el"
        | "Fecha de envío"
        | "Enviada em"
        | "Enviado em"
        | "Enviada"
        | "Enviadas"
        | "Data de envio"
        | "Envoyé"
        | "Envoyé le"
        | "Date d'envoi"
        | "Gesendet"
        | "Gesendet am"
        | "Datum"
        | "Data"
        | "Inviato"
        | "Inviato il"
        | "Data invio"
        | "Verzonden"
        | "Verzonden op"
        | "Skickat"
        | "Sendt"
        | "Dato"
        | "Wysłano"
        | "Lähetetty"
        | "Päiväys"
        | "Päivämäärä"
        | "Trimis"
        | "Tarih"
        | "Gönderme Tarihi"
        | "Gönderilen"
        | "Отправлено"
        | "Дата"
        | "Відправлено"
        | "Надіслано"
        | "Odesláno"
        | "Odoslané"
        | "Elküldve"
        | "Küldve"
        | "Dátum"
        | "Poslano"
        | "发送时间"
        | "日期"
        | "日付"
        | "送信日時"
        | "보낸 날짜" => Label::Date,
        "To" | "TO" | "to" | "Para" | "PARA" | "An" | "AN" | "À" | "A" | "Pour" | "Aan" | "Destinatario"
        | "Destinataire" | "Destinatário" | "Empfänger" | "Till" | "Til" | "Do" | "Vastaanottaja" | "Către"
        | "Pentru" | "Kime" | "Alıcı" | "Кому" | "Komu" | "Pro" | "Pre" | "Za" | "Prima" | "Címzett" | "收件人"
        | "宛先" | "받는 사람" => Label::To,
        "Cc" | "CC" | "cc" | "Bcc" | "BCC" | "Kopie" | "Kopie (CC)" | "Copie" | "Copie à" | "Con copia"
        | "Con copia para" | "Com cópia" | "Kopia" | "Kopi" | "DW" | "Kopio" | "Копия" | "Копія" | "Kópia"
        | "Kopija" | "Másolat" | "Másolatot kap" | "Bilgi" | "Kopya" | "抄送" | "副本" => Label::Copy,
        "Subject" | "SUBJECT" | "subject" | "Asunto" | "ASUNTO" | "Objet" | "Sujet" | "Betreff" | "Assunto"
        | "Oggetto" | "Onderwerp" | "Ämne" | "Emne" | "Temat" | "Aihe" | "Subiect" | "Konu" | "Тема" | "Předmět"
        | "Predmet" | "Tárgy" | "主题" | "主旨" | "件名" | "제목" => Label::Subject,
        "Importance" | "Priority" | "Reply-To" | "Reply To" | "Attachments" | "Importancia" | "Wichtigkeit"
        | "Sensitivity" | "Message-ID" | "Organization" | "Resent-From" | "Resent-Date" | "Anlagen" | "Anhänge"
        | "Datos adjuntos" | "Adjuntos" | "Anexos" | "Pièces jointes" | "Allegati" | "Bijlagen" | "Sent by"
        | "Envoyé par" | "Importanza" | "Prioridade" | "Responder a" | "Répondre à" | "Antwort an" | "Rispondi a"
        | "Priorität" | "Received" | "Categories" => Label::Other,
        _ => return None,
    })
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
