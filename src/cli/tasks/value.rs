//! A field's values as people type them: the shapes of `labels.jsonl`, and plain words where those are enough.

use super::super::eval::compare::{FIELDS, Kind, kind_of};
use crate::domain::{field::FieldValue, nearest::nearest};
use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use serde_json::Value;

/// Reads the values of a field; `address` belongs to a holder's or lienholder's name.
pub(super) fn read(name: &str, values: &[String], address: Option<&str>) -> anyhow::Result<Vec<FieldValue>> {
    let known = || FIELDS.iter().map(|(n, _)| *n);
    if let Some(near) = nearest(name, known()).filter(|_| !known().any(|n| n == name)) {
        bail!("“{name}” is no field; did you mean {near}?");
    }
    let kind = kind_of(name, &Value::Null);
    ensure!(address.is_none() || kind == Kind::Party, "--address belongs to a certificate_holder or a lienholder");
    let single = !matches!(kind, Kind::List | Kind::Numbers | Kind::Drivers);
    let own = !known().any(|n| n == name);
    ensure!(!single || own || values.len() <= 1, "“{name}” has one value; put words that belong together in quotes");
    values.iter().map(|v| one(name, kind, v.trim(), address)).collect()
}

fn one(name: &str, kind: Kind, value: &str, address: Option<&str>) -> anyhow::Result<FieldValue> {
    let text = |s: &str| FieldValue::Text(s.to_owned());
    Ok(match kind {
        Kind::Words | Kind::Phone | Kind::Choice | Kind::Gist | Kind::Address | Kind::List => text(value),
        Kind::Day => FieldValue::Date(day(value)?),
        Kind::Flag => match value.to_lowercase().as_str() {
            "yes" | "true" => FieldValue::Flag(true),
            _ => bail!("“{name}” is yes, or it is taken away with --remove"),
        },
        Kind::Numbers => {
            let bare = value.replace([',', '$'], "");
            FieldValue::Number(
                bare.parse()
                    .ok()
                    .filter(|n: &f64| n.is_finite())
                    .with_context(|| format!("“{value}” is no number; write 1000000 or 1,000,000"))?,
            )
        }
        Kind::Party => FieldValue::Party { name: value.to_owned(), address: address.map(str::to_owned) },
        Kind::Drivers => driver(value)?,
    })
}

fn day(value: &str) -> anyhow::Result<NaiveDate> {
    NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().with_context(|| format!("“{value}” is no day; write 2026-11-25"))
}

/// A name alone, or `name, dob, license` as labels have them.
fn driver(value: &str) -> anyhow::Result<FieldValue> {
    if !value.starts_with('{') {
        return Ok(FieldValue::Driver { name: Some(value.to_owned()), dob: None, license: None });
    }
    let form = "write a driver as '{\"name\": \"Ann Lee\", \"dob\": \"1990-04-17\", \"license\": \"A1234567\"}'";
    let parts: std::collections::BTreeMap<String, String> = serde_json::from_str(value).context(form)?;
    ensure!(parts.keys().all(|k| ["name", "dob", "license"].contains(&k.as_str())), "{form}");
    let part = |key: &str| parts.get(key).cloned();
    let dob = part("dob").as_deref().map(day).transpose()?;
    Ok(FieldValue::Driver { name: part("name"), dob, license: part("license") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, values: &[&str], address: Option<&str>) -> Result<Vec<FieldValue>, String> {
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        read(name, &values, address).map_err(|e| e.to_string())
    }

    #[test]
    fn each_field_takes_values_of_its_own_shape() {
        assert_eq!(said("limits", &["$1,000,000", "2000000"], None).unwrap().len(), 2);
        assert_eq!(said("deadline", &["2026-11-25"], None).unwrap()[0].shown(), "2026-11-25");
        let holder = said("certificate_holder", &["Lakeside Mall"], Some("200 Shore Dr, Evanston, IL")).unwrap();
        assert_eq!(holder[0].shown(), "Lakeside Mall, 200 Shore Dr, Evanston, IL");
        let driver = said("drivers", &["{\"name\": \"Ann Lee\", \"dob\": \"1990-04-17\"}"], None).unwrap();
        assert_eq!(driver[0].shown(), "Ann Lee, born 1990-04-17");
        assert_eq!(said("bond_obligee", &["City of Elgin"], None).unwrap()[0].shown(), "City of Elgin");
    }

    #[test]
    fn a_value_of_another_shape_says_how_to_write_it() {
        assert_eq!(said("dedline", &["x"], None).unwrap_err(), "“dedline” is no field; did you mean deadline?");
        assert_eq!(said("deadline", &["Friday"], None).unwrap_err(), "“Friday” is no day; write 2026-11-25");
        assert!(said("limits", &["one"], None).unwrap_err().contains("is no number"));
        assert!(said("limits", &["inf"], None).unwrap_err().contains("is no number"));
        assert!(said("additional_insured", &["no"], None).unwrap_err().contains("--remove"));
        assert!(said("insured_name", &["Joe", "Tran"], None).unwrap_err().contains("in quotes"));
        assert!(said("vins", &["1FT"], Some("x")).unwrap_err().contains("--address belongs to"));
        assert!(said("drivers", &["{\"nam\": \"x\"}"], None).unwrap_err().contains("write a driver as"));
    }
}
