//! When two values of a field are the same: names by their letters and digits, addresses by most of their words,
//! dates and numbers exactly. Works on the JSON of labels, so that a person's and the rules' are treated alike.

use super::count::Count;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

/// How the values of a field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    /// Letters and digits, case and accents folded away.
    Words,
    /// The same, less a leading country code 1.
    Phone,
    /// A day, `YYYY-MM-DD`, exactly.
    Day,
    /// One of a page's words, exactly.
    Choice,
    /// Asked for or not.
    Flag,
    /// Half of the words in common.
    Gist,
    /// Eight in ten of the words in common.
    Address,
    /// A set of words.
    List,
    /// A set of numbers.
    Numbers,
    /// `{name, address}`, scored apart.
    Party,
    /// A list of `{name, dob, license}`, scored apart, each as a set.
    Drivers,
}

/// The fields of `rules/fields.toml`, in the order in which people read them.
pub(in crate::cli) const FIELDS: [(&str, Kind); 27] = [
    ("insured_name", Kind::Words),
    ("contact_name", Kind::Words),
    ("contact_phone", Kind::Phone),
    ("policy_numbers", Kind::List),
    ("deadline", Kind::Day),
    ("certificate_holder", Kind::Party),
    ("delivery_emails", Kind::List),
    ("coverages", Kind::List),
    ("additional_insured", Kind::Flag),
    ("waiver_of_subrogation", Kind::Flag),
    ("primary_noncontributory", Kind::Flag),
    ("project", Kind::Gist),
    ("change_kinds", Kind::List),
    ("effective_date", Kind::Day),
    ("vins", Kind::List),
    ("vehicles", Kind::List),
    ("drivers", Kind::Drivers),
    ("location_address", Kind::Address),
    ("lienholder", Kind::Party),
    ("limits", Kind::Numbers),
    ("expiration_date", Kind::Day),
    ("renewal_exception", Kind::Choice),
    ("date_of_loss", Kind::Day),
    ("claim_number", Kind::Words),
    ("loss_description", Kind::Gist),
    ("amounts", Kind::Numbers),
    ("invoice_number", Kind::Words),
];

/// How a field is compared: as the table has it; an agency's own field by the shape of its value.
pub(in crate::cli) fn kind_of(name: &str, value: &Value) -> Kind {
    if let Some((_, kind)) = FIELDS.iter().find(|(n, _)| *n == name) {
        return *kind;
    }
    match value {
        Value::Bool(_) => Kind::Flag,
        Value::Number(_) => Kind::Numbers,
        Value::Object(_) => Kind::Party,
        Value::Array(list) if list.iter().all(Value::is_number) && !list.is_empty() => Kind::Numbers,
        Value::Array(_) => Kind::List,
        Value::String(_) | Value::Null => Kind::Words,
    }
}

type Fields = Map<String, Value>;

/// Each field of one message: what was found of it. A value that is wrong counts once as found and not there, and once
/// as there and not found.
pub(super) fn fields(gold: &Fields, found: &Fields) -> Vec<(String, Count)> {
    let known = FIELDS.iter().map(|(name, _)| *name);
    let own: BTreeSet<&str> = gold.keys().chain(found.keys()).map(String::as_str).collect();
    let own = own.into_iter().filter(|name| !FIELDS.iter().any(|(n, _)| n == name));
    let mut out = Vec::new();
    for name in known.chain(own) {
        let (g, f) = (value(gold, name), value(found, name));
        let shape = if g.is_null() { f } else { g };
        match kind_of(name, shape) {
            Kind::Words => out.push((name.to_owned(), scalar(g, f, |a, b| fold(a) == fold(b)))),
            Kind::Phone => out.push((name.to_owned(), scalar(g, f, |a, b| phone(a) == phone(b)))),
            Kind::Day | Kind::Choice => out.push((name.to_owned(), scalar(g, f, |a, b| a == b))),
            Kind::Flag => out.push((name.to_owned(), flag(g, f))),
            Kind::Gist => out.push((name.to_owned(), scalar(g, f, |a, b| in_common(a, b) >= 0.5))),
            Kind::Address => out.push((name.to_owned(), scalar(g, f, |a, b| in_common(a, b) >= 0.8))),
            Kind::List => out.push((name.to_owned(), set(list(g).iter().map(fold), list(f).iter().map(fold)))),
            Kind::Numbers => out.push((name.to_owned(), set(numbers(g), numbers(f)))),
            Kind::Party => {
                let part = |of: &Value, key: &str| of.get(key).cloned().unwrap_or_default();
                let (gn, fnd) = (part(g, "name"), part(f, "name"));
                out.push((format!("{name}.name"), scalar(&gn, &fnd, |a, b| fold(a) == fold(b))));
                let (ga, fa) = (part(g, "address"), part(f, "address"));
                out.push((format!("{name}.address"), scalar(&ga, &fa, |a, b| in_common(a, b) >= 0.8)));
            }
            Kind::Drivers => {
                for key in ["name", "dob", "license"] {
                    let (g, f) = (parts(g, key), parts(f, key));
                    let all = if key == "dob" { set(texts(&g), texts(&f)) } else { set(folds(&g), folds(&f)) };
                    out.push((format!("{name}.{key}"), all));
                }
            }
        }
    }
    out
}

static NOTHING: Value = Value::Null;

fn value<'v>(of: &'v Fields, name: &str) -> &'v Value {
    of.get(name).unwrap_or(&NOTHING)
}

fn texts(values: &[Value]) -> impl Iterator<Item = String> {
    values.iter().map(text)
}

fn folds(values: &[Value]) -> impl Iterator<Item = String> {
    values.iter().map(fold)
}

/// The `key` of each driver that has one.
fn parts(drivers: &Value, key: &str) -> Vec<Value> {
    list(drivers).iter().filter_map(|d| d.get(key)).filter(|v| !is_empty(v)).cloned().collect()
}

fn is_empty(v: &Value) -> bool {
    match v {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        Value::Number(_) => false,
    }
}

fn scalar(gold: &Value, found: &Value, same: impl Fn(&Value, &Value) -> bool) -> Count {
    match (is_empty(gold), is_empty(found)) {
        (true, true) => Count::default(),
        (true, false) => Count { wrong: 1, ..Count::default() },
        (false, true) => Count { missed: 1, ..Count::default() },
        (false, false) if same(gold, found) => Count { right: 1, ..Count::default() },
        (false, false) => Count { wrong: 1, missed: 1, right: 0 },
    }
}

fn flag(gold: &Value, found: &Value) -> Count {
    scalar(&Value::Bool(*gold == Value::Bool(true)), &Value::Bool(*found == Value::Bool(true)), |_, _| true)
}

/// Two sets: what both hold, what only was found, what only is there.
pub(super) fn set(gold: impl Iterator<Item = String>, found: impl Iterator<Item = String>) -> Count {
    let gold: BTreeSet<String> = gold.filter(|s| !s.is_empty()).collect();
    let found: BTreeSet<String> = found.filter(|s| !s.is_empty()).collect();
    let right = gold.intersection(&found).count();
    Count { right, wrong: found.len() - right, missed: gold.len() - right }
}

/// A list, a single value as a list of one, nothing as an empty list.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.clone(),
        v if is_empty(v) => Vec::new(),
        v => vec![v.clone()],
    }
}

/// The values as numbers to the cent, as text that compares.
fn numbers(value: &Value) -> impl Iterator<Item = String> {
    list(value).into_iter().map(|v| {
        let number = match &v {
            Value::Number(n) => n.as_f64(),
            Value::String(s) => s.replace([',', '$'], "").trim().parse().ok(),
            _ => None,
        };
        number.map_or_else(|| text(&v), |n| format!("{n:.2}"))
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Case and accents folded away.
fn bare(value: &Value) -> String {
    let text = text(value);
    text.nfkd()
        .filter(|c| canonical_combining_class(*c) == 0)
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace('ß', "ss")
}

/// Letters and digits only, case and accents folded away.
fn fold(value: &Value) -> String {
    bare(value).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn phone(value: &Value) -> String {
    let digits = fold(value);
    match digits.strip_prefix('1') {
        Some(rest) if digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit()) => rest.to_owned(),
        _ => digits,
    }
}

/// How much of the words of both they have in common (Jaccard), 0 to 1.
fn in_common(a: &Value, b: &Value) -> f64 {
    let words = |v: &Value| -> BTreeSet<String> {
        bare(v).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let all = a.union(&b).count();
    if all == 0 {
        return 1.0;
    }
    super::count::Share { right: a.intersection(&b).count(), of: all }.share().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(name: &str, gold: Value, found: Value) -> Vec<(usize, usize, usize)> {
        let object = |v: Value| if v.is_null() { Map::new() } else { Map::from_iter([(name.to_owned(), v)]) };
        let all = fields(&object(gold), &object(found));
        all.iter()
            .filter(|(n, _)| n == name || n.starts_with(&format!("{name}.")))
            .map(|(_, c)| (c.right, c.wrong, c.missed))
            .collect()
    }

    #[test]
    fn names_compare_on_letters_and_digits_and_accents_do_not_count() {
        assert_eq!(of("insured_name", json!("Café Ibáñez, L.L.C."), json!("cafe ibanez llc")), [(1, 0, 0)]);
        assert_eq!(of("insured_name", json!("A"), json!("B")), [(0, 1, 1)]);
        assert_eq!(of("insured_name", json!("A"), Value::Null), [(0, 0, 1)]);
        assert_eq!(of("contact_phone", json!("+1 (312) 555-0188"), json!("312.555.0188")), [(1, 0, 0)]);
    }

    #[test]
    fn lists_are_sets_and_numbers_are_numbers() {
        assert_eq!(of("policy_numbers", json!(["A-1", "B 2"]), json!(["b2", "C3"])), [(1, 1, 1)]);
        assert_eq!(of("amounts", json!([133.5, 10]), json!(["$133.50", 11])), [(1, 1, 1)]);
    }

    #[test]
    fn a_holders_name_and_address_are_scored_apart_and_most_of_the_address_is_enough() {
        let gold = json!({"name": "Lakeside Mall, LLC", "address": "200 Shore Dr, Suite 4, Evanston, IL 60201"});
        let near = json!({"name": "Lakeside Mall LLC", "address": "200 Shore Dr Suite 4 Evanston IL"});
        assert_eq!(of("certificate_holder", gold.clone(), near), [(1, 0, 0), (1, 0, 0)]);
        let far = json!({"name": "Lakeside Mall", "address": "200 Shore Dr"});
        assert_eq!(of("certificate_holder", gold.clone(), far), [(0, 1, 1), (0, 1, 1)]);
        assert_eq!(of("certificate_holder", gold, json!({"name": "Lakeside Mall LLC"})), [(1, 0, 0), (0, 0, 1)]);
    }

    #[test]
    fn a_flag_that_is_false_is_not_there() {
        assert_eq!(of("additional_insured", json!(false), Value::Null), [(0, 0, 0)]);
        assert_eq!(of("additional_insured", json!(true), json!(true)), [(1, 0, 0)]);
    }

    #[test]
    fn drivers_are_scored_in_parts_and_an_agencys_own_field_by_its_shape() {
        let gold = json!([{"name": "Ann Lee", "dob": "1990-04-17"}, {"name": "Bo Lee"}]);
        let found = json!([{"name": "ANN LEE", "dob": "1990-04-18"}]);
        assert_eq!(of("drivers", gold, found), [(1, 0, 1), (0, 1, 1), (0, 0, 0)]);
        assert_eq!(of("bond_amount", json!(25000), json!(25000.0)), [(1, 0, 0)]);
        assert_eq!(of("obligee", json!("City of Elgin"), json!("city of elgin")), [(1, 0, 0)]);
    }
}
