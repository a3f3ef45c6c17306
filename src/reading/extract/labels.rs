//! Fields → the `fields` object that `classify --jsonl` prints.

use crate::domain::field::{Field, FieldValue};
use serde_json::{Map, Value, json};

/// Which fields are lists even where they hold one value.
const LISTS: &[&str] = &[
    "policy_numbers",
    "delivery_emails",
    "coverages",
    "change_kinds",
    "vins",
    "vehicles",
    "drivers",
    "limits",
    "amounts",
];

/// The fields as one object: lists merged, parties as `{name, address}`, dates as `YYYY-MM-DD`, numbers plain.
#[must_use]
pub fn to_labels(fields: &[Field]) -> Map<String, Value> {
    let mut out = Map::new();
    for field in fields {
        let value = value(&field.value);
        match out.get_mut(&field.name) {
            None if LISTS.contains(&field.name.as_str()) => {
                out.insert(field.name.clone(), Value::Array(vec![value]));
            }
            None => {
                out.insert(field.name.clone(), value);
            }
            Some(Value::Array(list)) => {
                if !list.contains(&value) {
                    list.push(value);
                }
            }
            // A second value of a field that is no list by name: an agency's own list field.
            Some(first) if *first != value => *first = Value::Array(vec![first.take(), value]),
            Some(_) => {}
        }
    }
    out
}

fn value(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(s) => json!(s),
        FieldValue::Date(d) => json!(d.format("%Y-%m-%d").to_string()),
        #[allow(clippy::cast_possible_truncation)]
        FieldValue::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => json!(*n as i64),
        FieldValue::Number(n) => json!(n),
        FieldValue::Flag(b) => json!(b),
        FieldValue::Party { name, address } => object([("name", Some(name.clone())), ("address", address.clone())]),
        FieldValue::Driver { name, dob, license } => object([
            ("name", name.clone()),
            ("dob", dob.map(|d| d.format("%Y-%m-%d").to_string())),
            ("license", license.clone()),
        ]),
    }
}

fn object<const N: usize>(parts: [(&str, Option<String>); N]) -> Value {
    Value::Object(parts.into_iter().filter_map(|(k, v)| Some((k.to_owned(), Value::String(v?)))).collect())
}
