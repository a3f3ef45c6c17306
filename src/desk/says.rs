//! What a letter says: the variables a template may use. `templates/README.md` explains each to an administrator.

use serde::{Deserialize, Serialize};

/// Everything a template may use. One shape for all letters, so that an agency learns it once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Says {
    /// The agency: `agency.name`, `agency.phone` …
    pub agency: AgencyView,
    /// Who the letter is to: `to.name` (may be empty), `to.address`.
    pub to: Who,
    /// The tasks it speaks of, most important first; never empty in letters about work.
    pub tasks: Vec<TaskView>,
    /// What the recipient wrote: subject, for “Re:” and for quoting when the reading is uncertain.
    pub subject: String,
    /// The sender's own words, cut; notices to staff only, never in a letter to anybody outside.
    pub words: String,
    /// The recipient speaks for a client (`client`), or is somebody else (`third_party`, `carrier`).
    pub sender_kind: String,
    /// True when a clear reading lets the letter name the kind of work.
    pub certain: bool,
    /// Why this letter is written, in a sentence: for staff.
    pub why: String,
    /// Which clock ran out, for escalations: its name in words, such as “untouched for 24 hours”.
    pub clock: String,
    /// Hours left until the deadline or standard, negative when it has passed; for escalations.
    pub hours_left: Option<f64>,
    /// Whose court the ball is in: “us”, “client”, “carrier”, “third party”; for escalations.
    pub court: String,
    /// The one action that is asked for; for escalations.
    pub action: String,
    /// A letter of ours that could not be delivered: to whom, and the server's words.
    pub undelivered: Option<Undelivered>,
    /// A member of staff's own words to the client.
    pub message: String,
    /// Who wrote them.
    pub by: Who,
    /// Names of the documents that go along.
    pub enclosed: Vec<String>,
    /// What came of an answer by mail; in the letter that answers it.
    pub answer: Option<Answer>,
    /// The morning's figures; in digests.
    pub digest: Option<Digest>,
    /// The figures of a week; in the owners' report.
    pub report: Option<ReportView>,
    /// The recipient may answer this letter with a first line that tells the desk what to do.
    pub may_answer: bool,
    /// The client had this letter of the schedule before.
    pub again: bool,
}

/// The morning's figures. Each list is short; its last line says how many more there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Digest {
    /// The day: `Fri 20 Nov`.
    pub day: String,
    /// It tells of the whole desk, not of the reader's own tasks alone.
    pub for_owner: bool,
    /// Nothing needs anybody.
    pub quiet: bool,
    /// The reader's own open tasks.
    pub open: u64,
    /// Dangers.
    pub danger: Vec<Line>,
    /// What is late.
    pub late: Vec<Line>,
    /// What is due today; for the owner within two business days.
    pub due: Vec<Line>,
    /// What waits for somebody outside.
    pub waiting: Vec<Line>,
    /// What nobody has touched, and is not due today.
    pub new: Vec<Line>,
    /// The oldest open tasks; for the owner.
    pub aged: Vec<Line>,
    /// What waits for a client's decision; for the owner.
    pub undecided: Vec<Line>,
    /// What is not decided, by carrier: how many, and what clients pay for them; for the owner.
    pub at_stake: Vec<String>,
    /// What of the house cannot be reached, each since when; for the owner.
    pub lost: Vec<String>,
    /// Clients of yesterday who have not heard; for the owner.
    pub not_told: Vec<Line>,
    /// Who has far more on the desk than others; for the owner.
    pub overloaded: Vec<String>,
    /// Who is out; for the owner.
    pub out: Vec<String>,
    /// What became of yesterday's mail; for the owner.
    pub proof: Option<ProofView>,
}

/// A task on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Line {
    /// `T-1042`.
    pub reference: String,
    /// The kind of work.
    pub title: String,
    /// Whose; may be empty.
    pub insured: String,
    /// How it stands.
    pub state: String,
    /// Who has it.
    pub assignee: String,
    /// When it is late, or comes back.
    pub when: String,
    /// Dangers.
    pub hazards: Vec<String>,
    /// The next step; may be empty.
    pub next_step: String,
    /// Of policies whose date brought it: carriers, and what the client pays in the term that ends; else empty.
    pub at_stake: String,
    /// So many more are not shown; 0 on every line but the last.
    pub more: u64,
}

/// What became of yesterday's mail. Yesterday begins with the last business day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct ProofView {
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Messages that got an outcome.
    pub arrived: u64,
    /// Of them, those that opened tasks.
    pub opened: u64,
    /// Tasks that were opened.
    pub tasks: u64,
    /// Replies.
    pub joined: u64,
    /// Messages that ask for nothing.
    pub no_work: u64,
    /// Why, each with its number.
    pub no_work_because: Vec<String>,
    /// Messages held for a person.
    pub held: u64,
    /// Clients who have not heard.
    pub not_told: u64,
    /// Letters that did not arrive.
    pub failed: u64,
    /// What none of these explains, by the journal and by the mail servers; not 0 is a defect.
    pub unexplained: u64,
    /// What each folder of the mail servers holds of that time, a line each; empty where there is no mail server.
    pub servers: Vec<String>,
    /// Folders that could not be counted, each with why.
    pub not_counted: Vec<String>,
    /// Messages on the mail servers that have no outcome, each with where it lies.
    pub look_for: Vec<String>,
    /// The journal's last position.
    pub sequence: u64,
    /// And its hash: whoever keeps it can prove later that nothing before it was changed.
    pub head: String,
}

/// The figures of a week, as words. The whole report goes along as a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct ReportView {
    /// The week: `16 Nov to 22 Nov 2026`.
    pub period: String,
    /// What became of its mail, in a sentence without its stop.
    pub mail: String,
    /// The figures of all tasks.
    pub figures: Vec<FigureView>,
    /// Titles of the columns.
    pub columns: Vec<String>,
    /// A row for each kind of work, its name first.
    pub rows: Vec<Vec<String>>,
}

/// A figure in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct FigureView {
    /// What it is.
    pub title: String,
    /// Its value.
    pub value: String,
}

/// What came of a person's answer by mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Answer {
    /// Its first line.
    pub line: String,
    /// It is none of the lines that the desk knows.
    pub unknown: bool,
    /// Why nothing was done; empty where it was.
    pub refused: String,
    /// What was done, a sentence each.
    pub did: Vec<String>,
    /// To whom a letter went, and its words; empty where none did.
    pub sent_to: String,
    /// The words that went out, or wait to.
    pub sent: String,
    /// What was kept as a note, and did not go to the client.
    pub kept: String,
    /// What was written below the first line and done nothing with.
    pub rest: String,
}

/// One tap in a mail program: an answer with its first line written already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct OneTap {
    /// What it says.
    pub title: String,
    /// The link.
    pub link: String,
}

/// The agency as letters show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct AgencyView {
    /// Name.
    pub name: String,
    /// Shared inbox.
    pub address: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Office hours in words.
    pub hours: String,
    /// Claim hotlines and the like; may be empty.
    pub after_hours: String,
}

/// A person as letters show them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Who {
    /// Name; may be empty.
    pub name: String,
    /// Address; may be empty.
    pub address: String,
    /// Direct number; may be empty.
    pub phone: String,
}

/// A letter that did not arrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Undelivered {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The server's words.
    pub why: String,
}

/// A task as letters show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct TaskView {
    /// `T-1042`.
    pub reference: String,
    /// The kind, in the letter's language; “To be sorted” in triage.
    pub title: String,
    /// The page's id; empty in triage.
    pub request_type: String,
    /// Account or insured name; may be empty.
    pub insured: String,
    /// Why this account, or why none.
    pub account_reason: String,
    /// Where it is not sure which client it is: each that it may be, by its key, with what speaks for it.
    pub candidates: Vec<String>,
    /// Holders in the account book who are named in the request, each with what was issued to them before.
    pub earlier: Vec<String>,
    /// The client's policies, a line each, those first that the request names: number, line, carrier, dates, `EXPIRED`.
    pub policies: Vec<String>,
    /// What the client asked for last, the newest first, each with how it ended.
    pub past: Vec<String>,
    /// Special instructions of the account; may be empty.
    pub instructions: String,
    /// The subject of the message.
    pub subject: String,
    /// Who asked.
    pub requester: Who,
    /// Somebody else than the client asked: a third party, a carrier, staff.
    pub for_another: bool,
    /// Whom to call at the client, as the account book has it, where somebody else asked or whoever asked gave no
    /// number: the account's name with the contact's, and a number where there is one. Else empty.
    pub client: Who,
    /// `new`, `in progress`, `waiting on client` …, `done`.
    pub state: String,
    /// Who has it.
    pub assignee: Who,
    /// Why them.
    pub assigned_because: String,
    /// When it arrived, in the agency's zone: `Fri 20 Nov 2026, 3:05 PM`.
    pub arrived: String,
    /// When the client wants it; empty where they gave no date.
    pub deadline: String,
    /// When the agency's own standard wants it done.
    pub standard_due: String,
    /// Rushed.
    pub urgent: bool,
    /// `simple` or `complex`.
    pub complexity: String,
    /// Facts, birth dates and licence numbers masked.
    pub facts: Vec<Fact>,
    /// What is to be asked for.
    pub missing: Vec<Question>,
    /// Dangers, by title.
    pub hazards: Vec<String>,
    /// The steps.
    pub steps: Vec<StepView>,
    /// What it has to do with other tasks: `waits for T-13`.
    pub links: Vec<String>,
    /// For whom each of several policies waits, and until when.
    pub waits: Vec<String>,
    /// The next step, in words; empty when none is left.
    pub next_step: String,
    /// What done means.
    pub done_when: String,
    /// Second-best guesses, by title; in triage.
    pub guesses: Vec<String>,
    /// Why it is taken for this kind: `“need a COI” (certificate/asks-for-certificate)`.
    pub because: Vec<String>,
    /// Empty when the client has heard; else why not: shown as “Client told: NO, …”.
    pub client_not_told: String,
    /// The last act of a person, in words; “none yet”.
    pub last_human_act: String,
    /// Notes, newest last: `Ana, Fri 20 Nov 3:05 PM: called the holder`.
    pub notes: Vec<String>,
    /// Names and sizes of the message's attachments: `Appraisal.pdf (24 KB)`.
    pub attachments: Vec<String>,
    /// Answers to be sent with one tap; empty where answers are no commands.
    pub taps: Vec<OneTap>,
    /// What ran out on it, in words that follow “is”; for escalations.
    pub clock: String,
    /// The one thing to do about it; for escalations.
    pub action: String,
    /// Hours left until its deadline or standard, negative when that has passed.
    pub hours_left: Option<f64>,
    /// Whose turn it is: “us”, “client”, “carrier”, “third party”.
    pub court: String,
    /// Whose office time it took so far: “us 2 h, the carrier 5½ h”.
    pub spent: String,
    /// The last day of the policies whose date brought it: `March 1, 2027`; empty for other tasks.
    pub ends_on: String,
    /// Those policies, each with carrier, line and premium.
    pub expiring: Vec<String>,
    /// What the client pays for them in the term that ends; may be empty.
    pub at_stake: String,
    /// What makes it more than a matter of course.
    pub flags: Vec<String>,
    /// The days of its steps: `January 15, 2027: Give the client the terms`.
    pub dates: Vec<String>,
}

/// A fact, as letters show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Fact {
    /// The field's name.
    pub name: String,
    /// Its name for people: `policy numbers` → `Policy number`.
    pub label: String,
    /// Its value on one line.
    pub value: String,
    /// The words it was taken from; empty where it comes from the book or a person.
    pub words: String,
    /// Where it comes from: `message`, `account book`, `Ana`.
    pub source: String,
    /// What is odd about it; may be empty.
    pub doubt: String,
    /// Not sure (confidence below 50).
    pub unsure: bool,
}

/// A question to the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Question {
    /// The field's name.
    pub field: String,
    /// The question, in the letter's language.
    pub question: String,
    /// The client was asked; to staff only.
    pub asked: bool,
    /// Why it may be known after all, so that a person says whether it is asked; to staff only, may be empty.
    pub doubt: String,
}

/// A step, as letters show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct StepView {
    /// What to do, and who does it where that is not whoever has the task.
    pub title: String,
    /// Of several policies the one that it is about; else empty.
    pub policy: String,
    /// Must it be done?
    pub required: bool,
    /// Is it ticked or waived?
    pub done: bool,
}
