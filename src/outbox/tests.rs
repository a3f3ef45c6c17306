//! Odd submission servers: each test is a scripted conversation, named by what is odd in it.

use super::settings::{OutboxSettings, Patience, SmtpSettings};
use super::*;
use crate::domain::Timestamp;
use crate::domain::letter::{Audience, Disposition, Mail};
use crate::domain::message::RawRef;
use crate::domain::text::{Address, Mailbox};
use crate::secrets::SecretSource;
use crate::tls::{Security, testing};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What the server says to a line; `None` is the ordinary answer.
enum Odd {
    Say(&'static str),
    Close,
    Silence,
}

/// What the server saw: `(connection, line)`; a letter's bytes are one line.
#[derive(Default)]
struct Seen(Mutex<Vec<(usize, String)>>);

impl Seen {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(_, l)| l.clone()).collect()
    }
    fn connections(&self) -> usize {
        self.0.lock().unwrap().iter().map(|(c, _)| *c).max().unwrap_or(0)
    }
    fn bodies(&self) -> Vec<String> {
        self.lines().into_iter().filter(|l| l.starts_with("Subject:")).collect()
    }
}

type Oddness = dyn Fn(usize, &str) -> Option<Odd> + Send + Sync;

struct Server {
    port: u16,
    certificate: testing::Certificate,
    seen: Arc<Seen>,
}

const EXTENSIONS: &str = "250-scripted\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n";

impl Server {
    async fn odd(odd: impl Fn(usize, &str) -> Option<Odd> + Send + Sync + 'static) -> Self {
        let certificate = testing::certificate();
        let seen = Arc::new(Seen::default());
        let (count, odd): (_, Arc<Oddness>) = (Arc::new(Mutex::new(0)), Arc::new(odd));
        let inside = seen.clone();
        let port = testing::serve(&certificate, move |stream| {
            let (seen, odd, count) = (inside.clone(), odd.clone(), count.clone());
            async move {
                let connection = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count
                };
                talk(stream, connection, seen, odd, true).await.unwrap_or_default();
            }
        })
        .await;
        Self { port, certificate, seen }
    }

    fn settings(&self) -> SmtpSettings {
        let password = self.certificate.ca_file.with_file_name("password");
        std::fs::write(&password, "secret\n").unwrap();
        let ms = Duration::from_millis;
        SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            security: Security::Tls,
            login: Some(("service@harborpoint.example".to_owned(), SecretSource::File(password))),
            ca_file: Some(self.certificate.ca_file.clone()),
            connections: 1,
            patience: Patience {
                connect: ms(2000),
                command: ms(300),
                data: ms(300),
                idle: ms(5000),
                letters: 500,
                first_wait: ms(20),
                longest_wait: ms(50),
                refused_wait: ms(60_000),
                stop: ms(200),
            },
        }
    }
}

async fn talk<S>(stream: S, connection: usize, seen: Arc<Seen>, odd: Arc<Oddness>, greet: bool) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    if greet {
        write.write_all(b"220 scripted\r\n").await?;
    }
    let mut body: Option<String> = None;
    while let Some(line) = lines.next_line().await? {
        if let Some(so_far) = body.as_mut()
            && line != "."
        {
            *so_far += &format!("{line}\n");
            continue;
        }
        let said = body.take().unwrap_or(line);
        seen.0.lock().unwrap().push((connection, said.clone()));
        let ordinary = match said.split(' ').next().unwrap_or("") {
            "EHLO" => EXTENSIONS,
            "AUTH" => "235 2.7.0 welcome\r\n",
            "DATA" => "354 go\r\n",
            "QUIT" => "221 bye\r\n",
            _ if said.starts_with("Subject:") => "250 2.0.0 queued as 7\r\n",
            _ => "250 fine\r\n",
        };
        let answer = match odd(connection, &said) {
            Some(Odd::Close) => return write.shutdown().await,
            Some(Odd::Silence) => return std::future::pending().await,
            Some(Odd::Say(words)) => words,
            None => ordinary,
        };
        if answer.starts_with("354") {
            body = Some(String::new());
        }
        write.write_all(answer.as_bytes()).await?;
        if answer.starts_with("421") {
            return write.shutdown().await;
        }
    }
    Ok(())
}

/// Letters to be sent, and how each attempt ended.
#[derive(Default)]
struct Letters {
    due: Mutex<VecDeque<Letter>>,
    more: Notify,
    answers: Mutex<Vec<(String, Attempt)>>,
    stopped: CancellationToken,
}

impl Letters {
    fn due(letters: impl IntoIterator<Item = Letter>) -> Arc<Self> {
        let all = Self::default();
        all.due.lock().unwrap().extend(letters);
        Arc::new(all)
    }
    fn add(&self, letter: Letter) {
        self.due.lock().unwrap().push_back(letter);
        self.more.notify_one();
    }
    async fn until(&self, count: usize) -> Vec<(String, Attempt)> {
        for _ in 0..1000 {
            if self.answers.lock().unwrap().len() >= count {
                return self.answers.lock().unwrap().clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("only {:?}", self.answers.lock().unwrap());
    }
}

impl Post for Letters {
    async fn claim(&self, _: usize) -> anyhow::Result<Vec<Letter>> {
        loop {
            let next = self.due.lock().unwrap().pop_front();
            if let Some(letter) = next {
                return Ok(vec![letter]);
            }
            tokio::select! {
                () = self.more.notified() => {}
                () = self.stopped.cancelled() => return Ok(Vec::new()),
            }
        }
    }
    async fn answered(&self, letter: LetterId, attempt: Attempt) -> anyhow::Result<()> {
        self.answers.lock().unwrap().push((letter.0, attempt));
        Ok(())
    }
    async fn answered_and_claim(&self, letter: LetterId, attempt: Attempt, _: usize) -> anyhow::Result<Vec<Letter>> {
        self.answered(letter, attempt).await?;
        Ok(self.due.lock().unwrap().pop_front().into_iter().collect())
    }
    async fn raw(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        anyhow::ensure!(path == "there.eml", "no such file");
        Ok("Subject: Añadir camión\nContent-Type: text/plain\n\n¿Pueden?\n.\nQUIT\n".as_bytes().to_vec())
    }
}

fn letter(id: &str, to: &str) -> Letter {
    Letter {
        id: LetterId::from(id),
        kind: "acknowledgement".to_owned(),
        audience: Audience::Client,
        to: Mailbox { name: "Tony".into(), address: Address::new(to).unwrap() },
        envelope_from: None,
        message_id: format!("{id}@harborpoint.example"),
        subject: "x".into(),
        tasks: Vec::new(),
        answers: None,
        disposition: Disposition::Send,
        not_before: "2026-11-21T12:00:00Z".parse().unwrap(),
        mail: Mail {
            before: format!("Subject: {id}\r\n\r\nYours.\r\n"),
            original: None,
            documents: vec![],
            after: String::new(),
        },
    }
}

fn to_tony(id: &str) -> Letter {
    letter(id, "tony@trucks.example")
}

/// Sends the letters and gives back how each attempt ended.
async fn sent(settings: SmtpSettings, letters: &[Letter]) -> Vec<(String, Attempt)> {
    let post = Letters::due(letters.to_vec());
    let pump = Pump::begin(settings, &post);
    let answers = post.until(letters.len()).await;
    pump.end().await;
    answers
}

struct Pump {
    status: tokio::sync::watch::Receiver<Status>,
    task: tokio::task::JoinHandle<()>,
    cancel: CancellationToken,
}

fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

impl Pump {
    fn begin(settings: SmtpSettings, post: &Arc<Letters>) -> Self {
        let (cancel, (around, status)) = (post.stopped.clone(), Surroundings::new(noon));
        Self {
            status,
            task: tokio::spawn(pump(OutboxSettings::Smtp(settings), post.clone(), cancel.clone(), around)),
            cancel,
        }
    }
    async fn end(self) {
        self.cancel.cancel();
        tokio::time::timeout(Duration::from_secs(1), self.task).await.unwrap().unwrap();
    }
}

fn accepted() -> Attempt {
    Attempt::Sent("250 2.0.0 queued as 7".to_owned())
}

fn later(attempt: &Attempt) -> (&str, bool) {
    match attempt {
        Attempt::Later { why, unanswered } => (why, *unanswered),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn letters_share_a_connection_and_a_refused_one_stops_no_other() {
    let server = Server::odd(|_, line| {
        line.starts_with("RCPT TO:<gone").then_some(Odd::Say("550-5.1.1 No such user\r\n550 5.1.1 here\r\n"))
    })
    .await;
    let letters = [to_tony("a"), letter("b", "gone@trucks.example"), to_tony("c")];
    let answers = sent(server.settings(), &letters).await;
    assert_eq!(answers[0].1, accepted());
    assert!(matches!(&answers[1].1, Attempt::Refused(why) if why.starts_with("550 5.1.1 No such user")), "{answers:?}");
    assert_eq!(answers[2].1, accepted());
    assert_eq!(server.seen.connections(), 1);
    assert!(server.seen.lines().contains(&"RSET".to_owned()));
    assert!(server.seen.lines().contains(&"MAIL FROM:<>".to_owned()), "the null sender");
}

#[tokio::test]
async fn replies_are_refusals_or_delays_by_their_class_wherever_they_come() {
    let cases: [(&'static str, &'static str, bool); 7] = [
        ("RCPT", "451 4.3.0 Try again later\r\n", false),
        ("RCPT", "553 5.1.3 bad address\r\n", true),
        ("MAIL", "452 4.3.1 disk full\r\n", false),
        ("DATA", "554 5.5.1 no valid recipients\r\n", true),
        ("Subject:", "451 4.7.1 greylisted\r\n", false),
        ("Subject:", "554 5.7.1 spam\r\n", true),
        ("MAIL", "530 5.7.0 Authentication required\r\n", false),
    ];
    for (at, words, refused) in cases {
        let server = Server::odd(move |_, line| line.starts_with(at).then_some(Odd::Say(words))).await;
        let answers = sent(server.settings(), &[to_tony("a")]).await;
        match &answers[0].1 {
            Attempt::Refused(why) => assert!(refused && words.starts_with(&why[..3]), "{at} {words}"),
            Attempt::Later { why, unanswered } => {
                assert!(!refused && !unanswered && words.starts_with(&why[..3]), "{at} {words}: {why}");
            }
            Attempt::Sent(_) => panic!("{at} {words}"),
        }
    }
}

#[tokio::test]
async fn a_connection_that_dies_after_the_dot_leaves_the_letter_unanswered_and_before_it_does_not() {
    for (at, expected) in [("Subject:", true), ("DATA", false), ("RCPT", false)] {
        let server = Server::odd(move |_, line| line.starts_with(at).then_some(Odd::Close)).await;
        let answers = sent(server.settings(), &[to_tony("a")]).await;
        assert_eq!(later(&answers[0].1).1, expected, "closed at {at}");
    }
}

#[tokio::test]
async fn a_silent_server_is_left_after_the_deadline() {
    for (at, expected) in [("Subject:", true), ("MAIL", false)] {
        let server = Server::odd(move |c, line| (c == 1 && line.starts_with(at)).then_some(Odd::Silence)).await;
        let answers = sent(server.settings(), &[to_tony("a"), to_tony("b")]).await;
        let (why, unanswered) = later(&answers[0].1);
        assert!(why.contains("did not answer"), "{why}");
        assert_eq!(unanswered, expected);
        assert_eq!(answers[1].1, accepted(), "over a new connection");
        assert_eq!(server.seen.connections(), 2);
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_taken_for_success() {
    let server = Server::odd(|_, line| line.starts_with("Subject:").then_some(Odd::Say("354 go\r\n"))).await;
    let answers = sent(server.settings(), &[to_tony("a")]).await;
    assert!(later(&answers[0].1).1);
}

#[tokio::test]
async fn a_kept_connection_that_the_server_has_given_up_costs_no_letter_an_attempt() {
    for odd in ["421 4.4.2 idle too long\r\n", ""] {
        let server = Server::odd(move |c, line| {
            let given_up = if odd.is_empty() { Odd::Close } else { Odd::Say(odd) };
            (c == 1 && line == "MAIL FROM:<>").then_some(given_up)
        })
        .await;
        // The first letter has a sender, and so the first connection takes it.
        let mut first = to_tony("a");
        first.envelope_from = Address::new("service@harborpoint.example");
        let post = Letters::due([first]);
        let pump = Pump::begin(server.settings(), &post);
        post.until(1).await;
        post.add(to_tony("b"));
        let answers = post.until(2).await;
        assert_eq!((&answers[0].1, &answers[1].1), (&accepted(), &accepted()));
        assert_eq!(server.seen.bodies().len(), 2);
        pump.end().await;
    }
}

#[tokio::test]
async fn a_refused_login_delays_one_letter_and_holds_the_pump_for_minutes() {
    let server =
        Server::odd(|_, line| line.starts_with("AUTH").then_some(Odd::Say("535 5.7.8 bad credentials\r\n"))).await;
    let said = check_smtp(&server.settings()).await.unwrap_err();
    assert!(said.contains("refuses the login of s***@harborpoint.example (535 5.7.8 bad credentials)"), "{said}");
    let post = Letters::due([to_tony("a"), to_tony("b")]);
    let pump = Pump::begin(server.settings(), &post);
    let answers = post.until(1).await;
    assert!(!later(&answers[0].1).1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(post.answers.lock().unwrap().len(), 1, "the second letter is not spent on it");
    assert_eq!(server.seen.connections(), 2, "one of the check, one of the pump");
    let told = pump.status.borrow().clone();
    assert!(matches!(&told, Status::Trouble { since, why } if *since == noon() && why.contains("535")), "{told:?}");
    pump.end().await;
}

#[tokio::test]
async fn a_server_that_was_away_is_known_to_be_back_though_no_letter_is_due() {
    // It hangs up on the first connections: the one for the letter, and those that try again at once.
    let server =
        Server::odd(|connection, line| (connection <= 3 && line.starts_with("EHLO")).then_some(Odd::Close)).await;
    let post = Letters::due([to_tony("a")]);
    let mut pump = Pump::begin(server.settings(), &post);
    let is_away = |s: &Status| matches!(s, Status::Trouble { .. });
    pump.status.wait_for(is_away).await.unwrap();
    assert!(!later(&post.until(1).await[0].1).1);
    tokio::time::timeout(Duration::from_secs(20), pump.status.wait_for(|s| *s == Status::Well)).await.unwrap().unwrap();
    assert!(server.seen.bodies().is_empty(), "it was only greeted");
    pump.end().await;
}

#[tokio::test]
async fn a_letter_in_hand_at_shutdown_is_answered_for_within_seconds() {
    for (at, expected) in [("Subject:", true), ("RCPT", false)] {
        let server = Server::odd(move |_, line| line.starts_with(at).then_some(Odd::Silence)).await;
        let mut settings = server.settings();
        settings.patience.data = Duration::from_secs(600);
        settings.patience.command = Duration::from_secs(600);
        let post = Letters::due([to_tony("a")]);
        let pump = Pump::begin(settings, &post);
        while !server.seen.lines().iter().any(|l| l.starts_with(at)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        pump.end().await;
        assert_eq!(later(&post.until(1).await[0].1).1, expected);
    }
}

#[tokio::test]
async fn an_address_beyond_ascii_is_refused_where_the_server_cannot_write_to_it() {
    let server = Server::odd(|_, _| None).await;
    let answers = sent(server.settings(), &[letter("a", "josé@camión.example"), to_tony("b")]).await;
    assert!(matches!(&answers[0].1, Attempt::Refused(why) if why.contains("SMTPUTF8")), "{answers:?}");
    assert_eq!(answers[1].1, accepted());
    assert_eq!(server.seen.connections(), 1);
}

#[tokio::test]
async fn an_original_travels_as_8bit_with_its_dots_harmless_and_a_missing_one_delays_the_letter() {
    let server = Server::odd(|_, _| None).await;
    let with = |id: &str, path: &str| {
        let mut letter = to_tony(id);
        letter.mail.before.push_str("--end\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n");
        letter.mail.original = Some(RawRef { path: path.to_owned(), size: 1, sha256: String::new(), whole: true });
        letter.mail.after = "\r\n--end--\r\n".to_owned();
        letter
    };
    let answers = sent(server.settings(), &[with("a", "there.eml"), with("b", "gone.eml")]).await;
    assert_eq!(answers[0].1, accepted());
    assert!(later(&answers[1].1).0.contains("spool"));
    assert!(server.seen.lines().contains(&"MAIL FROM:<> BODY=8BITMIME".to_owned()), "{:?}", server.seen.lines());
    let body = &server.seen.bodies()[0];
    assert!(body.contains("¿Pueden?\n..\nQUIT\n\n--end--"), "{body}");
}

#[tokio::test]
async fn starttls_hears_nothing_that_was_slipped_in_before_it_and_is_never_left_out() {
    let certificate = testing::certificate();
    let seen = Arc::new(Seen::default());
    for slipped in ["", "250 evil\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (acceptor, inside) = (certificate.acceptor.clone(), seen.clone());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 scripted\r\n").await.unwrap();
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            stream.write_all(b"250-scripted\r\n250 STARTTLS\r\n").await.unwrap();
            stream.read_line(&mut line).await.unwrap();
            stream.write_all(format!("220 go\r\n{slipped}").as_bytes()).await.unwrap();
            if let Ok(stream) = acceptor.accept(stream.into_inner()).await {
                let _ = talk(stream, 1, inside, Arc::new(|_: usize, _: &str| None), false).await;
            }
        });
        let mut settings = Server { port, certificate: testing::certificate(), seen: seen.clone() }.settings();
        settings.security = Security::StartTls;
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, "secret").unwrap();
        settings.login = Some(("service@harborpoint.example".to_owned(), SecretSource::File(password)));
        settings.ca_file = Some(certificate.ca_file.clone());
        let checked = check_smtp(&settings).await;
        assert_eq!(checked.is_ok(), slipped.is_empty(), "{checked:?}");
    }

    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (stream, _) = plain.accept().await.unwrap();
        let seen = Arc::new(Seen::default());
        let _ = talk(stream, 1, seen.clone(), Arc::new(|_: usize, _: &str| None), true).await;
        seen.lines()
    });
    let server = Server { port, certificate, seen };
    let mut settings = server.settings();
    settings.security = Security::StartTls;
    let said = check_smtp(&settings).await.unwrap_err();
    assert!(said.contains("does not offer STARTTLS"), "{said}");
    assert!(!task.await.unwrap().iter().any(|l| l.starts_with("AUTH")), "no password in the clear");
}

#[tokio::test]
async fn letters_become_whole_files_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let post = Letters::due([to_tony("../a b"), to_tony("c")]);
    let cancel = post.stopped.clone();
    let settings = OutboxSettings::Folder(folder.path().join("out"));
    let task = tokio::spawn(pump(settings, post.clone(), cancel.clone(), Surroundings::new(noon).0));
    let answers = post.until(2).await;
    cancel.cancel();
    tokio::time::timeout(Duration::from_secs(1), task).await.unwrap().unwrap();
    assert!(answers.iter().all(|(_, a)| matches!(a, Attempt::Sent(_))), "{answers:?}");
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path().join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["___a_b.eml", "c.eml"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("out/c.eml")).unwrap(), "Subject: c\r\n\r\nYours.\r\n");
}
