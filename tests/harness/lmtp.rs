//! Puts mail into a mailbox over LMTP (RFC 2033), as a mail exchanger would.

use super::stack::stack;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// Delivers `raw` to `to`, with `return_path` (empty for `<>`).
pub fn deliver(to: &str, return_path: &str, raw: &[u8]) {
    deliver_many(to, return_path, std::iter::once(raw.to_vec()));
}

/// Delivers many messages over one connection.
pub fn deliver_many(to: &str, return_path: &str, mails: impl Iterator<Item = Vec<u8>>) {
    let mut stream = TcpStream::connect(("127.0.0.1", stack().lmtp)).expect("LMTP answers");
    let mut replies = BufReader::new(stream.try_clone().unwrap());
    let mut say = |line: &[u8], want: char| {
        stream.write_all(line).unwrap();
        loop {
            let mut reply = String::new();
            replies.read_line(&mut reply).unwrap();
            assert!(reply.starts_with(want), "LMTP said {reply:?}");
            if reply.as_bytes().get(3) != Some(&b'-') {
                return;
            }
        }
    };
    say(b"", '2');
    say(b"LHLO test.example\r\n", '2');
    for raw in mails {
        say(format!("MAIL FROM:<{return_path}>\r\n").as_bytes(), '2');
        say(format!("RCPT TO:<{to}>\r\n").as_bytes(), '2');
        say(b"DATA\r\n", '3');
        say(&dotted(&raw), '2');
    }
    say(b"QUIT\r\n", '2');
}

/// The message with CRLF line ends and doubled leading dots, and the final dot (RFC 5321 4.5.2).
fn dotted(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    for line in raw.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
