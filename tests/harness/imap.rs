//! A small blocking IMAP client, to read back what clients, CSRs and owners find in their mailboxes.

use super::stack::stack;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// One message of a folder, with its flags.
#[derive(Debug, Clone)]
pub struct Stored {
    pub uid: u32,
    pub flags: String,
    pub raw: Vec<u8>,
}

pub struct Imap {
    stream: TcpStream,
    replies: BufReader<TcpStream>,
    tag: u32,
}

impl Imap {
    /// Logs `user` in.
    pub fn login(user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", stack().imap)).expect("IMAP answers");
        let replies = BufReader::new(stream.try_clone().unwrap());
        let mut imap = Self { stream, replies, tag: 0 };
        imap.line();
        imap.command(&format!("LOGIN {user} secret"));
        imap
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        self.replies.read_until(b'\n', &mut line).unwrap();
        assert!(!line.is_empty(), "IMAP closed the connection");
        line
    }

    /// Sends a command; its untagged answers, literals as second part.
    pub fn command(&mut self, command: &str) -> Vec<(String, Vec<u8>)> {
        self.tag += 1;
        let tag = format!("a{}", self.tag);
        write!(self.stream, "{tag} {command}\r\n").unwrap();
        let mut answers = Vec::new();
        loop {
            let line = String::from_utf8_lossy(&self.line()).trim_end().to_owned();
            if let Some(done) = line.strip_prefix(&format!("{tag} ")) {
                assert!(done.starts_with("OK"), "IMAP said {done:?} to {command:?}");
                return answers;
            }
            let size =
                line.strip_suffix('}').and_then(|l| l.rsplit_once('{')).and_then(|(_, n)| n.parse::<usize>().ok());
            if let Some(size) = size {
                let mut literal = vec![0; size];
                self.replies.read_exact(&mut literal).unwrap();
                let rest = String::from_utf8_lossy(&self.line()).trim_end().to_owned();
                answers.push((format!("{line} {rest}"), literal));
            } else {
                answers.push((line, Vec::new()));
            }
        }
    }

    /// Puts a message into a folder, as a mail program keeps what it sent; the folder is made where it is not there.
    pub fn append(&mut self, folder: &str, raw: &[u8]) {
        if !self.command("LIST \"\" \"*\"").iter().any(|(l, _)| l.contains(folder)) {
            self.command(&format!("CREATE \"{folder}\""));
        }
        let crlf = String::from_utf8_lossy(raw).replace("\r\n", "\n").replace('\n', "\r\n");
        self.tag += 1;
        let tag = format!("a{}", self.tag);
        write!(self.stream, "{tag} APPEND \"{folder}\" (\\Seen) {{{}}}\r\n", crlf.len()).unwrap();
        assert!(self.line().starts_with(b"+"), "IMAP wants no literal");
        write!(self.stream, "{crlf}\r\n").unwrap();
        loop {
            let line = String::from_utf8_lossy(&self.line()).into_owned();
            if let Some(done) = line.strip_prefix(&format!("{tag} ")) {
                assert!(done.starts_with("OK"), "IMAP said {done:?}");
                return;
            }
        }
    }

    /// Everything in a folder, oldest first.
    pub fn all(&mut self, folder: &str) -> Vec<Stored> {
        self.command(&format!("SELECT \"{folder}\""));
        self.command("UID FETCH 1:* (UID FLAGS BODY.PEEK[])")
            .into_iter()
            .filter(|(line, _)| line.contains("FETCH"))
            .map(|(line, raw)| {
                let uid = line
                    .split("UID ")
                    .nth(1)
                    .and_then(|r| r.split([' ', ')']).next())
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                let flags = line.split("FLAGS (").nth(1).and_then(|r| r.split(')').next()).unwrap_or("").to_owned();
                Stored { uid, flags, raw }
            })
            .collect()
    }
}
