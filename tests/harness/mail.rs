//! A mail as its reader sees it, and mails to write.

use mail_parser::MessageParser;

/// A mail that somebody received.
#[derive(Debug, Clone)]
pub struct Mail {
    pub raw: Vec<u8>,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<String>,
}

impl Mail {
    pub fn parse(raw: &[u8]) -> Self {
        let m = MessageParser::default().parse(raw).expect("a mail that can be parsed");
        let all = |a: Option<&mail_parser::Address<'_>>| {
            a.map(|a| a.iter().filter_map(|x| x.address()).map(str::to_lowercase).collect::<Vec<_>>())
                .unwrap_or_default()
        };
        Self {
            raw: raw.to_vec(),
            from: all(m.from()).first().cloned().unwrap_or_default(),
            to: all(m.to()),
            cc: all(m.cc()),
            subject: m.subject().unwrap_or_default().to_owned(),
            text: m.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
            html: m.body_html(0).unwrap_or_default().into_owned(),
            attachments: m
                .attachments()
                .map(|a| {
                    mail_parser::MimeHeaders::attachment_name(a)
                        .map_or_else(|| "message/rfc822".to_owned(), str::to_owned)
                })
                .collect(),
        }
    }

    /// The first header of this name, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split(|b| *b == b'\n').take_while(|l| !matches!(l, [] | [b'\r']));
        let mut found: Option<String> = None;
        for line in head {
            let line = String::from_utf8_lossy(line).trim_end().to_owned();
            match &mut found {
                Some(value) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                Some(_) => break,
                None => {
                    if let Some((n, v)) = line.split_once(':')
                        && n.eq_ignore_ascii_case(name)
                    {
                        found = Some(v.trim().to_owned());
                    }
                }
            }
        }
        found
    }

    /// Panics unless the text holds every one of `words`.
    pub fn says(&self, words: &[&str]) -> &Self {
        let flat = fold(&self.text);
        for w in words {
            assert!(flat.contains(&fold(w)), "the mail does not say {w:?}:\n{}\n{}", self.subject, self.text);
        }
        self
    }

    /// Panics when the mail holds one of `words`, in text, HTML or subject.
    pub fn never_says(&self, words: &[&str]) -> &Self {
        let flat = fold(&format!("{}\n{}\n{}", self.subject, self.text, self.html));
        for w in words {
            assert!(!flat.contains(&fold(w)), "the mail says {w:?}:\n{}\n{}", self.subject, self.text);
        }
        self
    }
}

/// White space folded and case lowered: letters wrap their lines.
fn fold(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A plain mail.
pub fn plain(from: &str, to: &str, subject: &str, id: &str, more_headers: &str, body: &str) -> Vec<u8> {
    let now = intaked::daemon::clock::Clock::real().to_rfc2822();
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}\nDate: {now}\nMessage-ID: <{id}>\n{more_headers}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    )
    .into_bytes()
}
