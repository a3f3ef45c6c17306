//! The API over a real Unix socket, with a desk that only remembers what it was asked.

use super::*;
use crate::desk::reread::{Because, Change, Proposal};
use crate::domain::decision::{Cause, Decision, Versions};
use crate::domain::event::Event;
use crate::domain::fold;
use crate::domain::message::{Outcome, RawRef};
use crate::domain::person::Mode;
use crate::domain::reading::*;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::sync::Mutex;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

/// A task as the desk would have opened it.
pub(crate) fn a_task(number: u64, subject: &str) -> Task {
    let opening = crate::domain::event::Opening {
        request_type: Some("certificate".into()),
        type_title: "Certificate of insurance".to_owned(),
        arrived: at(0),
        subject: subject.into(),
        requester: None,
        sender_kind: SenderKind::Client,
        channel: Channel::Email,
        language: "en".to_owned(),
        words: "please".to_owned(),
        message: Some("00ff".into()),
        complexity: Complexity::Simple,
        urgent: false,
        evidence: std::sync::Arc::default(),
        guesses: Vec::new(),
        done_when: "the holder has it".to_owned(),
        assigned_to: "ana".into(),
        assigned_because: "on duty".to_owned(),
        standing_in_for: None,
        uncertain: false,
    };
    let opened = Event::TaskOpened { task: TaskId(number), opening: Box::new(opening) };
    fold::task(None, &opened, at(0)).unwrap()
}

/// Remembers what it was asked, and knows three tasks, one message and one account.
#[derive(Default)]
pub(crate) struct Remembering {
    pub asked: Mutex<Vec<String>>,
    /// The person that every Unix user of this machine is.
    pub everybody_is: Option<PersonId>,
    /// The pages on the disk are not those it goes by.
    pub goes_by_others: bool,
}

impl Remembering {
    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }
}

impl Desk for Remembering {
    fn clock(&self) -> (Timestamp, chrono_tz::Tz) {
        (at(0), chrono_tz::America::Chicago)
    }
    fn person_of(&self, _: &str) -> Option<PersonId> {
        self.everybody_is.clone()
    }
    fn knows(&self, person: &PersonId) -> bool {
        ["ana", "ben"].contains(&person.as_str())
    }
    async fn tasks(&self, filter: TaskFilter) -> Answered<Vec<Task>> {
        self.note(format!("{filter:?}"));
        let below = filter.below.unwrap_or(TaskId(u64::MAX));
        let all = (1..=3).rev().map(|n| a_task(n, "COI")).filter(|t| t.id < below);
        Ok(all.take(filter.limit).collect())
    }
    async fn task(&self, id: TaskId) -> Answered<Option<Task>> {
        Ok((id.0 <= 3).then(|| Task { account: (id.0 == 3).then(|| "1001".into()), ..a_task(id.0, "COI") }))
    }
    async fn account(&self, id: AccountId) -> Answered<Option<Account>> {
        Ok(Some(Account::new(id, "Marchetti Trucking LLC".into())))
    }
    async fn last_of_account(&self, _: AccountId) -> Answered<Vec<Past>> {
        let of = |n| Task { account: Some("1001".into()), ..a_task(n, "COI") };
        Ok((1..=3).rev().map(|n| Past::of(&of(n))).collect())
    }
    async fn history(&self, _: TaskId) -> Answered<Vec<Entry>> {
        let decision = Decision {
            at: at(0),
            cause: Cause::Person("ana".into()),
            events: vec![Event::Touched { task: TaskId(1), by: "ana".into() }],
            letters: Vec::new(),
            versions: Versions::default(),
        };
        Ok(vec![Entry { sequence: 9, decision }])
    }
    async fn pipeline(&self) -> Answered<PipelineList> {
        Ok(PipelineList::default())
    }
    async fn foreseen(&self, _: Vec<Account>) -> Answered<Vec<Foreseen>> {
        Ok(Vec::new())
    }
    async fn letters_of(&self, _: TaskId) -> Answered<Vec<LetterRecord>> {
        Ok(Vec::new())
    }
    async fn letters_in_review(&self) -> Answered<Vec<LetterRecord>> {
        Ok(Vec::new())
    }
    async fn letter(&self, _: LetterId) -> Answered<Option<Letter>> {
        Ok(None)
    }
    async fn find_messages(&self, message_id: String) -> Answered<Vec<MessageRecord>> {
        self.note(format!("Message-ID {message_id}"));
        Ok((message_id == "known@client.example").then(a_message).into_iter().collect())
    }
    async fn message(&self, key: MessageKey) -> Answered<Option<MessageRecord>> {
        Ok((key.as_str() == "00ff").then(a_message))
    }
    async fn message_history(&self, _: MessageKey) -> Answered<Vec<Entry>> {
        Ok(Vec::new())
    }
    async fn sightings(&self, _: MessageKey) -> Answered<Vec<Sighting>> {
        Ok(Vec::new())
    }
    async fn people(&self) -> Answered<Vec<PersonLine>> {
        Ok(Vec::new())
    }
    async fn accounts(&self) -> Answered<Vec<Account>> {
        Ok(serde_json::from_value(json!([account("1", "Old Name")])).unwrap())
    }
    async fn command(&self, by: PersonId, command: Command) -> Answered<CommandOutcome> {
        self.note(format!("{by}: {command:?}"));
        match command {
            Command::Take { task } | Command::Reread { task: task @ TaskId(2), .. } => {
                Ok(CommandOutcome { tasks: vec![task], letters: Vec::new() })
            }
            Command::Presence { .. } | Command::ReleaseBook => Ok(CommandOutcome::default()),
            Command::Pause { .. } => Err(Refusal::Unavailable("shutting down".to_owned())),
            _ => Err(Refusal::Refused("T-1 has open steps: issue".to_owned())),
        }
    }
    async fn reread(&self, only: Option<TaskId>) -> Answered<Rereads> {
        self.note(format!("reread {only:?}"));
        let change = |what: &str, old: &str, new: &str, words: &str| Change {
            what: what.to_owned(),
            old: vec![old.to_owned()],
            new: vec![new.to_owned()],
            because: vec![Because { rule: format!("page/{what}"), words: words.to_owned() }],
        };
        let proposal = |n, withheld: Option<&str>| Proposal {
            task: TaskId(n),
            type_title: "Certificate of insurance".to_owned(),
            changes: vec![change("deadline", "2026-11-20", "2026-11-25", "by the 25th\x1b[2J")],
            notes: vec!["a note".to_owned()],
            withheld: withheld.map(str::to_owned),
        };
        let loaded = if self.goes_by_others { "r0" } else { "r1" };
        Ok(Rereads {
            rules: "r1".to_owned(),
            loaded: loaded.to_owned(),
            looked_at: 3,
            proposals: vec![proposal(2, None), proposal(1, Some("T-1 is held for a person"))],
        })
    }
    async fn corrections(&self) -> Answered<Vec<Example>> {
        let labels = json!({
            "file": "00ff.eml", "channel": "email", "sender_kind": "client", "request_types": ["billing"], "fields": {},
            "missing": [], "urgent": false, "corrected": ["request_types"],
        });
        Ok(vec![Example { message: "00ff".into(), labels }])
    }
    async fn report(&self, period: String, by: crate::reports::By) -> Answered<crate::reports::Report> {
        self.note(format!("report {period} {by:?}"));
        let calendar = crate::domain::calendar::Calendar::usual(chrono_tz::America::Chicago);
        let period = crate::reports::Period::read(&period, &calendar, at(0)).map_err(Refusal::Refused)?;
        let first_touch = |_: Option<&RequestType>| crate::domain::workflow::Span::Wall(1440);
        let frame = crate::reports::Frame {
            agency: "Harbor Point",
            calendar: &calendar,
            names: std::collections::BTreeMap::new(),
            first_touch: &first_touch,
        };
        Ok(crate::reports::Report::of(&crate::reports::Gathering::new(), period, by, &frame))
    }
    async fn raw(&self, key: MessageKey) -> Answered<Option<Vec<u8>>> {
        Ok((key.as_str() == "00ff").then(|| b"Subject: COI\r\n\r\n\xff\x00bytes".to_vec()))
    }
    async fn import(&self, by: PersonId, order: ImportOrder) -> Answered<()> {
        self.note(format!("{by} imports {} {}", order.accounts.len(), order.whole));
        Ok(())
    }
    async fn status(&self) -> Answered<Status> {
        Ok(Status {
            version: "0".to_owned(),
            agency: "Harbor Point".into(),
            mode: Mode::Observe,
            paused: false,
            started: at(0),
            counts: vec![("open tasks".to_owned(), 3)],
            book: crate::domain::account::BookStanding::default(),
            parts: vec![Part { name: "mailbox service".to_owned(), well: true, says: "waiting for mail".to_owned() }],
            versions: Versions::default(),
            answers: String::new(),
        })
    }
}

fn account(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "contacts": [], "domains": [], "policies": [], "csr": null, "account_manager": null })
}

fn a_message() -> MessageRecord {
    MessageRecord {
        key: "00ff".into(),
        message_id: Some("known@client.example".to_owned()),
        from: None,
        subject: "COI".into(),
        received: at(0),
        decided: at(1),
        raw: RawRef { path: "2026-11-21/00ff.eml".to_owned(), size: 10, sha256: String::new(), whole: true },
        outcome: Outcome::Tasks(vec![TaskId(1)]),
        reason: "it asks for a certificate".to_owned(),
        same_id_as: None,
        rules_version: "r".to_owned(),
        answers: Vec::new(),
    }
}

/// A served desk and the folder its socket lies in.
pub(crate) struct Served {
    pub desk: Arc<Remembering>,
    pub folder: tempfile::TempDir,
    cancel: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Served {
    pub(crate) fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("intaked.sock")
    }
    async fn ask(&self, method: &str, path: &str, by: Option<&str>, body: impl Into<Bytes>) -> (u16, Value) {
        let stream = tokio::net::UnixStream::connect(self.socket()).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = hyper::Request::builder().method(method).uri(path).header("host", "x");
        if let Some(by) = by {
            request = request.header(AS, by);
        }
        let answer = sender.send_request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {bytes:?}")))
    }
    async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", &format!("{API}{path}"), None, "").await
    }
    async fn post(&self, path: &str, by: Option<&str>, body: &Value) -> (u16, Value) {
        self.ask("POST", &format!("{API}{path}"), by, body.to_string()).await
    }
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.desk.asked.lock().unwrap())
    }
}

/// Serves a desk on a socket of its own; call within a runtime.
pub(crate) fn serving(desk: Remembering) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let desk = Arc::new(desk);
    let cancel = CancellationToken::new();
    let listener = listen(&folder.path().join("intaked.sock")).unwrap();
    tokio::spawn(serve(listener, desk.clone(), cancel.clone()));
    Served { desk, folder, cancel }
}

#[tokio::test]
async fn tasks_are_listed_by_filter_and_page() {
    let s = serving(Remembering::default());
    let (status, all) = s.get("/tasks").await;
    assert_eq!(status, 200);
    assert_eq!(all["tasks"].as_array().unwrap().len(), 3);
    assert_eq!(all["more"], false);
    assert_eq!(all["zone"], "America/Chicago");
    s.asked();
    let (_, page) = s.get("/tasks?open=true&assignee=ana&limit=1&below=T-3").await;
    assert_eq!(page["more"], true);
    assert_eq!(page["tasks"][0]["id"], 2);
    let asked = s.asked().join("");
    assert!(
        asked.contains("open: true") && asked.contains("PersonId(\"ana\")") && asked.contains("TaskId(3)"),
        "{asked}"
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_with_a_sentence_in_json() {
    let s = serving(Remembering::default());
    #[rustfmt::skip]
    let cases = [
        ("GET", "/tasks?colour=red", 400, "unknown field `colour`"),
        ("GET", "/tasks?below=soon", 400, "“soon” is not a task: write T-1042 or 1042"),
        ("GET", "/tasks/soon", 400, "“soon” is not a task"),
        ("GET", "/tasks/T-99", 404, "there is no task T-99"),
        ("GET", "/letters", 400, "ask for ?review=true or for ?task=T-1"),
        ("GET", "/letters/none", 404, "there is no letter none"),
        ("GET", "/messages", 400, "missing field `id`"),
        ("GET", "/messages?id=%20", 400, "the Message-ID is empty"),
        ("GET", "/nothing", 404, "there is nothing here; the API begins at /api/v1"),
        ("POST", "/tasks", 405, "another method"),
        ("GET", "/commands", 405, "another method"),
        ("POST", "/commands", 400, "the body is not understood"),
    ];
    for (method, path, status, sentence) in cases {
        let (got, said) = s.ask(method, &format!("{API}{path}"), Some("ana"), "").await;
        assert_eq!(got, status, "{path}");
        assert!(said["error"].as_str().unwrap().contains(sentence), "{path}: {said}");
    }
    let (status, _) = s.ask("GET", "/", None, "").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_task_comes_with_letters_and_history() {
    let s = serving(Remembering::default());
    let (status, one) = s.get("/tasks/T-1").await;
    assert_eq!(status, 200);
    assert_eq!(one["task"]["type_title"], "Certificate of insurance");
    assert_eq!(one["history"][0]["sequence"], 9);
    assert_eq!(one["history"][0]["cause"]["person"], "ana");
    let typed: Given<TaskDetail> = serde_json::from_value(one).unwrap();
    assert_eq!(typed.answer.task.id, TaskId(1));
    assert!(typed.answer.account.is_none() && typed.answer.past.is_empty());
}

#[tokio::test]
async fn a_task_comes_with_its_client_and_what_they_asked_for_before_and_with_its_next_step() {
    let s = serving(Remembering::default());
    let (status, one) = s.get("/tasks/T-3").await;
    assert_eq!((status, &one["account"]["name"]), (200, &json!("Marchetti Trucking LLC")));
    let past: Vec<&Value> = one["past"].as_array().unwrap().iter().map(|p| &p["task"]).collect();
    assert_eq!(past.len(), 2, "the task itself is not among them: {past:?}");
    assert!(one["next"].as_str().is_some_and(|next| !next.is_empty()), "{}", one["next"]);
}

#[tokio::test]
async fn a_message_is_found_by_its_header_with_or_without_brackets_and_by_its_key() {
    let s = serving(Remembering::default());
    for id in ["known@client.example", "%3Cknown%40client.example%3E", "00ff"] {
        let (status, found) = s.get(&format!("/messages?id={id}")).await;
        assert_eq!((status, found["messages"].as_array().unwrap().len()), (200, 1), "{id}");
    }
    let (status, none) = s.get("/messages?id=unknown@x").await;
    assert_eq!((status, none["messages"].as_array().unwrap().len()), (200, 0));
}

#[tokio::test]
async fn a_command_needs_a_known_person_and_its_refusal_is_a_sentence() {
    let s = serving(Remembering::default());
    let take = json!({ "take": { "task": 1 } });
    let (status, said) = s.post("/commands", None, &take).await;
    assert_eq!(status, 403);
    assert!(said["error"].as_str().unwrap().starts_with("say who you are: --as ana"));
    let (status, said) = s.post("/commands", Some("eve"), &take).await;
    assert_eq!((status, said["error"].as_str().unwrap()), (403, "there is no [[person]] with the id “eve”"));
    assert_eq!(s.asked(), [""; 0]);

    let (status, done) = s.post("/commands", Some("ben"), &take).await;
    assert_eq!((status, &done["tasks"]), (200, &json!([1])));
    assert_eq!(s.asked(), ["ben: Take { task: TaskId(1) }"]);

    let end = json!({ "end": { "task": 1, "how": "done", "reason": "" } });
    let (status, said) = s.post("/commands", Some("ana"), &end).await;
    assert_eq!((status, said["error"].as_str().unwrap()), (409, "T-1 has open steps: issue"));
    let (status, _) = s.post("/commands", Some("ana"), &json!({ "pause": { "paused": true } })).await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn who_somebody_is_on_this_machine_needs_no_saying() {
    let s = serving(Remembering { everybody_is: Some("ana".into()), ..Remembering::default() });
    let (status, _) = s.post("/commands", None, &json!({ "take": { "task": 2 } })).await;
    assert_eq!(status, 200);
    assert_eq!(s.asked(), ["ana: Take { task: TaskId(2) }"]);
}

#[tokio::test]
async fn a_known_user_cannot_speak_for_somebody_else_unless_it_is_the_daemons_own() {
    let desk = Arc::new(Remembering { everybody_is: Some("ana".into()), ..Remembering::default() });
    let headers = |by: &'static str| {
        let mut h = axum::http::HeaderMap::new();
        h.insert(AS, axum::http::HeaderValue::from_static(by));
        h
    };
    let plain = Peer { user: Some("ana".to_owned()), privileged: false, admitted: true };
    let refused = routes::actor(&desk, &plain, &headers("ben")).unwrap_err();
    assert_eq!(refused.1, "you are “ana” here and cannot speak for “ben”");
    assert_eq!(routes::actor(&desk, &plain, &headers("ana")).unwrap(), "ana".into());
    let root = Peer { privileged: true, ..plain };
    assert_eq!(routes::actor(&desk, &root, &headers("ben")).unwrap(), "ben".into());
}

#[tokio::test]
async fn a_rereading_is_asked_for_one_task_or_all_and_corrections_come_with_their_bytes() {
    let s = serving(Remembering::default());
    let (status, said) = s.get("/reread?task=T-2").await;
    assert_eq!((status, &said["proposals"][0]["changes"][0]["new"]), (200, &json!(["2026-11-25"])));
    assert_eq!(s.get("/reread").await.0, 200);
    assert_eq!(s.asked(), ["reread Some(TaskId(2))", "reread None"]);
    assert_eq!(s.get("/reread?task=soon").await.0, 400);
    assert_eq!(s.get("/corrections").await.1["examples"][0]["labels"]["file"], "00ff.eml");
    assert_eq!(s.get("/messages/beef/raw").await.0, 404);
    let applied = json!({ "reread": { "task": 2, "rules": "r1" } });
    let (status, said) = s.post("/commands", Some("ana"), &applied).await;
    assert_eq!((status, &said["tasks"]), (200, &json!([2])));
    let field = json!({ "set_field": { "task": 1, "name": "deadline", "values": [{ "date": "2026-11-25" }] } });
    assert_eq!(s.post("/commands", Some("ana"), &field).await.0, 409);
    assert!(s.asked().last().unwrap().contains("values: [Date(2026-11-25)], elsewhere: false"));
}

#[tokio::test]
async fn an_import_tells_the_difference_and_a_dry_run_changes_nothing() {
    let s = serving(Remembering::default());
    let accounts = json!([account("1", "New Name"), account("2", "Second")]);
    let dry = json!({ "accounts": accounts, "dry_run": true });
    let (status, said) = s.post("/accounts/import", Some("ana"), &dry).await;
    assert_eq!(status, 200);
    assert_eq!(said["difference"]["added"], json!(["2"]));
    assert_eq!(said["difference"]["changed"], json!([["1", ["name: Old Name → New Name"]]]));
    assert_eq!(s.asked(), [""; 0]);
    let (status, _) = s.post("/accounts/import", Some("ana"), &json!({ "accounts": accounts, "whole": true })).await;
    assert_eq!(status, 200);
    assert_eq!(s.asked(), ["ana imports 2 true"]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_next_request_is_served() {
    let s = serving(Remembering::default());
    let big = json!({ "note": { "task": 1, "text": "x".repeat(2 << 20) } });
    let (status, said) = s.post("/commands", Some("ana"), &big).await;
    assert_eq!((status, said["error"].as_str().unwrap()), (413, "the body is larger than is taken here"));
    assert_eq!(s.get("/status").await.0, 200);
}

#[tokio::test]
async fn a_stranger_is_turned_away_whatever_the_mode_of_the_socket() {
    use tower::ServiceExt as _;
    let stranger = Peer { user: Some("eve".to_owned()), privileged: false, admitted: false };
    let mut request = axum::extract::Request::new(axum::body::Body::empty());
    *request.uri_mut() = axum::http::Uri::from_static("/api/v1/status");
    request.extensions_mut().insert(axum::extract::ConnectInfo(stranger));
    let answer = routes::router(Arc::new(Remembering::default())).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn only_owner_and_group_can_open_the_socket() {
    use std::os::unix::fs::PermissionsExt;
    let s = serving(Remembering::default());
    assert_eq!(std::fs::metadata(s.socket()).unwrap().permissions().mode() & 0o777, 0o660);
}

#[tokio::test]
async fn a_socket_that_a_killed_daemon_left_is_replaced_and_a_live_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intaked.sock");
    drop(listen(&path).unwrap());
    let live = listen(&path).unwrap();
    let refused = listen(&path).unwrap_err().to_string();
    assert!(refused.starts_with("another intaked listens on "), "{refused}");
    drop(live);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "a file").unwrap();
    assert!(listen(&path).unwrap_err().to_string().ends_with("is there and is no socket"));
}

#[tokio::test]
async fn a_client_that_says_nothing_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intaked.sock");
    let cancel = CancellationToken::new();
    let served = tokio::spawn(serve(listen(&path).unwrap(), Arc::new(Remembering::default()), cancel.clone()));
    let _silent = tokio::net::UnixStream::connect(&path).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    cancel.cancel();
    tokio::time::timeout(Duration::from_secs(4), served).await.unwrap().unwrap().unwrap();
    assert!(!path.exists());
}
