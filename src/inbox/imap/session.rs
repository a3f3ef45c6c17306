//! A logged-in session: commands, each with a deadline, each answer read to its tagged end.
//!
//! async-imap's own `fetch`, `search`, `noop` and `capabilities` take a tagged `NO`, and the end of the connection,
//! for the end of an answer; a message could then be passed over unseen. So commands are run here, on its
//! connection and its parser. A session is owned by value; an error is a reason to drop it.

use super::trouble::{Trouble, plain};
use super::uids;
use crate::tls::dial::Line;
use async_imap::imap_proto::{Capability, MailboxDatum, NameAttribute, Response, ResponseCode, Status};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::io::BufWriter;
use tokio::time::{Instant, timeout_at};

/// async-imap writes tag, blank, command and line end one by one: buffered, they travel together.
pub(super) type Wire = BufWriter<Line>;

/// A logged-in session.
#[derive(Debug)]
pub(super) struct Session {
    inner: async_imap::Session<Wire>,
    capabilities: BTreeSet<String>,
    command: Duration,
    idle_answer: Duration,
    /// The server said that something is new.
    news: bool,
}

/// What SELECT said of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) uid_validity: u32,
    /// The UID that the next message will have; some servers do not say.
    pub(super) uid_next: Option<u32>,
    pub(super) read_only: bool,
    /// Flags that the server keeps; `\*` allows new keywords.
    pub(super) permanent_flags: Vec<String>,
}

/// How an IDLE ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idled {
    /// Something is new.
    News,
    /// Nothing until the time ran out.
    Quiet,
    /// The server refuses IDLE though it offers it: poll from now on.
    Refused,
}

impl Session {
    pub(super) fn new(inner: async_imap::Session<Wire>, command: Duration, idle_answer: Duration) -> Self {
        Self { inner, capabilities: BTreeSet::new(), command, idle_answer, news: false }
    }

    /// Runs a command to its tagged end; `each` sees every untagged answer.
    pub(super) async fn run(
        &mut self,
        what: &'static str,
        command: &str,
        deadline: Duration,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), Trouble> {
        let until = Instant::now() + deadline;
        let silent = |_| Trouble::Silent { what, seconds: deadline.as_secs() };
        let tag = timeout_at(until, self.inner.run_command(command))
            .await
            .map_err(silent)?
            .map_err(|e| Trouble::from_imap(what, &e))?;
        loop {
            let answer = timeout_at(until, self.inner.read_response()).await.map_err(silent)?;
            let Some(answer) = answer.map_err(|e| Trouble::from_io(what, &e))? else {
                return Err(Trouble::Lost { what, why: "the server closed it".to_owned() });
            };
            match answer.parsed() {
                Response::Done { tag: done, status, outcome } if *done == tag => {
                    let words = plain(outcome.information.as_deref().unwrap_or(""));
                    return match status {
                        Status::Ok => Ok(()),
                        _ => Err(Trouble::Refused { what, words }),
                    };
                }
                Response::Data { status: Status::Bye, outcome } => {
                    let why =
                        format!("the server said goodbye: {}", plain(outcome.information.as_deref().unwrap_or("")));
                    return Err(Trouble::Lost { what, why });
                }
                other => {
                    self.news |= is_news(other);
                    each(other);
                }
            }
        }
    }

    /// A command whose untagged answers do not matter.
    pub(super) async fn simply(&mut self, what: &'static str, command: &str) -> Result<(), Trouble> {
        self.run(what, command, self.command, |_| ()).await
    }

    /// What the server can do. Asked after the login, since many offer more then.
    pub(super) async fn ask_capabilities(&mut self) -> Result<(), Trouble> {
        let mut found = BTreeSet::new();
        self.run("CAPABILITY", "CAPABILITY", self.command, |answer| {
            if let Response::Capabilities(list) = answer {
                found.extend(list.iter().map(|c| match c {
                    Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                    Capability::Auth(name) => format!("AUTH={}", name.to_ascii_uppercase()),
                    Capability::Atom(name) => name.to_ascii_uppercase(),
                }));
            }
        })
        .await?;
        self.capabilities = found;
        Ok(())
    }

    /// Does the server offer it? In capitals.
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Opens a folder.
    pub(super) async fn select(&mut self, folder: &str) -> Result<Selected, Trouble> {
        self.open("SELECT", folder).await
    }

    /// Opens a folder so that nothing in it can be changed (RFC 9051 6.3.3).
    pub(super) async fn examine(&mut self, folder: &str) -> Result<Selected, Trouble> {
        self.open("EXAMINE", folder).await
    }

    /// The folders that the server marks as those of sent mail (RFC 6154 2); servers that mark none give none.
    pub(super) async fn sent_folders(&mut self) -> Result<Vec<String>, Trouble> {
        let mut found = Vec::new();
        self.run("LIST", "LIST \"\" \"*\"", self.command, |answer| {
            if let Response::MailboxData(MailboxDatum::List(list)) = answer
                && list.name_attributes.contains(&NameAttribute::Sent)
            {
                found.push(utf7_imap::decode_utf7_imap(list.name.to_string()));
            }
        })
        .await?;
        Ok(found)
    }

    async fn open(&mut self, verb: &'static str, folder: &str) -> Result<Selected, Trouble> {
        let mut uid_validity = None;
        let mut selected = Selected { uid_validity: 0, uid_next: None, read_only: false, permanent_flags: Vec::new() };
        let command = format!("{verb} {}", folder_name(folder)?);
        self.run(verb, &command, self.command, |answer| {
            if let Response::Data { status: Status::Ok, outcome } = answer {
                match &outcome.code {
                    Some(ResponseCode::UidValidity(n)) => uid_validity = Some(*n),
                    Some(ResponseCode::UidNext(n)) => selected.uid_next = Some(*n),
                    Some(ResponseCode::PermanentFlags(flags)) => {
                        selected.permanent_flags = flags.iter().map(|f| f.to_string()).collect();
                    }
                    // RFC 4315 section 2: such UIDs do not outlive the session, so no cursor can stand on them.
                    Some(ResponseCode::UidNotSticky) => uid_validity = Some(0),
                    _ => {}
                }
            }
        })
        .await
        .map_err(|e| match e {
            Trouble::Refused { words, .. } => Trouble::Unfit(format!(
                "the folder “{folder}” cannot be opened ({words}); check `folders` against the names on the server"
            )),
            other => other,
        })?;
        self.news = false;
        selected.uid_validity = uid_validity.filter(|v| *v != 0).ok_or_else(|| {
            Trouble::Unfit(format!("the server keeps no lasting message numbers (UIDVALIDITY) in “{folder}”"))
        })?;
        Ok(selected)
    }

    /// The UIDs in `from..=to` that match `also` (a search key made of our own words), ascending.
    pub(super) async fn search(&mut self, from: u32, to: u32, also: &str) -> Result<Vec<u32>, Trouble> {
        let mut found = BTreeSet::new();
        let command = format!("UID SEARCH UID {from}:{to}{also}");
        self.run("SEARCH", &command, self.command, |answer| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = answer {
                found.extend(uids.iter().copied());
            }
        })
        .await?;
        // `n:*` names the last message even where its UID is below n (RFC 9051); some servers treat 4294967295 so.
        Ok(found.into_iter().filter(|u| (from..=to).contains(u)).collect())
    }

    /// Is this message gone from the folder? Only a SEARCH that was answered `OK` can say so.
    pub(super) async fn is_gone(&mut self, uid: u32) -> Result<bool, Trouble> {
        Ok(self.search(uid, uid, "").await?.is_empty())
    }

    /// Keeps the connection alive and collects news.
    pub(super) async fn noop(&mut self) -> Result<(), Trouble> {
        self.simply("NOOP", "NOOP").await
    }

    /// Whether the server announced something since this was last asked.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Waits for news, at most `long`. `leave` ends it early.
    ///
    /// async-imap's IDLE hangs when the server answers `NO` and takes the end of the connection for an interrupt;
    /// here both are seen for what they are.
    pub(super) async fn idle(&mut self, long: Duration, leave: impl Future<Output = ()>) -> Result<Idled, Trouble> {
        const WHAT: &str = "IDLE";
        let until = Instant::now() + self.idle_answer;
        let silent = Trouble::Silent { what: WHAT, seconds: self.idle_answer.as_secs() };
        let Ok(tag) = timeout_at(until, self.inner.run_command("IDLE")).await else { return Err(silent) };
        let tag = tag.map_err(|e| Trouble::from_imap(WHAT, &e))?;
        loop {
            let Ok(answer) = timeout_at(until, self.inner.read_response()).await else { return Err(silent) };
            let Some(answer) = answer.map_err(|e| Trouble::from_io(WHAT, &e))? else { return Err(closed(WHAT)) };
            match answer.parsed() {
                Response::Continue(_) => break,
                Response::Done { tag: done, .. } if *done == tag => return Ok(Idled::Refused),
                other => self.note(other)?,
            }
        }
        self.patience(None);
        let quiet = self.wait_for_news(long, leave).await;
        self.patience(Some(self.command));
        let quiet = quiet?;
        let until = Instant::now() + self.idle_answer;
        match timeout_at(until, self.inner.run_command_untagged("DONE")).await {
            Err(_) => return Err(silent),
            Ok(done) => done.map_err(|e| Trouble::from_imap(WHAT, &e))?,
        }
        loop {
            let Ok(answer) = timeout_at(until, self.inner.read_response()).await else { return Err(silent) };
            let Some(answer) = answer.map_err(|e| Trouble::from_io(WHAT, &e))? else { return Err(closed(WHAT)) };
            match answer.parsed() {
                Response::Done { tag: done, .. } if *done == tag => break,
                other => self.note(other)?,
            }
        }
        Ok(if quiet && !self.news { Idled::Quiet } else { Idled::News })
    }

    /// Reads until something is new (false), or until the time is up (true).
    async fn wait_for_news(&mut self, long: Duration, leave: impl Future<Output = ()>) -> Result<bool, Trouble> {
        const WHAT: &str = "IDLE";
        let until = Instant::now() + long;
        tokio::pin!(leave);
        while !self.news {
            let answer = tokio::select! {
                () = &mut leave => return Ok(true),
                // Reading can be cut off: what has arrived stays in the connection's buffer.
                answer = timeout_at(until, self.inner.read_response()) => answer,
            };
            let Ok(answer) = answer else { return Ok(true) };
            let Some(answer) = answer.map_err(|e| Trouble::from_io(WHAT, &e))? else { return Err(closed(WHAT)) };
            self.note(answer.parsed())?;
        }
        Ok(false)
    }

    fn note(&mut self, answer: &Response<'_>) -> Result<(), Trouble> {
        if let Response::Data { status: Status::Bye, outcome } = answer {
            let why = format!("the server said goodbye: {}", plain(outcome.information.as_deref().unwrap_or("")));
            return Err(Trouble::Lost { what: "IDLE", why });
        }
        self.news |= is_news(answer);
        Ok(())
    }

    fn patience(&mut self, read: Option<Duration>) {
        self.inner.as_mut().get_mut().set_read_patience(read);
    }

    /// Says goodbye; whether it is heard does not matter.
    pub(super) async fn logout(mut self) {
        let _ = self.run("LOGOUT", "LOGOUT", Duration::from_secs(2), |_| ()).await;
    }

    /// Adds `flags` to messages, without an answer for each.
    pub(super) async fn add_flags(&mut self, uids: &[u32], flags: &str) -> Result<(), Trouble> {
        self.simply("STORE", &format!("UID STORE {} +FLAGS.SILENT ({flags})", uids::set(uids))).await
    }
}

fn closed(what: &'static str) -> Trouble {
    Trouble::Lost { what, why: "the server closed it".to_owned() }
}

fn is_news(answer: &Response<'_>) -> bool {
    matches!(answer, Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_)))
}

/// A folder's name as it goes over the wire: modified UTF-7 (RFC 3501 5.1.3), quoted.
pub(super) fn folder_name(folder: &str) -> Result<String, Trouble> {
    if folder.is_empty() || folder.chars().any(char::is_control) {
        return Err(Trouble::Unfit(format!("“{}” is not a folder's name", plain(folder))));
    }
    let encoded = utf7_imap::encode_utf7_imap(folder.to_owned());
    Ok(format!("\"{}\"", encoded.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod name_tests {
    use super::folder_name;

    #[test]
    fn folder_names_are_encoded_and_cannot_carry_a_second_command() {
        assert_eq!(folder_name("INBOX").unwrap(), "\"INBOX\"");
        assert_eq!(folder_name("Entwürfe & mehr").unwrap(), "\"Entw&APw-rfe &- mehr\"");
        assert_eq!(folder_name("a\"b\\c").unwrap(), "\"a\\\"b\\\\c\"");
        assert!(folder_name("INBOX\r\nA1 DELETE INBOX").is_err());
    }
}
