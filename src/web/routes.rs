//! The routes of `/api/v1`: each asks the desk and shapes its answer.

use super::{answers::*, problem::Problem, *};
use crate::domain::account::difference;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, body::Bytes};
use serde::de::DeserializeOwned;

/// Largest body of a command; nobody dictates a megabyte.
const COMMAND_MAX: usize = 1 << 20;
/// Largest account book: some 100,000 accounts.
const BOOK_MAX: usize = 64 << 20;
/// Tasks in one answer where the asker names no number, and at most.
const PAGE: usize = 500;
const PAGE_MAX: usize = 5000;

type Replied<T> = Result<Json<Given<T>>, Problem>;

/// All routes over a desk.
pub(super) fn router<D: Desk>(desk: Arc<D>) -> Router {
    let api = Router::new()
        .route("/tasks", get(tasks::<D>))
        .route("/tasks/{id}", get(task::<D>))
        .route("/messages", get(messages::<D>))
        .route("/messages/{key}/raw", get(raw::<D>))
        .route("/reread", get(reread::<D>))
        .route("/corrections", get(corrections::<D>))
        .route("/letters", get(letters::<D>))
        .route("/letters/{id}", get(letter::<D>))
        .route("/accounts", get(accounts::<D>))
        .route("/pipeline", get(pipeline::<D>))
        .route("/people", get(people::<D>))
        .route("/report", get(report::<D>))
        .route("/status", get(status::<D>))
        .route("/commands", post(command::<D>).layer(DefaultBodyLimit::max(COMMAND_MAX)))
        .route("/accounts/import", post(import::<D>).layer(DefaultBodyLimit::max(BOOK_MAX)));
    Router::new()
        .nest(API, api)
        .fallback(|| async { Problem::absent(format!("there is nothing here; the API begins at {API}")) })
        .method_not_allowed_fallback(|| async {
            Problem(StatusCode::METHOD_NOT_ALLOWED, "this is asked with another method (GET or POST)".to_owned())
        })
        .layer(middleware::from_fn(admit))
        .with_state(desk)
}

/// Turns away whoever is neither root, nor the daemon's user, nor of its group.
async fn admit(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    if peer.admitted {
        return next.run(request).await;
    }
    let who = peer.user.as_deref().unwrap_or("your user");
    let what =
        format!("{who} is not in the group of the daemon; ask the administrator to add it (usermod -aG intaked {who})");
    Problem::forbidden(what).into_response()
}

fn given<D: Desk, T>(desk: &Arc<D>, answer: T) -> Json<Given<T>> {
    let (now, zone) = desk.clock();
    Json(Given { now, zone, answer })
}

/// A query string, or what is wrong with it.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(request.uri())
            .map(|Query(q)| Self(q))
            .map_err(|e| Problem::bad(format!("the query is not understood: {}", e.body_text())))
    }
}

/// A JSON body, or what is wrong with it.
struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|e| match e.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem(e.status(), "the body is larger than is taken here".to_owned()),
            other => Problem(other, "the body broke off".to_owned()),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|e| Problem::bad(format!("the body is not understood: {e}")))
    }
}

/// For whom a request is made: whom it names, or who the caller is on this machine.
pub(super) fn actor<D: Desk>(desk: &Arc<D>, peer: &Peer, headers: &HeaderMap) -> Result<PersonId, Problem> {
    let own = peer.user.as_deref().and_then(|u| desk.person_of(u));
    let named = match headers.get(AS).map(|v| v.to_str()) {
        Some(Ok(name)) if !name.trim().is_empty() => Some(PersonId::from(name.trim())),
        Some(Err(_)) => return Err(Problem::bad("the name of the person is not readable")),
        _ => None,
    };
    match (named, own) {
        (None, Some(own)) => Ok(own),
        (None, None) => Err(Problem::forbidden(
            "say who you are: --as ana or INTAKED_USER=ana; or have unix_user added to your [[person]] in intaked.toml",
        )),
        (Some(named), _) if !desk.knows(&named) => {
            Err(Problem::forbidden(format!("there is no [[person]] with the id “{named}”")))
        }
        // Whoever is known by their own user speaks for themselves, or history would name the wrong person.
        (Some(named), Some(own)) if named != own && !peer.privileged => {
            Err(Problem::forbidden(format!("you are “{own}” here and cannot speak for “{named}”")))
        }
        (Some(named), _) => Ok(named),
    }
}

fn number(id: &str) -> Result<TaskId, Problem> {
    id.parse().map_err(Problem::bad)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskQuery {
    #[serde(default)]
    open: bool,
    assignee: Option<PersonId>,
    account: Option<AccountId>,
    request_type: Option<RequestType>,
    #[serde(default)]
    limit: usize,
    below: Option<String>,
}

async fn tasks<D: Desk>(State(desk): State<Arc<D>>, Asked(q): Asked<TaskQuery>) -> Replied<TaskList> {
    let limit = if q.limit == 0 { PAGE } else { q.limit.min(PAGE_MAX) };
    let filter = TaskFilter {
        open: q.open,
        assignee: q.assignee,
        account: q.account,
        request_type: q.request_type,
        limit: limit + 1,
        below: q.below.as_deref().map(number).transpose()?,
    };
    let mut tasks = desk.tasks(filter).await?;
    let more = tasks.len() > limit;
    tasks.truncate(limit);
    Ok(given(&desk, TaskList { tasks, more }))
}

async fn task<D: Desk>(State(desk): State<Arc<D>>, Path(id): Path<String>) -> Replied<TaskDetail> {
    let id = number(&id)?;
    let task = desk.task(id).await?.ok_or_else(|| Problem::absent(format!("there is no task {id}")))?;
    let letters = desk.letters_of(id).await?;
    let history = desk.history(id).await?.into_iter().map(Decided::from).collect();
    let (account, mut past) = match &task.account {
        Some(id) => (desk.account(id.clone()).await?, desk.last_of_account(id.clone()).await?),
        None => (None, Vec::new()),
    };
    past.retain(|p| p.task != task.id);
    let next = task.next_in_words(desk.clock().1);
    Ok(given(&desk, TaskDetail { task, next, account, past, letters, history }))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageQuery {
    id: String,
}

async fn messages<D: Desk>(State(desk): State<Arc<D>>, Asked(q): Asked<MessageQuery>) -> Replied<MessageList> {
    let id = q.id.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    if id.is_empty() {
        return Err(Problem::bad("the Message-ID is empty"));
    }
    let mut found = desk.find_messages(id.clone()).await?;
    if found.is_empty() {
        // A message without a Message-ID is known by its key only.
        found.extend(desk.message(MessageKey(id)).await?);
    }
    let mut messages = Vec::new();
    for message in found {
        let sightings = desk.sightings(message.key.clone()).await?;
        let history = desk.message_history(message.key.clone()).await?.into_iter().map(Decided::from).collect();
        messages.push(MessageDetail { message, sightings, history });
    }
    Ok(given(&desk, MessageList { messages }))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LetterQuery {
    #[serde(default)]
    review: bool,
    task: Option<String>,
}

async fn letters<D: Desk>(State(desk): State<Arc<D>>, Asked(q): Asked<LetterQuery>) -> Replied<LetterList> {
    let letters = match (&q.task, q.review) {
        (Some(task), review) => {
            let mut letters = desk.letters_of(number(task)?).await?;
            letters.retain(|l| !review || l.state == crate::domain::letter::LetterState::Review);
            letters
        }
        (None, true) => desk.letters_in_review().await?,
        (None, false) => return Err(Problem::bad("ask for ?review=true or for ?task=T-1")),
    };
    Ok(given(&desk, LetterList { letters }))
}

async fn letter<D: Desk>(State(desk): State<Arc<D>>, Path(id): Path<String>) -> Replied<LetterDetail> {
    let id = LetterId(id);
    let letter = desk.letter(id.clone()).await?.ok_or_else(|| Problem::absent(format!("there is no letter {id}")))?;
    Ok(given(&desk, LetterDetail { letter }))
}

async fn raw<D: Desk>(State(desk): State<Arc<D>>, Path(key): Path<String>) -> Result<Response, Problem> {
    let key = MessageKey(key);
    let bytes = desk.raw(key.clone()).await?.ok_or_else(|| Problem::absent(format!("there is no message {key}")))?;
    Ok(([(CONTENT_TYPE, "message/rfc822")], bytes).into_response())
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RereadQuery {
    task: Option<String>,
}

async fn reread<D: Desk>(State(desk): State<Arc<D>>, Asked(q): Asked<RereadQuery>) -> Replied<Rereads> {
    let rereads = desk.reread(q.task.as_deref().map(number).transpose()?).await?;
    Ok(given(&desk, rereads))
}

async fn corrections<D: Desk>(State(desk): State<Arc<D>>) -> Replied<Corrections> {
    let examples = desk.corrections().await?;
    Ok(given(&desk, Corrections { examples }))
}

async fn accounts<D: Desk>(State(desk): State<Arc<D>>) -> Replied<AccountList> {
    let accounts = desk.accounts().await?;
    Ok(given(&desk, AccountList { accounts }))
}

async fn pipeline<D: Desk>(State(desk): State<Arc<D>>) -> Replied<PipelineList> {
    let list = desk.pipeline().await?;
    Ok(given(&desk, list))
}

async fn people<D: Desk>(State(desk): State<Arc<D>>) -> Replied<PeopleList> {
    let people = desk.people().await?;
    Ok(given(&desk, PeopleList { people }))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    period: Option<String>,
    #[serde(default)]
    by: By,
}

async fn report<D: Desk>(State(desk): State<Arc<D>>, Asked(q): Asked<ReportQuery>) -> Replied<ReportGiven> {
    let period = q.period.unwrap_or_else(|| "last-week".to_owned());
    let report = desk.report(period, q.by).await?;
    Ok(given(&desk, ReportGiven { report }))
}

async fn status<D: Desk>(State(desk): State<Arc<D>>) -> Replied<Status> {
    let status = desk.status().await?;
    Ok(given(&desk, status))
}

async fn command<D: Desk>(
    State(desk): State<Arc<D>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    Body(command): Body<Command>,
) -> Replied<CommandOutcome> {
    let by = actor(&desk, &peer, &headers)?;
    let outcome = desk.command(by, command).await?;
    Ok(given(&desk, outcome))
}

async fn import<D: Desk>(
    State(desk): State<Arc<D>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    Body(order): Body<ImportOrder>,
) -> Replied<Imported> {
    let by = actor(&desk, &peer, &headers)?;
    let before = desk.accounts().await?;
    let difference = difference(&before, &order.accounts, order.whole);
    let dry_run = order.dry_run;
    let foreseen = desk.foreseen(order.accounts.clone()).await?;
    if !dry_run {
        desk.import(by, order).await?;
    }
    Ok(given(&desk, Imported { difference, dry_run, foreseen }))
}
