//! A filled ACORD form → facts, by what its fields are called. Knows no PDF.

use super::schedule::day;
use super::{Found, HOLDER};
use crate::domain::field::FieldValue;
use crate::message::Attachment;
use crate::message::attached::{FormField, stem};
use crate::reading::extract::vin_doubt;

/// Forms that ask for a change, an end or a beginning: their effective date is the one that is wanted.
const TAKE_EFFECT: [&str; 6] = ["ACORD 35", "ACORD 70", "ACORD 71", "ACORD 75", "ACORD 125", "ACORD 175"];
/// Forms that ask for a change: what place they name is the new one.
const CHANGES: [&str; 3] = ["ACORD 70", "ACORD 71", "ACORD 175"];
/// Forms whose additional interest is the one that holds the document.
const EVIDENCE: [&str; 2] = ["ACORD 27", "ACORD 28"];

/// The facts of a form; empty where it is no ACORD form or nothing is filled in.
pub(super) fn found(attachment: &Attachment, text: &str) -> Vec<Found> {
    let Some(held) = &attachment.held else { return Vec::new() };
    let Some(acord) = held.acord.as_deref() else { return Vec::new() };
    let mut out: Vec<Found> = Vec::new();
    let mut rest = held.form.as_slice();
    while let Some(first) = rest.first() {
        // What stands on one line belongs together.
        let line = rest.iter().take_while(|f| !text_between(text, first, f).contains('\n')).count().max(1);
        let (group, behind) = rest.split_at(line.min(rest.len()));
        rest = behind;
        if let Some(fact) = fact(acord, group, text) {
            // The same fact stands on every page of a form.
            if !out.iter().any(|f| f.name == fact.name && f.value == fact.value) {
                out.push(fact);
            }
        }
    }
    out
}

fn text_between<'t>(text: &'t str, from: &FormField, to: &FormField) -> &'t str {
    text.get(from.value.start as usize..to.value.start as usize).unwrap_or("")
}

/// What one line says.
fn fact(acord: &str, group: &[FormField], text: &str) -> Option<Found> {
    let (first, last) = (group.first()?, group.last()?);
    let stem = stem(&first.name);
    let value = first.value.of(text);
    let of = |name, value| {
        let (start, end) = (first.value.start, last.value.end);
        Some(Found { name, value, start, end, confidence: 85, doubt: None })
    };
    let party = stem.split('_').next().unwrap_or_default();
    if stem.ends_with("VINIdentifier") {
        let mut vin = of("vins", FieldValue::Text(value.to_owned()))?;
        vin.doubt = vin_doubt(value);
        return Some(vin);
    }
    if stem.ends_with("PolicyNumberIdentifier") {
        let number = value.len() >= 4 && value.bytes().any(|b| b.is_ascii_digit());
        return number.then(|| of("policy_numbers", FieldValue::Text(value.to_owned()))).flatten();
    }
    if stem == "NamedInsured_FullName" {
        return of("insured_name", FieldValue::Text(value.to_owned())).map(|f| Found { end: first.value.end, ..f });
    }
    if stem.ends_with("_FullName")
        && (party == "CertificateHolder" || (party == "AdditionalInterest" && EVIDENCE.contains(&acord)))
    {
        let address = group.get(1).and_then(|a| text.get(a.value.start as usize..last.value.end as usize));
        let value = FieldValue::Party { name: value.to_owned(), address: address.map(str::to_owned) };
        return of(HOLDER, value);
    }
    if stem == "Vehicle_ModelYear" && group.len() > 1 {
        let words = text.get(first.value.start as usize..last.value.end as usize)?;
        return of("vehicles", FieldValue::Text(words.to_owned()));
    }
    if stem.starts_with("Driver_") {
        return driver(group, text).and_then(|d| of("drivers", d));
    }
    if stem.contains("_PhysicalAddress_") && group.len() > 1 && CHANGES.contains(&acord) {
        let words = text.get(first.value.start as usize..last.value.end as usize)?;
        return of("location_address", FieldValue::Text(words.to_owned()));
    }
    if stem == "Loss_IncidentDate" || stem.ends_with("_LossDate") {
        return day(value).and_then(|d| of("date_of_loss", FieldValue::Date(d)));
    }
    if stem.ends_with("LossDescription") {
        return of("loss_description", FieldValue::Text(value.to_owned()));
    }
    if stem.ends_with("EffectiveDate") && TAKE_EFFECT.contains(&acord) {
        return day(value).and_then(|d| of("effective_date", FieldValue::Date(d)));
    }
    None
}

fn driver(group: &[FormField], text: &str) -> Option<FieldValue> {
    let piece = |end: &str| group.iter().find(|f| stem(&f.name).ends_with(end)).map(|f| f.value.of(text));
    let name = [piece("_GivenName"), piece("_Surname")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return None;
    }
    Some(FieldValue::Driver {
        name: Some(name),
        dob: piece("_BirthDate").and_then(day),
        license: piece("_LicenseNumberIdentifier").map(str::to_owned),
    })
}
