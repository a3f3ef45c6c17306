//! The house itself: mail servers are counted before the owner's digest, outages are told of, and the week's report goes
//! to the owner.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    upkeep::{Said, Unexplained},
    workflow::Listener,
};
use chrono::{Duration, NaiveTime, Weekday};

/// An agency with a mail server and digests at half past seven, looked at on Monday evening.
fn world() -> World {
    let mut w = World::new();
    w.policy.digest = Some(Digest { at: NaiveTime::from_hms_opt(7, 30, 0) });
    w.policy.watched = vec![("service".into(), "INBOX".to_owned()), ("service".into(), "Done".to_owned())];
    w.now = at("2026-11-16T18:00:00-06:00");
    w.say(&Input::Presence).unwrap();
    w
}

fn wanted(w: &World) -> Option<Wanted> {
    crate::desk::wanted(&w.policy, &w.owed_to, &w.upkeep, w.now)
}

/// The servers answer what is wanted; of INBOX these messages have no outcome.
fn count(w: &mut World, unexplained: Vec<Unexplained>) {
    let wanted = wanted(w).unwrap();
    let counted = |(mailbox, folder, from): (MailboxId, String, Timestamp)| {
        let unexplained = if folder == "INBOX" { unexplained.clone() } else { Vec::new() };
        let said = Said::Holds { there: 7, before: 2, unexplained, more: 0 };
        crate::domain::upkeep::Counted { mailbox, folder, at: w.now, from, until: wanted.until, said }
    };
    let counts = wanted.folders.into_iter().map(counted).collect();
    w.say(&Input::Counted(counts)).unwrap();
}

fn digests<'w>(w: &'w World, person: &str) -> Vec<&'w says::Digest> {
    let to = w.letters("digest").into_iter().filter(|i| i.to.address.local() == person);
    to.map(|i| i.says.digest.as_ref().unwrap()).collect()
}

fn lost(subject: &str) -> Unexplained {
    let received = Some(at("2026-11-16T10:00:00-06:00"));
    Unexplained { uid: 12, received, from: "Zoe <zoe@new.example>".to_owned(), subject: subject.to_owned() }
}

#[test]
fn the_servers_are_counted_shortly_before_the_owners_digest_and_not_at_other_times() {
    let mut w = world();
    w.until(at("2026-11-17T07:19:00-06:00"));
    assert_eq!(wanted(&w), None);
    w.until(at("2026-11-17T07:20:00-06:00"));
    let now = wanted(&w).unwrap();
    // Monday, from its first moment to its last.
    let monday = at("2026-11-16T00:00:00-06:00");
    assert_eq!(now.until, at("2026-11-17T00:00:00-06:00"));
    assert_eq!(
        now.folders.iter().map(|(_, f, from)| (f.as_str(), *from)).collect::<Vec<_>>(),
        [("INBOX", monday), ("Done", monday)]
    );
    count(&mut w, vec![]);
    assert_eq!(wanted(&w), None, "counted");
    w.until(at("2026-11-17T07:30:00-06:00"));
    let [digest] = digests(&w, "otto")[..] else { panic!("one digest") };
    let proof = digest.proof.as_ref().unwrap();
    assert_eq!(proof.servers[0], "service, INBOX: 7 there, 2 of them from before it was watched; each with an outcome");
    assert_eq!((proof.unexplained, proof.not_counted.len(), digest.quiet), (0, 0, true));
    assert_eq!(digests(&w, "ana")[0].proof, None, "the proof is the owner's");
}

#[test]
fn what_the_server_holds_and_nobody_knows_is_told_with_where_it_lies_until_it_is_explained() {
    let mut w = world();
    w.policy.heartbeat = Some(address("dan@elsewhere.example"));
    w.until(at("2026-11-17T07:20:00-06:00"));
    count(&mut w, vec![lost("COI")]);
    w.until(at("2026-11-17T07:30:00-06:00"));
    let proof = digests(&w, "otto")[0].proof.clone().unwrap();
    assert_eq!((proof.unexplained, digests(&w, "otto")[0].quiet), (1, false));
    let told = "service, INBOX: “COI”, from Zoe <zoe@new.example>, received Mon 16 Nov 2026, 10:00 AM (UID 12)";
    assert_eq!(proof.look_for, [told]);
    let outside = w.letters("heartbeat")[0].says.digest.as_ref().unwrap().proof.clone().unwrap();
    assert!(outside.unexplained == 1 && outside.look_for.is_empty(), "outside it names nobody");
    // The next day's count goes back to it, until nobody misses it any more.
    w.until(at("2026-11-18T07:20:00-06:00"));
    assert_eq!(wanted(&w).unwrap().folders[0].2, at("2026-11-16T10:00:00-06:00"));
    count(&mut w, vec![]);
    w.until(at("2026-11-19T07:20:00-06:00"));
    assert_eq!(wanted(&w).unwrap().folders[0].2, at("2026-11-18T00:00:00-06:00"));
}

#[test]
fn a_server_that_cannot_be_asked_is_told_and_what_was_not_counted_is_counted_later() {
    let mut w = world();
    w.until(at("2026-11-17T07:30:00-06:00"));
    assert!(digests(&w, "otto").is_empty(), "it waits for the count");
    assert_eq!(digests(&w, "ana").len(), 1, "and only the owner's");
    w.until(at("2026-11-17T07:34:00-06:00"));
    assert!(digests(&w, "otto").is_empty());
    let wanted_now = wanted(&w).unwrap();
    let nothing = |(mailbox, folder, from): &(MailboxId, String, Timestamp)| crate::domain::upkeep::Counted {
        mailbox: mailbox.clone(),
        folder: folder.clone(),
        at: w.now,
        from: *from,
        until: wanted_now.until,
        said: Said::Nothing("imap.example does not answer".to_owned()),
    };
    let one = vec![nothing(&wanted_now.folders[0])];
    w.say(&Input::Counted(one)).unwrap();
    // The other folder was not even tried: after five minutes the digest goes, and says so.
    w.until(at("2026-11-17T07:35:00-06:00"));
    let digest = digests(&w, "otto")[0].clone();
    assert_eq!(
        digest.proof.unwrap().not_counted,
        ["service, INBOX: imap.example does not answer", "service, Done: it was not asked in time"]
    );
    assert!(!digest.quiet);
    w.until(at("2026-11-18T07:20:00-06:00"));
    assert_eq!(wanted(&w).unwrap().folders[0].2, at("2026-11-16T00:00:00-06:00"), "what was missed is counted now");
    w.until(at("2026-11-18T07:30:00-06:00"));
    count(&mut w, vec![]);
    w.until(w.now);
    assert_eq!(digests(&w, "otto").len(), 2, "as soon as the servers have answered");
}

#[test]
fn after_a_week_asleep_one_count_reaches_back_and_one_digest_waits_for_it() {
    let mut w = world();
    w.until(at("2026-11-17T07:20:00-06:00"));
    count(&mut w, vec![]);
    w.until(at("2026-11-17T08:00:00-06:00"));
    w.now = at("2026-11-24T12:00:00-06:00");
    w.until(w.now);
    assert_eq!(digests(&w, "otto").len(), 1);
    assert_eq!(wanted(&w).unwrap().folders[0].2, at("2026-11-17T00:00:00-06:00"));
    count(&mut w, vec![]);
    w.until(w.now);
    assert_eq!(digests(&w, "otto").len(), 2);
    w.until(w.now + Duration::hours(2));
    assert_eq!(digests(&w, "otto").len(), 2);
}

fn away(part: &str, since: Timestamp, sends: bool, tell: Listener) -> Input {
    Input::Unreachable { part: part.into(), since, sends, tell }
}

#[test]
fn of_a_mail_server_that_takes_no_letters_people_hear_the_moment_it_is_back_and_for_how_long_it_was_not() {
    let mut w = World::new();
    let since = at("2026-11-17T10:00:00-06:00");
    w.now = since + Duration::minutes(15);
    w.say(&away("mail server smtp.example", since, true, Listener::OperationsManager)).unwrap();
    w.now = since + Duration::hours(2);
    w.say(&away("mail server smtp.example", since, true, Listener::Owner)).unwrap();
    w.until(at("2026-11-17T13:20:00-06:00"));
    assert!(w.letters("escalation").is_empty(), "no letter could go");
    assert_eq!(w.upkeep.outages.len(), 1, "the record is there for the page and for status");
    // A restart, and the same step again: the record outlives it.
    let again = w.say(&away("mail server smtp.example", since, true, Listener::Owner)).unwrap();
    assert!(again.events.is_empty());
    w.say(&Input::Reachable { part: "mail server smtp.example".into() }).unwrap();
    w.until(w.now);
    assert_eq!(w.recipients("escalation"), ["olga", "otto"]);
    let why = &w.letters("escalation")[0].says.why;
    assert!(why.contains("from Tue 17 Nov 2026, 10:00 AM to Tue 17 Nov 2026, 1:20 PM, 3 h 20 min"), "{why}");
    assert!(w.upkeep.outages.is_empty());
    let nothing = w.say(&Input::Reachable { part: "mail server smtp.example".into() }).unwrap();
    assert!(nothing.events.is_empty(), "said once");
}

#[test]
fn a_short_outage_that_nobody_was_told_of_is_told_to_nobody() {
    let mut w = World::new();
    let draft = w.say(&Input::Reachable { part: "mailbox service".into() }).unwrap();
    assert!(draft.events.is_empty() && draft.intents.is_empty());
}

#[test]
fn what_cannot_be_reached_stands_in_the_owners_digest() {
    let mut w = world();
    w.policy.watched.clear();
    w.say(&away("mailbox service", at("2026-11-16T17:00:00-06:00"), false, Listener::OperationsManager)).unwrap();
    w.until(at("2026-11-17T07:30:00-06:00"));
    let digest = digests(&w, "otto")[0];
    assert_eq!(digest.lost, ["mailbox service since Mon 16 Nov 2026, 5:00 PM"]);
    assert!(!digest.quiet && digests(&w, "ana")[0].lost.is_empty());
}

fn weekly() -> World {
    let mut w = World::new();
    w.policy.weekly = Some(Weekly { on: Weekday::Mon, at: NaiveTime::from_hms_opt(7, 0, 0) });
    w.say(&Input::Presence).unwrap();
    w
}

fn report() -> Input {
    let report = says::ReportView { period: "9 Nov to 15 Nov 2026".to_owned(), ..says::ReportView::default() };
    let raw = RawRef { path: "2026-11-23/r.eml".into(), size: 9, sha256: String::new(), whole: true };
    Input::Weekly { report: Box::new(report), document: Documents { raw, names: vec!["report.html".to_owned()] } }
}

#[test]
fn the_weeks_report_goes_to_the_owner_once_a_week_with_the_page() {
    let mut w = weekly();
    assert_eq!(w.upkeep.report_at, Some(at("2026-11-23T07:00:00-06:00")));
    w.say(&report()).unwrap();
    assert!(w.letters("report").is_empty(), "not before its moment");
    w.now = at("2026-11-23T07:00:00-06:00");
    // A start and a reload appoint nothing anew before it is written.
    w.say(&Input::Presence).unwrap();
    w.say(&report()).unwrap();
    assert_eq!(w.recipients("report"), ["otto"]);
    let letter = w.letters("report")[0];
    assert_eq!((letter.documents.as_slice(), letter.original.is_some()), (&["report.html".to_owned()][..], true));
    assert_eq!(letter.not_before, w.now, "the office is closed yet");
    assert_eq!(letter.says.report.as_ref().unwrap().period, "9 Nov to 15 Nov 2026");
    w.say(&report()).unwrap();
    assert_eq!(w.letters("report").len(), 1);
    assert_eq!(w.upkeep.report_at, Some(at("2026-11-30T07:00:00-06:00")));
}

#[test]
fn after_weeks_asleep_one_report_is_written_and_on_a_holiday_it_comes_a_day_later() {
    let mut w = weekly();
    w.now = at("2026-12-10T12:00:00-06:00");
    w.say(&report()).unwrap();
    w.say(&report()).unwrap();
    assert_eq!(w.letters("report").len(), 1);
    assert_eq!(w.upkeep.report_at, Some(at("2026-12-14T07:00:00-06:00")));
    w.policy.calendar = w.policy.calendar.clone().with_yearly(vec!["December 14".parse().unwrap()]);
    w.say(&Input::Presence).unwrap();
    assert_eq!(w.upkeep.report_at, Some(at("2026-12-15T08:30:00-06:00")), "as the office opens again");
    w.policy.weekly = None;
    w.say(&Input::Presence).unwrap();
    assert_eq!(w.upkeep.report_at, None);
}

#[test]
fn a_count_of_another_day_or_made_too_early_is_made_anew() {
    let counted = |change: fn(&mut crate::domain::upkeep::Counted)| {
        let mut w = world();
        w.until(at("2026-11-17T07:20:00-06:00"));
        count(&mut w, vec![]);
        w.upkeep.counted.iter_mut().for_each(change);
        wanted(&w).map_or(0, |wanted| wanted.folders.len())
    };
    assert_eq!(counted(|_| {}), 0);
    assert_eq!(counted(|c| c.at -= Duration::minutes(1)), 2);
    assert_eq!(counted(|c| c.until -= Duration::days(1)), 2);
}

#[test]
fn of_messages_without_an_outcome_those_that_are_not_listed_are_counted() {
    let mut w = world();
    w.until(at("2026-11-17T07:20:00-06:00"));
    count(&mut w, vec![lost("COI")]);
    let inbox = w.upkeep.counted.iter_mut().find(|c| c.folder == "INBOX").unwrap();
    let Said::Holds { more, .. } = &mut inbox.said else { panic!("it was counted") };
    *more = 3;
    w.until(at("2026-11-17T07:30:00-06:00"));
    let proof = digests(&w, "otto")[0].proof.clone().unwrap();
    assert_eq!(proof.look_for.last().map(String::as_str), Some("and 3 more in service, INBOX"));
    assert_eq!((proof.look_for.len(), proof.unexplained), (2, 4));
}
