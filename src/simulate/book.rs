//! An invented account book: firms with a contact, policies and a person of the agency.

use super::dice::Dice;
use super::model::Model;
use crate::domain::{account::*, id::*, text::*};
use chrono::{Months, NaiveDate};

const FIRST: [&str; 16] = [
    "Hollow Creek",
    "Bright Leaf",
    "Stonegate",
    "Prairie Wind",
    "Iron Mill",
    "Lakeview",
    "Red Barn",
    "Twin Oaks",
    "Copper Ridge",
    "Maple Street",
    "North Fork",
    "Silver Birch",
    "Eagle Point",
    "Harvest Hill",
    "Blue Heron",
    "Old Quarry",
];
const TRADE: [&str; 12] = [
    "Roofing",
    "Landscaping",
    "Bakery",
    "Trucking",
    "Plumbing",
    "Dental",
    "Movers",
    "Carpentry",
    "Electric",
    "Grill",
    "Auto Body",
    "Farms",
];
const PEOPLE: [&str; 12] = [
    "Ruth Baker",
    "Omar Diaz",
    "Lena Novak",
    "Jack Porter",
    "Mei Chen",
    "Sofia Nunez",
    "Paul Ohara",
    "Grace Kim",
    "Walt Berg",
    "Ines Duarte",
    "Cal Moody",
    "Nora Fitch",
];
const LINES: [&str; 5] = ["General liability", "Commercial auto", "Workers compensation", "Property", "Umbrella"];

/// The accounts, shared out evenly among the people.
pub(super) fn accounts(model: &Model, people: &[PersonId], today: NaiveDate, seed: u64) -> Vec<Account> {
    let mut dice = Dice::new(seed, 1);
    (0..model.mail.accounts).filter_map(|i| account(i, model, people, today, &mut dice)).collect()
}

fn account(i: usize, model: &Model, people: &[PersonId], today: NaiveDate, dice: &mut Dice) -> Option<Account> {
    let number = 1001 + i;
    let name = format!("{} {} {} LLC", dice.pick(&FIRST)?, dice.pick(&TRADE)?, roman(i));
    let domain = format!("client{number}.example");
    let contact = *dice.pick(&PEOPLE)?;
    let local = contact.split(' ').next().unwrap_or("office").to_lowercase();
    let mut account = Account::new(AccountId(number.to_string()), HeaderText::new(&name));
    account.contacts.push(Contact {
        name: HeaderText::new(contact),
        address: Address::new(&format!("{local}@{domain}")),
        phone: None,
    });
    account.domains.push(domain);
    let carrier = dice.bits() % u64::try_from(model.mail.carriers.max(1)).unwrap_or(1);
    for line in LINES.iter().take(1 + usize::try_from(dice.bits() % 3).unwrap_or(0)) {
        let months = u32::try_from(dice.bits() % 12).unwrap_or(0);
        let effective = today.checked_sub_months(Months::new(months));
        let policy = format!("SIM-{number}-{:05}", dice.bits() % 100_000);
        account.policies.push(Policy {
            carrier: Some(format!("Carrier {}", carrier + 1)),
            line: Some((*line).to_owned()),
            effective,
            // Without a last day: what policies' dates would bring is counted in the model's mail already.
            ..Policy::of(&policy)
        });
    }
    let person = people.get(i % people.len().max(1)).cloned();
    account.csr.clone_from(&person);
    account.account_manager = person;
    Some(account)
}

/// What tells firms of one name apart.
fn roman(i: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    [letter(i / 676), letter(i / 26), letter(i)].iter().collect()
}
