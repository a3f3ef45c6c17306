//! Carriers write by themselves: an endorsement is issued, a question stands before a renewal, a policy is cancelled for
//! non-payment. Each reaches the task that it concerns and whoever has that; nothing ever goes back to a carrier by itself.

use crate::harness::agency::Settings;
use crate::harness::mail::plain;
use crate::harness::{Agency, Mail, wait_for};
use chrono::{Days, NaiveDate};
use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "the daemon under test goes by the system's clock")]
fn today() -> NaiveDate {
    chrono::Utc::now().with_timezone(&chrono_tz::America::Chicago).date_naive()
}

/// Who has read how many letters.
struct Desk {
    agency: Agency,
    read: std::collections::BTreeMap<String, usize>,
    carrier: String,
    mails: u32,
}

impl Desk {
    /// One client with a policy that runs on, and one that has to be renewed; the renewal is task 1, Max's.
    fn opens() -> Self {
        let mut agency = Agency::new("carriers", Settings::default());
        agency.start();
        let client = format!("dana@drywall-{}", agency.domain);
        let head = "account,name,contact,email,phone,policy,carrier,line,effective,expiration,csr,account_manager";
        let row = |policy: &str, line: &str, days| {
            let until = today() + Days::new(days);
            let from = until - Days::new(365);
            format!(
                "W1,Whitfield Drywall LLC,Dana Whitfield,{client},(815) 555-0144,{policy},Keystone Midland,{line},{from},{until},ana,max\n"
            )
        };
        let rows = [row("BAP-771203", "Commercial auto", 200), row("GL-448812", "General liability", 100)].concat();
        std::fs::write(agency.path("book.csv"), format!("{head}\n{rows}")).unwrap();
        agency.cli_as("olga", &["book", "import", agency.path("book.csv").to_str().unwrap()]);
        agency.cli_as("olga", &["book", "release"]);
        agency.wait_for_tasks(1);
        let carrier = format!("keystonemidland-{}", agency.domain);
        let mut desk = Self { agency, read: Default::default(), carrier, mails: 0 };
        desk.reads("max").says(&["T-1", "Its day on the list has come", "GL-448812"]);
        desk
    }

    fn task(&self, n: u64) -> Value {
        self.agency.tasks().into_iter().find(|t| t["id"] == n).unwrap_or_else(|| panic!("no task {n}"))
    }

    /// The next letter to a member of staff.
    fn reads(&mut self, who: &str) -> Mail {
        let count = self.read.entry(who.to_owned()).or_default();
        *count += 1;
        let letter = self.agency.wait_for_mail(&self.agency.address(who), *count).remove(*count - 1);
        assert!(letter.text.starts_with("Internal. Do not forward."), "{}", letter.text);
        letter
    }

    /// Everybody has read everything, and nobody at the carrier has anything to read.
    fn nothing_is_unread(&self, client: usize) {
        std::thread::sleep(std::time::Duration::from_secs(1));
        for who in ["ana", "ben", "max", "olga", "frank"] {
            let letters = self.agency.inbox_of(&self.agency.address(who));
            let read = self.read.get(who).copied().unwrap_or(0);
            assert!(
                letters.len() == read,
                "{who} has unread: {:?}",
                letters.get(read..).map(|l| l.iter().map(|m| (&m.subject, &m.text)).collect::<Vec<_>>())
            );
        }
        for box_ in ["endorsements", "underwriting", "billing"] {
            let letters = self.agency.inbox_of(&format!("{box_}@{}", self.carrier));
            assert!(letters.is_empty(), "the carrier was written to: {}", letters[0].text);
        }
        assert_eq!(self.agency.inbox_of(&format!("dana@drywall-{}", self.agency.domain)).len(), client);
    }

    fn carrier_writes(&mut self, box_: &str, name: &str, subject: &str, body: &str) {
        self.mails += 1;
        let id = format!("k{}@{}", self.mails, self.carrier);
        let from = format!("{name} <{box_}@{}>", self.carrier);
        self.agency.deliver(&plain(&from, &self.agency.address("service"), subject, &id, "", body));
    }
}

#[test]
fn what_a_carrier_writes_reaches_the_task_it_concerns_and_whoever_has_it_and_nothing_goes_back() {
    let mut d = Desk::opens();
    let client = format!("dana@drywall-{}", d.agency.domain);
    // The client's change is with the carrier.
    let asks = "Hello,\n\nwe bought a 2022 Ford F-250, VIN 1M8GDM9AXKP042788. Please add it to our auto policy BAP-771203 \
                effective 12/1/2026. There is no loan on it, and it is garaged at the shop.\n\nDana Whitfield\n\
                Whitfield Drywall LLC\n";
    let id = format!("c1@{}", d.agency.domain);
    d.agency.deliver(&plain(
        &format!("Dana Whitfield <{client}>"),
        &d.agency.address("service"),
        "New truck",
        &id,
        "",
        asks,
    ));
    d.reads("ana").says(&["T-2", "Policy change", "2022 Ford F-250", "BAP-771203"]);
    let ack = d.agency.wait_for_mail(&client, 1).remove(0);
    let flat = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    let (told, _) =
        flat(&ack.text).split_once(" Harbor Point Insurance").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(
        told,
        "Hello Dana Whitfield, Thank you for writing. Your message has arrived, and Ana Ruiz will answer it. Your reference \
         T-2 About Policy change Who answers you Ana Ruiz Telephone (312) 555-0101 If you want to add anything, simply reply \
         to this message. If it is urgent, please call. No coverage is bound, changed or cancelled by this message until \
         you hear from a licensed person. Please do not mail card, bank or Social Security numbers."
    );
    d.agency
        .cli_as("ana", &["tasks", "wait", "T-2", "carrier", "--until", "2099-12-04", "--why", "endorsement ordered"]);
    d.nothing_is_unread(1);

    // It is issued: the task comes back to Ana, and is not done by that.
    d.carrier_writes(
        "endorsements",
        "Keystone Midland Endorsements",
        "Endorsement issued: policy BAP-771203, Whitfield Drywall LLC",
        "Dear Agent,\n\nThe endorsement requested for your insured Whitfield Drywall LLC, policy BAP-771203, has been issued \
         effective 12/1/2026: the 2022 Ford F-250, VIN 1M8GDM9AXKP042788, was added. The amended declarations follow by \
         mail.\n\nCommercial Lines Processing\nKeystone Midland Insurance Company\n",
    );
    d.reads("ana").says(&[
        "T-2",
        "The carrier has written about it.",
        "WHAT THEY WROTE",
        "has been issued effective 12/1/2026",
    ]);
    let task = d.task(2);
    assert!(task["waiting"].is_null() && task["state"].get("ended").is_none(), "{task}");
    assert_eq!((d.agency.tasks().len(), task["messages"].as_array().unwrap().len()), (2, 2));
    d.nothing_is_unread(1);

    // A question before the renewal: Max has the renewal.
    d.carrier_writes(
        "underwriting",
        "Priya Nair",
        "Renewal of GL-448812 Whitfield Drywall LLC: underwriting information needed",
        "Hello,\n\nI am working up the renewal of policy GL-448812 for your insured Whitfield Drywall LLC. Before we can \
         release terms I need the updated payroll and the number of subcontractors.\n\nPriya Nair\nSenior Underwriter\n\
         Keystone Midland Insurance Company\n",
    );
    d.reads("max").says(&["T-1", "WHAT THEY WROTE", "the updated payroll", "The underwriter asks questions"]);
    wait_for("the flag", 10, || d.task(1)["term"]["flags"].to_string().contains("underwriting_info").then_some(()));
    assert_eq!(d.agency.tasks().len(), 2);
    d.nothing_is_unread(1);

    // A notice of cancellation is work of its own and a danger: whoever has it and the manager hear at once, by phone first.
    let day = today() + Days::new(21);
    d.carrier_writes(
        "billing",
        "Keystone Midland Billing",
        "Notice of cancellation for non-payment: policy BAP-771203",
        &format!(
            "Dear Agent,\n\nThe policy of your insured Whitfield Drywall LLC, BAP-771203, will be cancelled effective {} at \
             12:01 a.m. for non-payment of premium. To keep the policy in force $1,240.50 must be received before that \
             date.\n\nBilling Department\nKeystone Midland Insurance Company\n",
            day.format("%B %-d, %Y")
        ),
    );
    d.agency.wait_for_tasks(3);
    let task = d.task(3);
    assert_eq!((&task["request_type"], &task["account"]), (&Value::from("billing"), &Value::from("W1")));
    assert!(task["hazards"].to_string().contains("pending_cancellation"), "{task}");
    let owner = task["assigned"]["person"].as_str().unwrap().to_owned();
    // Both go at once, in whichever order.
    let mut of_owner = [d.reads(&owner), d.reads(&owner)];
    of_owner.sort_by_key(|letter| !letter.subject.starts_with("Call now"));
    let [danger, notice] = of_owner;
    for letter in [danger, d.reads("olga")] {
        letter.says(&["T-3", "A policy is about to be cancelled or has lapsed", "Call the client now", "BAP-771203"]);
    }
    notice.says(&["T-3", "Billing and payment", "phone before you write", "$1,240.50"]);
    notice.says(&[
        "Reach the client before the day of cancellation",
        "Sender told NO, a carrier's notice is not answered",
    ]);
    notice.says(&[&day.format("%-d %b").to_string()]);
    d.nothing_is_unread(1);
}
