//! Odd servers: each test is a scripted conversation, named by what is odd in it.

mod server;

use super::*;
use crate::domain::id::MailboxId;
use crate::inbox::settings::{Patience, Settled};
use crate::inbox::status::Status;
use crate::inbox::testing::{Ledger, noon};
use crate::secrets::SecretSource;
use crate::tls::Security;
use server::{Odd, Server, raw};
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::task::JoinHandle;

const KEYWORD: &str = "$Intaked";

fn settings(server: &Server) -> MailboxSettings {
    let password = server.certificate.ca_file.with_file_name("password");
    std::fs::write(&password, "secret\n").unwrap();
    let ms = Duration::from_millis;
    MailboxSettings {
        name: MailboxId::from("service"),
        host: "localhost".to_owned(),
        port: server.port,
        security: Security::Tls,
        user: "service@harborpoint.example".to_owned(),
        password: SecretSource::File(password),
        ca_file: Some(server.certificate.ca_file.clone()),
        sent: Vec::new(),
        folders: vec!["INBOX".to_owned()],
        settled: Settled::Keyword(KEYWORD.to_owned()),
        since: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        poll: ms(40),
        max_message: 10_000,
        patience: Patience {
            connect: ms(2000),
            command: ms(400),
            batch: ms(400),
            idle_answer: ms(400),
            idle: ms(1000),
            first_wait: ms(10),
            longest_wait: ms(50),
            refused_wait: ms(60_000),
        },
    }
}

struct Watching {
    cancel: CancellationToken,
    task: JoinHandle<()>,
    status: Receiver<Status>,
}

impl Watching {
    fn begin(settings: MailboxSettings, ledger: &Arc<Ledger>) -> Self {
        let cancel = CancellationToken::new();
        let (around, status) = Surroundings::new(noon);
        let task = tokio::spawn(watch(settings, ledger.clone(), cancel.clone(), around));
        Self { cancel, task, status }
    }
    /// Lets it come to rest, then stops it; it must stop within a second.
    async fn end(self) {
        tokio::time::sleep(Duration::from_millis(120)).await;
        self.cancel.cancel();
        tokio::time::timeout(Duration::from_secs(1), self.task).await.unwrap().unwrap();
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// Watches until `count` messages were taken and all is quiet; the UIDs in their order.
async fn taken(server: &Server, ledger: &Arc<Ledger>, count: usize) -> Vec<u64> {
    let watching = Watching::begin(settings(server), ledger);
    ledger.until(count).await;
    watching.end().await;
    ledger.uids()
}

#[tokio::test]
async fn messages_are_marked_after_they_were_taken_and_seen_ones_count_like_others() {
    let server = Server::with(3).await;
    server.change(|m| {
        m.messages.get_mut(&2).unwrap().flags.insert("\\Seen".to_owned());
    });
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 3).await, [1, 2, 3]);
    assert_eq!(ledger.raws(), [raw(1), raw(2), raw(3)]);
    assert_eq!(server.flagged(KEYWORD), [1, 2, 3]);
    assert_eq!(server.flagged("\\Seen"), [2], "BODY.PEEK leaves \\Seen alone");
    assert_eq!(ledger.cursor.lock().unwrap().as_ref().unwrap().base, 3);
    let asked = server.asked();
    assert!(!asked.iter().any(|c| c.contains("ENVELOPE") || c.contains("BODYSTRUCTURE")));
    assert!(!asked.iter().any(|c| c.starts_with("EXPUNGE") || c.contains("\\Deleted")));
}

#[tokio::test]
async fn a_batch_is_handed_in_behind_the_one_before_it_however_long_that_takes() {
    let server = Server::with(450).await;
    let ledger = Ledger::empty();
    ledger.slow.store(1, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(taken(&server, &ledger, 450).await, (1..=450).collect::<Vec<u64>>());
    assert_eq!(server.flagged(KEYWORD), (1..=450).collect::<Vec<u32>>());
}

#[tokio::test]
async fn a_no_after_half_the_answer_loses_nothing() {
    let server = Server::odd(3, |asked, mailbox| {
        let first = mailbox.asked.iter().filter(|a| a.body_of(1)).count() == 1;
        (asked.body_of(1) && asked.body_of(2) && first).then(|| {
            let r = raw(1);
            Odd::Say(format!(
                "* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{r})\r\n{{tag}} NO some messages could not be fetched\r\n",
                r.len()
            ))
        })
    })
    .await;
    let ledger = Ledger::empty();
    let mut uids = taken(&server, &ledger, 3).await;
    uids.sort_unstable();
    assert_eq!(uids, [1, 2, 3]);
    assert_eq!(server.mailbox.lock().unwrap().connections, 1, "a NO is no reason to drop the session");
}

#[tokio::test]
async fn an_end_of_the_connection_before_the_tagged_line_loses_nothing_and_doubles_nothing() {
    let server = Server::odd(2, |asked, _| {
        (asked.connection == 1 && asked.body_of(1)).then(|| {
            let r = raw(1);
            Odd::SayAndClose(format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{r})\r\n", r.len()))
        })
    })
    .await;
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 2).await, [1, 2]);
    assert_eq!(server.flagged(KEYWORD), [1, 2]);
}

#[tokio::test]
async fn a_message_that_the_server_never_gives_out_is_handed_to_a_person_and_the_others_go_on() {
    let server = Server::odd(3, |asked, mailbox| {
        // Refused whenever it is among the wanted: the answer leaves it out.
        asked.body_of(2).then(|| {
            let others: String = [1, 3]
                .iter()
                .filter(|u| asked.body_of(**u) && mailbox.messages.contains_key(*u))
                .map(|u| format!("* {u} FETCH (UID {u} BODY[] {{{}}}\r\n{})\r\n", raw(*u).len(), raw(*u)))
                .collect();
            Odd::Say(format!("{others}{{tag}} NO [SERVERBUG] internal error\r\n"))
        })
    })
    .await;
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 3).await, [1, 3, 2]);
    let last = ledger.all().pop().unwrap();
    assert!(!last.whole);
    assert!(last.trouble.unwrap().contains("failed 3 times"));
    assert_eq!(String::from_utf8(last.raw).unwrap(), "Message-ID: <2@client.example>\r\nSubject: message 2\r\n\r\n");
    assert_eq!(ledger.cursor.lock().unwrap().as_ref().unwrap().base, 3, "it holds nothing up afterwards");
}

#[tokio::test]
async fn an_answer_that_breaks_the_parser_is_quarantined_and_its_bytes_reach_no_log() {
    let server = Server::odd(3, |asked, _| {
        asked.body_of(2).then(|| Odd::Say("* 2 FETCH (UID 2 BODY[] SECRET-OF-A-CLIENT )( \r\n".to_owned()))
    })
    .await;
    let ledger = Ledger::empty();
    let watching = Watching::begin(settings(&server), &ledger);
    let mut status = watching.status.clone();
    let told = tokio::spawn(async move {
        let mut all = String::new();
        while status.changed().await.is_ok() {
            all += &format!("{:?}\n", *status.borrow_and_update());
        }
        all
    });
    ledger.until(3).await;
    watching.end().await;
    let mut uids = ledger.uids();
    uids.sort_unstable();
    assert_eq!(uids, [1, 2, 3]);
    assert!(ledger.all().iter().any(|f| f.sighting.uid == 2 && !f.whole && f.trouble.is_some()));
    let told = told.await.unwrap();
    assert!(told.contains("cannot be understood"), "{told}");
    assert!(!told.contains("SECRET"), "{told}");
}

#[tokio::test]
async fn a_message_that_somebody_deletes_meanwhile_is_let_go_only_when_a_search_says_so() {
    let server = Server::odd(2, |asked, mailbox| {
        let fetches = mailbox.asked.iter().filter(|a| a.body_of(2)).count();
        if asked.body_of(2) && fetches <= 2 {
            return Some(Odd::Say("{tag} OK done\r\n".to_owned()));
        }
        // The first time the search itself fails: that proves nothing.
        let searches = mailbox.asked.iter().filter(|a| a.is("UID SEARCH UID 2:2")).count();
        (asked.is("UID SEARCH UID 2:2") && searches == 1).then(|| Odd::Say("{tag} NO busy\r\n".to_owned()))
    })
    .await;
    let ledger = Ledger::empty();
    let mut uids = taken(&server, &ledger, 2).await;
    uids.sort_unstable();
    assert_eq!(uids, [1, 2], "a search that fails is no proof that a message is gone");

    let server = Server::odd(2, |asked, mailbox| {
        let gone = asked.is("UID SEARCH UID 2:2") && mailbox.asked.iter().any(|a| a.body_of(2));
        if gone {
            return Some(Odd::Say("* SEARCH\r\n{tag} OK done\r\n".to_owned()));
        }
        (asked.body_of(2)).then(|| {
            let one = if asked.body_of(1) {
                format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{})\r\n", raw(1).len(), raw(1))
            } else {
                String::new()
            };
            Odd::Say(format!("* 2 EXPUNGE\r\n{one}{{tag}} OK [EXPUNGEISSUED] done\r\n"))
        })
    })
    .await;
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 1).await, [1]);
    assert_eq!(ledger.cursor.lock().unwrap().as_ref().unwrap().base, 2);
}

#[tokio::test]
async fn idle_refused_with_no_falls_back_to_polling() {
    let server = Server::odd(1, |asked, _| asked.is("IDLE").then(|| Odd::Say("{tag} NO not now\r\n".to_owned()))).await;
    let ledger = Ledger::empty();
    let watching = Watching::begin(settings(&server), &ledger);
    ledger.until(1).await;
    server.deliver();
    ledger.until(2).await;
    watching.end().await;
    assert_eq!(server.asked().iter().filter(|c| *c == "IDLE").count(), 1);
    assert_eq!(server.mailbox.lock().unwrap().connections, 1);
}

#[tokio::test]
async fn new_mail_is_fetched_at_once_when_idle_announces_it() {
    let server = Server::with(0).await;
    let ledger = Ledger::empty();
    let mut settings = settings(&server);
    settings.poll = Duration::from_secs(60);
    let watching = Watching::begin(settings, &ledger);
    until("it idles", || server.asked().iter().any(|c| c == "IDLE")).await;
    server.deliver();
    tokio::time::timeout(Duration::from_millis(500), ledger.until(1)).await.unwrap();
    watching.end().await;
}

#[tokio::test]
async fn a_goodbye_or_a_broken_connection_in_idle_is_no_interrupt_but_a_reason_to_dial_anew() {
    for odd in ["+ idling\r\n* BYE shutting down\r\n", "+ idling\r\n"] {
        let server = Server::odd(1, move |asked, _| {
            (asked.is("IDLE") && asked.connection == 1).then(|| Odd::SayAndClose(odd.to_owned()))
        })
        .await;
        let ledger = Ledger::empty();
        let watching = Watching::begin(settings(&server), &ledger);
        ledger.until(1).await;
        until("it dials anew", || server.mailbox.lock().unwrap().connections == 2).await;
        server.deliver();
        ledger.until(2).await;
        assert!(server.asked().len() < 60, "no spinning: {:?}", server.asked());
        watching.end().await;
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_after_the_deadline() {
    for at in ["CAPABILITY", "SELECT", "UID FETCH", "IDLE", "NOOP"] {
        let server =
            Server::odd(1, move |asked, _| (asked.is(at) && asked.connection == 1).then_some(Odd::Silence)).await;
        let ledger = Ledger::empty();
        let watching = Watching::begin(settings(&server), &ledger);
        ledger.until(1).await;
        until(at, || server.mailbox.lock().unwrap().connections >= 2).await;
        until("it watches", || *watching.status.borrow() == Status::Watching).await;
        watching.end().await;
        assert_eq!(ledger.uids(), [1], "silent at {at}");
    }
}

#[tokio::test]
async fn a_folder_numbered_anew_is_offered_from_its_beginning() {
    let server = Server::with(2).await;
    let ledger = Ledger::at(6, 40, &[]);
    ledger.cursor.lock().unwrap().as_mut().unwrap().since = "2026-11-20T00:00:00Z".parse().unwrap();
    server.change(|m| m.messages.get_mut(&1).unwrap().date = "19-Nov-2026 12:00:00 +0000");
    assert_eq!(taken(&server, &ledger, 1).await, [2], "what is older than `since` is still not ours");
    let sighting = &ledger.all()[0].sighting;
    assert_eq!((sighting.uid_validity, sighting.uid), (7, 2));
}

#[tokio::test]
async fn what_a_crash_left_unmarked_is_marked_and_not_taken_again() {
    let server = Server::with(3).await;
    let ledger = Ledger::at(7, 1, &[2]);
    assert_eq!(taken(&server, &ledger, 1).await, [3]);
    assert_eq!(server.flagged(KEYWORD), [2, 3]);
}

#[tokio::test]
async fn what_was_not_recorded_is_not_marked_and_is_offered_again() {
    let server = Server::odd(2, |asked, mailbox| {
        // No mark may come before the second offer.
        let offers = mailbox.asked.iter().filter(|a| a.body_of(1)).count();
        assert!(!(asked.is("UID STORE") && offers < 2), "marked though it was not recorded");
        None
    })
    .await;
    let ledger = Ledger::failing(1);
    assert_eq!(taken(&server, &ledger, 2).await, [1, 2]);
    assert_eq!(server.flagged(KEYWORD), [1, 2]);
}

#[tokio::test]
async fn a_message_over_the_limit_comes_as_its_header() {
    let server = Server::with(2).await;
    server.change(|m| m.messages.get_mut(&1).unwrap().raw = format!("Subject: big\r\n\r\n{}", "x".repeat(20_000)));
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 2).await, [2, 1]);
    let big = ledger.all().pop().unwrap();
    assert_eq!((big.raw.as_slice(), big.whole, big.size), (&b"Subject: big\r\n\r\n"[..], false, 20_016));
    assert!(!server.asked().iter().any(|c| c == "UID FETCH 1 (UID BODY.PEEK[])"));
}

#[tokio::test]
async fn moving_without_move_expunges_only_what_was_copied() {
    let server = Server::with(2).await;
    server.change(|m| {
        m.capabilities = "IMAP4rev1 UIDPLUS";
        let old =
            server::Stored { raw: raw(99), flags: ["\\Deleted".to_owned()].into(), date: "01-Oct-2026 12:00:00 +0000" };
        m.messages.insert(99, old);
        m.uid_next = 100;
    });
    let ledger = Ledger::empty();
    let mut settings = settings(&server);
    settings.settled = Settled::Move("Intaked".to_owned());
    let watching = Watching::begin(settings, &ledger);
    ledger.until(2).await;
    watching.end().await;
    let mailbox = server.mailbox.lock().unwrap();
    assert_eq!(mailbox.moved, [(1, "Intaked".to_owned()), (2, "Intaked".to_owned())]);
    assert_eq!(mailbox.messages.keys().copied().collect::<Vec<_>>(), [99], "what a person marked stays theirs");
    assert!(mailbox.asked.iter().any(|a| a.command == "UID EXPUNGE 1:2"));
}

#[tokio::test]
async fn where_moving_is_not_safe_messages_stay() {
    let server = Server::with(1).await;
    server.change(|m| m.capabilities = "IMAP4rev1");
    let ledger = Ledger::empty();
    let mut settings = settings(&server);
    settings.settled = Settled::Move("Intaked".to_owned());
    assert!(check_login(&settings).await.unwrap_err().contains("neither MOVE nor UIDPLUS"));
    let watching = Watching::begin(settings, &ledger);
    ledger.until(1).await;
    watching.end().await;
    assert_eq!(server.mailbox.lock().unwrap().messages.len(), 1);
    assert!(!server.asked().iter().any(|c| c.contains("COPY") || c.contains("EXPUNGE")));
}

#[tokio::test]
async fn from_now_on_leaves_old_mail_and_takes_what_comes_whatever_its_date() {
    let server = Server::with(5).await;
    let ledger = Ledger::empty();
    let mut settings = settings(&server);
    settings.since = None;
    let watching = Watching::begin(settings, &ledger);
    until("it watches", || *watching.status.borrow() == Status::Watching).await;
    let uid = server.deliver();
    // Somebody drags an old mail into the inbox, or the server's clock is behind ours.
    server.change(|m| m.messages.get_mut(&uid).unwrap().date = "02-Jan-2020 12:00:00 +0000");
    ledger.until(1).await;
    watching.end().await;
    assert_eq!(ledger.uids(), [6]);
    let cursor = ledger.cursor.lock().unwrap().clone().unwrap();
    assert_eq!((cursor.base, cursor.since), (6, noon()));
}

#[tokio::test]
async fn a_refused_login_is_tried_once_and_then_not_for_minutes() {
    let server = Server::odd(1, |asked, _| {
        asked.is("LOGIN").then(|| Odd::Say("{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n".to_owned()))
    })
    .await;
    let said = check_login(&settings(&server)).await.unwrap_err();
    assert!(
        said.contains("refuses the login of s***@harborpoint.example ([AUTHENTICATIONFAILED] Authentication failed.)"),
        "{said}"
    );
    let ledger = Ledger::empty();
    let watching = Watching::begin(settings(&server), &ledger);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(server.mailbox.lock().unwrap().connections, 2, "one of the check, one of the watcher");
    assert!(matches!(&*watching.status.borrow(), Status::Trouble { why, .. } if why.contains("check `user`")));
    watching.end().await;
}

#[tokio::test]
async fn a_passing_failure_of_the_login_is_no_wrong_password() {
    let server = Server::odd(1, |asked, _| {
        (asked.is("LOGIN") && asked.connection == 1)
            .then(|| Odd::Say("{tag} NO [UNAVAILABLE] Temporary authentication failure.\r\n".to_owned()))
    })
    .await;
    let ledger = Ledger::empty();
    assert_eq!(taken(&server, &ledger, 1).await, [1]);
}

#[tokio::test]
async fn a_missing_folder_and_a_folder_without_lasting_numbers_are_told() {
    let server = Server::odd(0, |asked, _| {
        asked.is("SELECT \"Clai").then(|| Odd::Say("{tag} NO no such mailbox\r\n".to_owned()))
    })
    .await;
    let mut settings = settings(&server);
    settings.folders = vec!["INBOX".into(), "Claims".into()];
    let said = check_login(&settings).await.unwrap_err();
    assert!(said.contains("the folder “Claims” cannot be opened (no such mailbox)"), "{said}");
    let server = Server::odd(0, |asked, _| {
        asked
            .is("SELECT")
            .then(|| Odd::Say("* OK [UIDNOTSTICKY] x\r\n* OK [UIDVALIDITY 0] x\r\n{tag} OK\r\n".to_owned()))
    })
    .await;
    let said = check_login(&self::settings(&server)).await.unwrap_err();
    assert!(said.contains("UIDVALIDITY"), "{said}");
}

#[tokio::test]
async fn a_thousand_messages_come_in_order_and_each_once() {
    let server = Server::with(1000).await;
    let ledger = Ledger::empty();
    let uids = taken(&server, &ledger, 1000).await;
    assert_eq!(uids, (1..=1000).collect::<Vec<u64>>());
    assert_eq!(server.flagged(KEYWORD).len(), 1000);
    let bodies = server.asked().iter().filter(|c| c.contains("BODY.PEEK[]")).count();
    assert_eq!(bodies, 10, "100 a command");
}
