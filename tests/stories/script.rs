//! A small language for stories that are moved by mail from both sides: a client writes, a CSR answers the notice, and
//! whoever gets a letter reads all of it. A letter that nobody reads fails the story, and so does a line in a client's
//! letter that was not expected.

use crate::harness::agency::Settings;
use crate::harness::mail::plain;
use crate::harness::{Agency, Mail};
use crate::words::{ENGLISH, SPANISH, Words};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the agency's mail server calls itself in Authentication-Results.
const SERVER: &str = "mx.agency.test";
const NAME: &str = "Dana Whitfield";
/// What no automatic letter to a client may hold, whatever it is about (DOMAIN §4, must not).
const NEVER: [&str; 12] = [
    "Internal",
    "processing",
    "is covered",
    "we have issued",
    "as soon as possible",
    "within",
    "Northgate",
    "410 Quarry",
    "Keystone Midland",
    "Call before",
    "BAP-771203",
    "GL-448812",
];

/// The term of the client's policies: it ends so far ahead, on whatever day the stories run, that nothing is to be
/// renewed yet.
#[expect(clippy::disallowed_methods, reason = "the daemon under test goes by the system's clock")]
pub fn term() -> (NaiveDate, NaiveDate) {
    let from = chrono::Utc::now().date_naive() - chrono::Days::new(165);
    (from, from + chrono::Days::new(365))
}

/// The same as letters to staff tell it.
pub fn told_term() -> String {
    let (from, to) = term();
    format!("{} to {}", from.format("%-d %b %Y"), to.format("%-d %b %Y"))
}

/// A story about one request of one client.
pub struct Story {
    pub agency: Agency,
    client: String,
    /// How many letters each has read.
    read: BTreeMap<String, usize>,
    /// The client's last mail, and the CSR's: for threads.
    mails: usize,
    /// The letter that the CSR answers next.
    last: Option<Mail>,
    /// The letter that says that the request arrived.
    first: Option<Mail>,
    subject: String,
    words: &'static Words,
}

impl Story {
    /// An agency whose book knows the client: policies, a certificate of last year, and what to take care of.
    pub fn begins(name: &str) -> Self {
        let more = format!("[answers]\nauthserv_id = \"{SERVER}\"\n");
        let mut agency = Agency::new(name, Settings { more, ..Settings::default() });
        agency.start();
        let client = format!("dana@clients-{}", agency.domain);
        let head = "account,name,contact,email,phone,policy,carrier,line,effective,expiration,csr,account_manager,producer,\
                    instructions,holder,holder_address,certificate_issued,certificate_project";
        let who = format!("W1,Whitfield Drywall LLC,{NAME},{client},(815) 555-0144");
        let (from, to) = term();
        let policy = |number: &str, line: &str| format!("{number},Keystone Midland,{line},{from},{to}");
        let staff = "ana,max,max,Call before noon";
        let rows = [
            (
                policy("BAP-771203", "Commercial auto"),
                "Northgate Builders LLC,\"410 Quarry Rd, Joliet, IL 60432\",2025-11-24,snow removal",
            ),
            (policy("GL-448812", "General liability"), ",,,"),
            (policy("WC-229041", "Workers compensation"), ",,,"),
        ];
        let rows: String = rows.iter().map(|(policy, holder)| format!("{who},{policy},{staff},{holder}\n")).collect();
        std::fs::write(agency.path("book.csv"), format!("{head}\n{rows}")).unwrap();
        agency.cli_as("olga", &["book", "import", agency.path("book.csv").to_str().unwrap()]);
        agency.cli_as("olga", &["book", "release"]);
        Self {
            agency,
            client,
            read: BTreeMap::new(),
            mails: 0,
            last: None,
            first: None,
            subject: String::new(),
            words: &ENGLISH,
        }
    }

    /// The client writes in Spanish, and so does the agency to them.
    pub fn in_spanish(&mut self) -> &mut Self {
        self.words = &SPANISH;
        self
    }

    /// The client writes; the story's first mail opens its one task.
    pub fn client_writes(&mut self, subject: &str, body: &str) -> &mut Self {
        self.subject = subject.to_owned();
        let id = self.id("dana");
        let mail = plain(&format!("{NAME} <{}>", self.client), &self.agency.address("service"), subject, &id, "", body);
        self.agency.deliver(&mail);
        self
    }

    /// The client's next letter is the acknowledgement, and says this of the request beside what each says.
    pub fn hears_that_it_arrived(&mut self, title: &str, asked: &[&str]) -> &mut Self {
        let ack = self.next_of_client();
        let (name, phone) = self.assignee_as_told();
        let mut expected = vec![
            format!("Hello {NAME},"),
            format!("Thank you for writing. Your message has arrived, and {name} will answer it."),
            format!("Your reference T-1 About {title} Who answers you {name} Telephone {phone}"),
        ];
        if asked.is_empty() {
            expected.push(
                "If you want to add anything, simply reply to this message. If it is urgent, please call.".into(),
            );
        } else {
            expected.push("Before we can start, we still need from you:".into());
            expected.extend(asked.iter().enumerate().map(|(i, q)| format!("{}. {q}", i + 1)));
            expected.push(
                "Simply reply to this message with what you have; it need not be everything at once. If it is urgent, \
                 please call."
                    .into(),
            );
        }
        expected.push(ENGLISH.promise.into());
        self.reads_in_full(&ack, &expected);
        self
    }

    /// The same in Spanish.
    pub fn hears_in_spanish_that_it_arrived(&mut self, title: &str, asked: &str) -> &mut Self {
        let ack = self.next_of_client();
        let (name, phone) = self.assignee_as_told();
        let expected = [
            (self.words.hello)(NAME),
            format!("Gracias por escribirnos. Su mensaje ha llegado, y {name} le responderá."),
            format!("Su referencia T-1 Asunto {title} Le atiende {name} Teléfono {phone}"),
            format!("Antes de empezar necesitamos lo siguiente: 1. {asked}"),
            "Basta con responder a este mensaje con lo que tenga; no hace falta enviarlo todo de una vez. Si es urgente, por \
             favor llámenos."
                .to_owned(),
            self.words.promise.to_owned(),
        ];
        self.reads_in_full(&ack, &expected);
        self.first = Some(ack);
        self
    }

    /// The client's next letter asks again for what they have not answered, or for the other half of what they have.
    pub fn client_is_asked_again(&mut self, opening: &str, question: &str, closing: &str) -> &mut Self {
        let letter = self.next_of_client();
        let mut expected =
            vec![(self.words.hello)(NAME), opening.to_owned(), format!("1. {question}"), closing.to_owned()];
        expected.push(self.words.promise.to_owned());
        expected.extend(signed(self.assignee()));
        self.reads_in_full(&letter, &expected);
        self.last = Some(letter);
        self
    }

    /// Time passes: the daemon is stopped, and started with its clock so far ahead of now.
    pub fn it_is(&mut self, ahead: &str) -> &mut Self {
        self.agency.stop();
        self.agency.start_ahead(ahead);
        self
    }

    /// The moment comes at which the task reminds somebody; how far ahead that is.
    #[expect(clippy::disallowed_methods, reason = "the daemon under test goes by the system's clock")]
    pub fn it_is_time_to_remind(&mut self) -> chrono::Duration {
        let at: chrono::DateTime<chrono::Utc> =
            self.task()["remind_at"].as_str().expect("somebody is reminded").parse().unwrap();
        let ahead = at - chrono::Utc::now();
        self.it_is(&format!("+{}s", ahead.num_seconds() + 30));
        ahead
    }

    /// The client answers the letter that says that the request arrived.
    pub fn client_answers_the_first_letter(&mut self, body: &str) -> &mut Self {
        let letter = self.first.clone().expect("the first letter");
        self.client_answers(&letter, body)
    }

    /// The client answers the letter that they have read last.
    pub fn client_answers_it(&mut self, body: &str) -> &mut Self {
        let letter = self.last.clone().expect("a letter to answer");
        self.client_answers(&letter, body)
    }

    /// The CSR hears this in a letter of its own.
    pub fn csr_hears(&mut self, words: &[&str]) -> &mut Self {
        let told = self.next_of_csr();
        assert!(told.text.starts_with("Internal. Do not forward."), "{}", told.text);
        told.says(words);
        self.last = Some(told);
        self
    }

    /// What the last letter says besides.
    pub fn which_says(&mut self, words: &[&str]) -> &mut Self {
        self.last.as_ref().expect("a letter").says(words);
        self
    }

    /// Nobody writes to the client for a while.
    pub fn client_is_left_in_peace(&mut self) -> &mut Self {
        std::thread::sleep(std::time::Duration::from_secs(3));
        let read = self.read.get(&self.client).copied().unwrap_or(0);
        assert_eq!(self.agency.inbox_of(&self.client).len(), read, "the client has a letter that was not expected");
        self
    }

    /// The same for a claim, which has words of its own.
    pub fn hears_that_the_claim_arrived(&mut self, asked: &[&str]) -> &mut Self {
        let ack = self.next_of_client();
        let (name, phone) = self.assignee_as_told();
        let mut expected = vec![
            format!("Hello {NAME},"),
            format!("We have received your message, and {name} is responsible for it."),
            "If anyone is hurt, or the damage is getting worse, please do not wait for mail: call us at (312) 555-0100, \
             and in an emergency call 911 first."
                .into(),
            format!("Your reference T-1 About Claim Who answers you {name} Telephone {phone}"),
            "We have not yet confirmed receipt by your insurer.".into(),
        ];
        if !asked.is_empty() {
            expected.push(
                "It will help to know the following. Please do not wait until you have all of it; reply with what you know \
                 now:"
                    .into(),
            );
            expected.extend(asked.iter().enumerate().map(|(i, q)| format!("{}. {q}", i + 1)));
        }
        expected.push(ENGLISH.promise.into());
        self.reads_in_full(&ack, &expected);
        self
    }

    /// The notice, with everything needed to start: these words, the next step, every step, the client's policies.
    pub fn csr_reads_the_notice(&mut self, words: &[&str]) -> &mut Self {
        let notice = self.next_of_csr();
        assert!(notice.text.starts_with("Internal. Do not forward."), "{}", notice.text);
        let task = self.task();
        notice.says(&["T-1", "Next step", "Done means:", "because:", "ANSWER THIS LETTER", "Client told yes"]);
        notice.says(&["Take care Call before noon", "POLICIES", "GL-448812, General liability, Keystone Midland"]);
        for step in steps(&task) {
            notice.says(&[step["title"].as_str().unwrap()]);
        }
        notice.says(words);
        assert_eq!(notice.attachments, ["original.eml"], "the original goes along");
        self.last = Some(notice);
        self
    }

    /// The CSR answers the last letter, and reads that it was done.
    pub fn csr(&mut self, words: &str) -> &mut Self {
        self.csr_answers(words, None);
        let told = self.next_of_csr();
        told.says(&["T-1", &format!("You wrote: {}", words.lines().next().unwrap())]);
        told.never_says(&["NOT DONE", "none of the lines below"]);
        self.last = Some(told);
        self
    }

    /// The CSR asks the client, who reads the question in full and answers it; the CSR hears of that.
    pub fn csr_asks(&mut self, question: &str, answer: &str) -> &mut Self {
        self.csr(&format!("waiting on client: {question}"));
        assert_eq!(self.task()["waiting"]["on"], "client");
        let asked = self.next_of_client();
        let by = self.assignee();
        let w = self.words;
        let mut expected = vec![(w.hello)(NAME)];
        expected.extend([w.question, question, w.reply, w.promise].map(str::to_owned));
        expected.extend(signed(by));
        self.reads_in_full(&asked, &expected);
        self.client_answers(&asked, answer);
        assert!(self.task()["waiting"].is_null(), "the answer wakes the task");
        self
    }

    /// The client answers a letter; the CSR hears of it, and it joins the task.
    pub fn client_answers(&mut self, to: &Mail, body: &str) -> &mut Self {
        let id = self.id("dana");
        let mail = answer(to, &self.client, NAME, &id, "", body);
        self.agency.deliver(&mail);
        let told = self.next_of_csr();
        told.says(&["T-1", "Why now", body.lines().next().unwrap()]);
        assert_eq!(self.agency.tasks().len(), 1, "the answer joined the task");
        self.last = Some(told);
        self
    }

    /// It waits for the carrier, whose clock runs instead of ours.
    pub fn csr_waits_for_the_carrier(&mut self, why: &str) -> &mut Self {
        self.csr(&format!("waiting on carrier until 2099-12-04: {why}"));
        assert_eq!(self.task()["waiting"]["on"], "carrier");
        self
    }

    /// The CSR ticks every required step that is open, by one line; a step that sends a document is left to its letter.
    pub fn csr_did_the_steps(&mut self) -> &mut Self {
        let ids = self.steps_to_do();
        if !ids.is_empty() {
            self.csr(&format!("did {}", ids.join(", ")));
        }
        self
    }

    /// The same, where a step brings other tasks about: the CSR hears of them in a letter of its own.
    pub fn csr_did_the_steps_and_prepares(&mut self, words: &[&str]) -> &mut Self {
        let line = format!("did {}", self.steps_to_do().join(", "));
        self.csr_answers(&line, None);
        let (mut told, mut prepared) = (self.next_of_csr(), self.next_of_csr());
        if told.subject.contains("prepared for") {
            std::mem::swap(&mut told, &mut prepared);
        }
        told.says(&["T-1", &format!("You wrote: {line}")]).never_says(&["NOT DONE"]);
        prepared.says(words).never_says(&["ANSWER THIS LETTER"]);
        self.last = Some(told);
        self
    }

    fn steps_to_do(&self) -> Vec<String> {
        let task = self.task();
        let open =
            steps(&task).into_iter().filter(|s| s["mark"] == "open" && s["required"] == true && s["sends"] != true);
        open.map(|s| s["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The closing letter: the CSR's words reach the client whole, with the document where there is one, and nothing else.
    pub fn csr_tells_the_client(&mut self, words: &str, document: Option<&str>) -> &mut Self {
        self.csr_answers(&format!("to client: {words}"), document);
        let told = self.next_of_csr();
        told.says(&["T-1", "Sent to Dana Whitfield"]).never_says(&["NOT DONE"]);
        self.last = Some(told);
        let letter = self.next_of_client();
        let mut expected = vec![(self.words.hello)(NAME), words.to_owned()];
        expected.extend(document.map(|d| format!("{}{d}", self.words.attached)));
        expected.extend(signed(self.assignee()));
        self.reads_in_full(&letter, &expected);
        assert_eq!(letter.attachments, document.into_iter().collect::<Vec<_>>());
        assert_eq!(letter.header("Auto-Submitted"), None, "a person wrote it");
        self
    }

    /// The CSR closes it; nobody has a letter that was not read.
    pub fn csr_is_done(&mut self) {
        self.csr("done");
        self.last.as_ref().unwrap().says(&["T-1 is closed: done."]);
        let task = self.task();
        assert_eq!(task["state"]["ended"]["how"], "done", "{task}");
        assert!(!task["first_touch"].is_null());
        for who in ["ana", "ben", "max", "olga", "frank"]
            .map(|w| self.agency.address(w))
            .into_iter()
            .chain([self.client.clone()])
        {
            let all = self.agency.inbox_of(&who);
            let unread = all.get(self.read.get(&who).copied().unwrap_or(0)..).unwrap_or_default();
            assert!(
                unread.is_empty(),
                "{who} has a letter that nobody read: {}\n{}",
                unread[0].subject,
                unread[0].text
            );
        }
    }

    /// The task as it stands.
    pub fn task(&self) -> Value {
        let tasks = self.agency.wait_for_tasks(1);
        tasks.into_iter().find(|t| t["id"] == 1).expect("the story's own task")
    }

    fn csr_answers(&mut self, words: &str, document: Option<&str>) {
        let (id, who, _) = self.assignee();
        let d = &self.agency.domain;
        let results = format!("{SERVER}; dkim=pass header.d={d}; dmarc=pass (p=reject) header.from={d}");
        let letter = self.last.clone().expect("a letter to answer");
        let address = self.agency.address(&id);
        let message_id = self.id(&id);
        let mail = answer(&letter, &address, &who, &message_id, &results, words);
        let mail = match document {
            Some(name) => with_document(&mail, name, "JVBERi0xLjQK"),
            None => mail,
        };
        self.agency.deliver(&mail);
    }

    /// Key, name and number of whoever has the task.
    fn assignee(&self) -> (String, String, Option<&'static str>) {
        let id = self.task()["assigned"]["person"].as_str().unwrap().to_owned();
        let (name, phone) = match id.as_str() {
            "ana" => ("Ana Ruiz", Some("(312) 555-0101")),
            "ben" => ("Ben Okafor", None),
            "max" => ("Max Adler", None),
            other => panic!("the task is {other}'s"),
        };
        (id, name.to_owned(), phone)
    }

    fn assignee_as_told(&self) -> (String, &'static str) {
        let (_, name, phone) = self.assignee();
        (name, phone.unwrap_or("(312) 555-0100"))
    }

    /// The whole text of a client's letter is these pieces in this order, and the agency's name, number and hours.
    fn reads_in_full(&self, letter: &Mail, expected: &[String]) {
        let flat = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = flat(&letter.text);
        let (text, hours) = text.rsplit_once(self.words.hours).unwrap_or_else(|| panic!("no office hours: {text}"));
        assert!(hours.len() < 60, "{hours}");
        let pieces = expected.iter().map(|p| flat(p)).chain(["Harbor Point Insurance (312) 555-0100".to_owned()]);
        assert_eq!(text, pieces.collect::<Vec<_>>().join(" "), "{}", letter.subject);
        assert!(letter.subject.starts_with(&format!("Re: {} [T-1-", self.subject)), "{}", letter.subject);
        assert_eq!((letter.from.clone(), letter.to.len(), letter.cc.len()), (self.agency.address("service"), 1, 0));
        assert!(!letter.html.is_empty(), "every letter to a client has HTML");
        if letter.header("Auto-Submitted").is_some() {
            letter.never_says(&NEVER);
        }
    }

    fn next_of_client(&mut self) -> Mail {
        let client = self.client.clone();
        self.next(&client)
    }

    fn next_of_csr(&mut self) -> Mail {
        let csr = self.agency.address(&self.assignee().0);
        self.next(&csr)
    }

    fn next(&mut self, who: &str) -> Mail {
        let read = self.read.entry(who.to_owned()).or_default();
        *read += 1;
        let count = *read;
        self.agency.wait_for_mail(who, count).remove(count - 1)
    }

    fn id(&mut self, who: &str) -> String {
        self.mails += 1;
        format!("{who}-{}@{}", self.mails, self.agency.domain)
    }
}

fn signed((_, name, phone): (String, String, Option<&'static str>)) -> Vec<String> {
    std::iter::once(name).chain(phone.map(str::to_owned)).collect()
}

fn steps(task: &Value) -> Vec<Value> {
    task["steps"].as_array().cloned().unwrap_or_default()
}

/// Somebody answers a letter, as mail programs do: its subject, its Message-ID, its text quoted below. `results` is what
/// the agency's mail server found of the sender, where it looked.
pub fn answer(to: &Mail, from: &str, name: &str, id: &str, results: &str, body: &str) -> Vec<u8> {
    let subject = if to.subject.starts_with("Re:") { to.subject.clone() } else { format!("Re: {}", to.subject) };
    let message_id = to.header("Message-ID").expect("our letters have one");
    let results = if results.is_empty() { String::new() } else { format!("Authentication-Results: {results}\n") };
    let quoted: String = to.text.lines().map(|l| format!("> {l}\n")).collect();
    plain(
        &format!("{name} <{from}>"),
        &to.from,
        &subject,
        id,
        &format!("In-Reply-To: {message_id}\nReferences: {message_id}\n{results}"),
        &format!("{body}\n\nOn Tue, Nov 17, 2026 at 10:00 AM Harbor Point Insurance <{}> wrote:\n\n{quoted}", to.from),
    )
}

/// The mail with a document attached, as a multipart; `bytes` in base64.
pub fn with_document(mail: &[u8], name: &str, bytes: &str) -> Vec<u8> {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    let (head, body) = text.split_once("\n\n").unwrap();
    let head = head
        .replace("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=\"outer\"")
        .replace("Content-Transfer-Encoding: 8bit\n", "");
    format!(
        "{head}\n\n--outer\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n--outer\n\
         Content-Type: application/pdf; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
         Content-Transfer-Encoding: base64\n\n{bytes}\n--outer--\n"
    )
    .into_bytes()
}
