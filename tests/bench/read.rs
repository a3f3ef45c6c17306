//! How long reading a message of 4 KB takes on one core, beside the yardstick: MIME alone, in the same run.
//!
//! `cargo bench --bench read [mails] [rounds]`. The mails are made here, the same in every run. It is load, not a test
//! of what is read.

use intaked::{
    domain::calendar::Calendar,
    message::Message,
    reading::{Circumstances, Rulebook},
};
use std::{hint::black_box, time::Instant};

/// As in the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const SIZE: usize = 4096;
const FIRMS: [&str; 6] = ["Hollow Creek", "Bright Leaf", "Stonegate", "Prairie Wind", "Iron Mill", "Twin Oaks"];
const NAMES: [&str; 6] = ["Ruth Baker", "Omar Diaz", "Lena Novak", "Jack Porter", "Mei Chen", "Sofía Núñez"];
const PROSE: [&str; 12] = [
    "The crew starts on Monday and the foreman asked about it twice this week.",
    "Please call when you have a moment, the office closes early on Friday.",
    "We moved the yard last month and the gate code has changed.",
    "Thanks as always for the quick help, it made a difference on the last job.",
    "The bookkeeper is out until Thursday, so answer to all of us if you can.",
    "I tried the phone first and was on hold for a while.",
    "There is no rush on the other thing we talked about.",
    "The new building is almost done and the lender is happy with it.",
    "My brother keeps the books now, he will have the old papers.",
    "We have had a good season and hope that it stays this way.",
    "The landlord sent a letter as well, I can scan it if that helps.",
    "Nothing else has changed on our side since the last time.",
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.roll(of.len())).copied().unwrap_or_default()
    }
}

/// The n-th mail: a request, prose, a signature and what is left of 4 KB as quoted history, as text or as text and HTML.
fn mail(n: usize) -> Vec<u8> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ (n as u64 + 1));
    let (name, firm) = (dice.pick(&NAMES), dice.pick(&FIRMS));
    let policy = format!("BAP-{}", 100_000 + dice.roll(899_999));
    let (subject, request) = match dice.roll(7) {
        0 => (
            "COI needed",
            format!(
                "Please send a certificate of insurance for {firm} to:\n\n{} Builders LLC\n{} Mill St, Joliet, IL 60432\n\n\
                 We need it by March {}. Policy {policy}.",
                dice.pick(&FIRMS),
                10 + dice.roll(9000),
                2 + dice.roll(27)
            ),
        ),
        1 => (
            "Add a truck",
            format!("Please add a 2023 Ford F-150, VIN 1FTFW1E53PKD12345, to policy {policy} effective 03/14/2026."),
        ),
        2 => ("ID cards", format!("Could you email new auto ID cards for policy {policy}? We need them by Friday.")),
        3 => ("Claim", format!("Our van was rear-ended on 03/01/2026 on Oak St. Policy {policy}. Please call me.")),
        4 => ("Invoice question", format!("The invoice for {policy} shows ${}. Is that right?", 200 + dice.roll(9000))),
        5 => ("Renewal", format!("Our policy {policy} expires next month. What will the renewal premium be?")),
        _ => ("Cancel policy", format!("Please cancel policy {policy} effective 04/01/2026. We sold the business.")),
    };
    let mut text = format!("Hello,\n\n{request}\n\n");
    for _ in 0..5 {
        text.push_str(dice.pick(&PROSE));
        text.push(' ');
    }
    text.push_str(&format!("\n\nRegards,\n{name}\n{firm} LLC\n(773) 555-01{:02}\n", dice.roll(100)));
    let html = dice.roll(3) == 0;
    while text.len() < if html { SIZE / 2 - 400 } else { SIZE - 500 } {
        text.push_str(&format!("\n> On Monday, {} wrote:\n", dice.pick(&NAMES)));
        for _ in 0..6 {
            text.push_str(&format!("> {}\n", dice.pick(&PROSE)));
        }
    }
    let head = format!(
        "From: \"{name}\" <sink{n}@client.example>\nTo: service@agency.example\nSubject: {subject} {n:05}\n\
         Date: Mon, 02 Mar 2026 14:02:03 +0000\nMessage-ID: <{n}.bench@client.example>\nMIME-Version: 1.0\n"
    );
    let plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";
    let whole = if html {
        let page = text.replace("\n\n", "</p><p>").replace('\n', "<br>\n");
        format!(
            "{head}Content-Type: multipart/alternative; boundary=b\n\n--b\n{plain}\n{text}\n--b\nContent-Type: text/html; \
             charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body><p>{page}</p></body></html>\n--b--\n"
        )
    } else {
        format!("{head}{plain}\n{text}")
    };
    whole.replace('\n', "\r\n").into_bytes()
}

/// The best and the middle of several rounds, in µs a mail.
fn measured(mails: &[Vec<u8>], rounds: usize, mut one: impl FnMut(&[u8])) -> (f64, f64) {
    let mut took: Vec<f64> = (0..rounds)
        .map(|_| {
            let started = Instant::now();
            mails.iter().for_each(|m| one(m));
            started.elapsed().as_secs_f64() * 1e6 / mails.len().max(1) as f64
        })
        .collect();
    took.sort_by(f64::total_cmp);
    (took.first().copied().unwrap_or_default(), took.get(rounds / 2).copied().unwrap_or_default())
}

/// A line of `/proc/self/status`, in MB; 0 where there is none.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|l| l.strip_prefix(line)?.split_whitespace().next()?.parse::<f64>().ok());
    found.unwrap_or_default() / 1024.0
}

fn main() {
    let mut numbers = std::env::args().filter_map(|a| a.parse::<usize>().ok());
    let count = numbers.next().unwrap_or(200).max(1);
    let rounds = numbers.next().unwrap_or(30).max(1);
    let mails: Vec<Vec<u8>> = (0..count).map(mail).collect();
    let bytes = mails.iter().map(Vec::len).sum::<usize>() / count;
    let before = memory("VmRSS:");
    let started = Instant::now();
    let rulebook = Rulebook::built_in();
    println!("rules loaded in {:.0} ms, {:.1} MB", started.elapsed().as_secs_f64() * 1e3, memory("VmRSS:") - before);
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let own_domains = ["agency.example".to_owned()];
    let read = |raw: &[u8]| {
        let message = Message::parse(raw);
        let circumstances = Circumstances {
            received: message.date.unwrap_or_default(),
            calendar: &calendar,
            own_domains: &own_domains,
            own_addresses: &[],
        };
        black_box(rulebook.read(&message, &circumstances));
    };
    mails.iter().for_each(|m| read(m));
    println!("{count} mails of {bytes} bytes, one core, {rounds} rounds; µs a mail, best (middle):");
    let line = |what: &str, (best, middle): (f64, f64)| println!("  {what:<34}{best:8.1} ({middle:.1})");
    let parser = mail_parser::MessageParser::default();
    line("MIME alone (mail-parser)", measured(&mails, rounds, |m| drop(black_box(parser.parse(m)))));
    line("MIME and its parts (Message)", measured(&mails, rounds, |m| drop(black_box(Message::parse(m)))));
    line("the whole reading, MIME included", measured(&mails, rounds, read));
    println!("memory after: {:.1} MB, at most {:.1} MB", memory("VmRSS:"), memory("VmHWM:"));
}
