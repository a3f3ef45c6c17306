//! A small IMAP server with one mailbox, and a place to make it odd: before each command the test may answer itself.

use crate::tls::testing;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// One command as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Which connection, counted from 1.
    pub(super) connection: usize,
    pub(super) tag: String,
    /// Without the tag.
    pub(super) command: String,
}

impl Asked {
    pub(super) fn is(&self, start: &str) -> bool {
        self.command.starts_with(start)
    }
    /// A fetch of bytes which asks for this UID.
    pub(super) fn body_of(&self, uid: u32) -> bool {
        self.is("UID FETCH") && self.command.contains("BODY.PEEK[]") && in_set(&self.command, uid)
    }
}

/// What an odd server does in the place of the ordinary answer.
#[derive(Debug, Clone)]
pub(super) enum Odd {
    /// These lines, as they are; `{tag}` is the command's tag.
    Say(String),
    /// These lines, then the connection ends.
    SayAndClose(String),
    /// Nothing, for ever.
    Silence,
}

#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) raw: String,
    pub(super) flags: BTreeSet<String>,
    pub(super) date: &'static str,
}

#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) uid_validity: u32,
    pub(super) uid_next: u32,
    pub(super) messages: BTreeMap<u32, Stored>,
    pub(super) moved: Vec<(u32, String)>,
    pub(super) capabilities: &'static str,
    pub(super) permanent_flags: &'static str,
    pub(super) asked: Vec<Asked>,
    pub(super) connections: usize,
}

type Oddness = dyn Fn(&Asked, &Mailbox) -> Option<Odd> + Send + Sync;

pub(super) struct Server {
    pub(super) mailbox: Arc<Mutex<Mailbox>>,
    pub(super) port: u16,
    pub(super) certificate: testing::Certificate,
}

pub(super) fn raw(n: u32) -> String {
    format!("Message-ID: <{n}@client.example>\r\nSubject: message {n}\r\n\r\nPlease add my truck {n}.\r\n")
}

impl Server {
    /// A mailbox with messages 1 to `count`.
    pub(super) async fn with(count: u32) -> Self {
        Self::odd(count, |_, _| None).await
    }

    pub(super) async fn odd(count: u32, odd: impl Fn(&Asked, &Mailbox) -> Option<Odd> + Send + Sync + 'static) -> Self {
        let mailbox = Arc::new(Mutex::new(Mailbox {
            uid_validity: 7,
            uid_next: 1,
            messages: BTreeMap::new(),
            moved: Vec::new(),
            capabilities: "IMAP4rev1 ID IDLE MOVE UIDPLUS",
            permanent_flags: "\\Seen \\Deleted \\*",
            asked: Vec::new(),
            connections: 0,
        }));
        let certificate = testing::certificate();
        let odd: Arc<Oddness> = Arc::new(odd);
        let inside = mailbox.clone();
        let port = testing::serve(&certificate, move |stream| {
            let (mailbox, odd) = (inside.clone(), odd.clone());
            async move { talk(stream, mailbox, odd).await.unwrap_or_default() }
        })
        .await;
        let server = Self { mailbox, port, certificate };
        for _ in 0..count {
            server.deliver();
        }
        server
    }

    /// A new message arrives; its UID.
    pub(super) fn deliver(&self) -> u32 {
        let mut mailbox = self.mailbox.lock().unwrap();
        let uid = mailbox.uid_next;
        mailbox.uid_next += 1;
        let stored = Stored { raw: raw(uid), flags: BTreeSet::new(), date: "21-Nov-2026 12:00:00 +0000" };
        mailbox.messages.insert(uid, stored);
        uid
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Mailbox)) {
        change(&mut self.mailbox.lock().unwrap());
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.mailbox.lock().unwrap().asked.iter().map(|a| a.command.clone()).collect()
    }

    /// UIDs that carry a flag.
    pub(super) fn flagged(&self, flag: &str) -> Vec<u32> {
        let mailbox = self.mailbox.lock().unwrap();
        mailbox.messages.iter().filter(|(_, m)| m.flags.contains(flag)).map(|(u, _)| *u).collect()
    }
}

async fn talk<S>(stream: S, mailbox: Arc<Mutex<Mailbox>>, odd: Arc<Oddness>) -> std::io::Result<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let connection = {
        let mut mailbox = mailbox.lock().unwrap();
        mailbox.connections += 1;
        mailbox.connections
    };
    write.write_all(b"* OK ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let asked = Asked { connection, tag: tag.to_owned(), command: command.to_owned() };
        let oddly = {
            let mut mailbox = mailbox.lock().unwrap();
            mailbox.asked.push(asked.clone());
            odd(&asked, &mailbox)
        };
        match oddly {
            Some(Odd::Silence) => std::future::pending().await,
            Some(Odd::Say(words)) => {
                write.write_all(words.replace("{tag}", tag).as_bytes()).await?;
                continue;
            }
            Some(Odd::SayAndClose(words)) => {
                write.write_all(words.replace("{tag}", tag).as_bytes()).await?;
                write.shutdown().await?;
                return Ok(());
            }
            None => {}
        }
        if command == "IDLE" {
            write.write_all(b"+ idling\r\n").await?;
            idle(&mut lines, &mut write, &mailbox).await?;
            write.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
            continue;
        }
        let answer = answer(&asked, &mut mailbox.lock().unwrap());
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

async fn idle<R, W>(
    lines: &mut tokio::io::Lines<BufReader<R>>,
    write: &mut W,
    mailbox: &Mutex<Mailbox>,
) -> std::io::Result<()>
where
    R: tokio::io::AsyncRead + Unpin,
    W: tokio::io::AsyncWrite + Unpin,
{
    let mut known = mailbox.lock().unwrap().uid_next;
    loop {
        tokio::select! {
            _done = lines.next_line() => return Ok(()),
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {
                let (now, exists) = { let m = mailbox.lock().unwrap(); (m.uid_next, m.messages.len()) };
                if now != known {
                    known = now;
                    write.write_all(format!("* {exists} EXISTS\r\n").as_bytes()).await?;
                }
            }
        }
    }
}

fn answer(asked: &Asked, mailbox: &mut Mailbox) -> String {
    let (tag, command) = (&asked.tag, asked.command.as_str());
    let ok = format!("{tag} OK done\r\n");
    let set: Vec<u32> = mailbox.messages.keys().copied().filter(|u| in_set(command, *u)).collect();
    if asked.is("CAPABILITY") {
        format!("* CAPABILITY {}\r\n{ok}", mailbox.capabilities)
    } else if asked.is("SELECT") {
        format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT {}] x\r\n* OK [PERMANENTFLAGS ({})] x\r\n{ok}",
            mailbox.messages.len(),
            mailbox.uid_validity,
            mailbox.uid_next,
            mailbox.permanent_flags
        )
    } else if asked.is("UID SEARCH") {
        let unmarked = command.split_once("UNKEYWORD ").map(|(_, k)| k.to_owned());
        let lacks = |u: &u32| unmarked.as_ref().is_none_or(|k| !mailbox.messages[u].flags.contains(k));
        let found: Vec<String> = set.iter().filter(|u| lacks(u)).map(u32::to_string).collect();
        format!("* SEARCH {}\r\n{ok}", found.join(" "))
    } else if asked.is("UID FETCH") {
        set.iter().map(|u| fetch(command, *u, &mailbox.messages[u])).collect::<String>() + &ok
    } else if asked.is("UID STORE") {
        let flag = command.split(['(', ')']).nth(1).unwrap_or("").to_owned();
        for uid in set {
            mailbox.messages.get_mut(&uid).unwrap().flags.insert(flag.clone());
        }
        ok
    } else if asked.is("UID MOVE") || asked.is("UID COPY") {
        let to = command.split('"').nth(1).unwrap_or("").to_owned();
        for uid in set {
            mailbox.moved.push((uid, to.clone()));
            if asked.is("UID MOVE") {
                mailbox.messages.remove(&uid);
            }
        }
        ok
    } else if asked.is("UID EXPUNGE") {
        mailbox.messages.retain(|u, m| !(set.contains(u) && m.flags.contains("\\Deleted")));
        ok
    } else {
        ok // LOGIN, ID, NOOP, CREATE, LOGOUT
    }
}

fn fetch(command: &str, uid: u32, message: &Stored) -> String {
    let raw = &message.raw;
    if command.contains("BODY.PEEK[HEADER]") {
        let header = raw.split_inclusive("\r\n\r\n").next().unwrap_or("");
        format!("* {uid} FETCH (UID {uid} BODY[HEADER]<0> {{{}}}\r\n{header})\r\n", header.len())
    } else if command.contains("BODY.PEEK[]") {
        format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{raw})\r\n", raw.len())
    } else {
        let flags: Vec<&str> = message.flags.iter().map(String::as_str).collect();
        format!(
            "* {uid} FETCH (UID {uid} FLAGS ({}) INTERNALDATE \"{}\" RFC822.SIZE {})\r\n",
            flags.join(" "),
            message.date,
            raw.len()
        )
    }
}

/// Is `uid` in the command's set: the third word, or the fourth after `SEARCH UID`?
fn in_set(command: &str, uid: u32) -> bool {
    let place = if command.starts_with("UID SEARCH") { 3 } else { 2 };
    let set = command.split(' ').nth(place).unwrap_or("");
    set.split(',').any(|range| {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        matches!((from.parse::<u32>(), to.parse::<u32>()), (Ok(from), Ok(to)) if (from..=to).contains(&uid))
    })
}
