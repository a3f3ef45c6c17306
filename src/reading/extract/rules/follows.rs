//! `follows`: a value that nobody wrote and that another field tells: a lender named with a new truck is put on with it.
//!
//! Reads and checks the key, and says what follows. Knows no field by name.

use super::{FieldRule, Reader};
use crate::domain::field::{Field, FieldValue};
use toml::de::{DeTable, DeValue};

/// How sure it is: less than what is written, more than a guess.
const CONFIDENCE: u8 = 66;

/// `follows = [{ value = "…", field = "…", beside = ["…"], without = ["…"] }]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follows {
    /// The value that follows.
    pub value: String,
    /// The field that has to be found for it.
    field: String,
    /// One of these values has to be there too, where any are named.
    beside: Vec<String>,
    /// None of these values may be there; no value at all where the list is empty.
    without: Option<Vec<String>>,
    /// Its line in the file.
    line: usize,
}

impl Follows {
    /// Whether it follows only where nothing else is said: every voice is heard before it.
    pub fn only_alone(&self) -> bool {
        self.without.as_ref().is_some_and(Vec::is_empty)
    }

    /// The value of the field `name`, with the words of the field that tells it, unless it is there already.
    pub fn from(&self, name: &str, found: &[Field]) -> Option<Field> {
        let has = |value: &String| found.iter().any(|f| f.name == name && f.value.shown() == *value);
        if has(&self.value) || !(self.beside.is_empty() || self.beside.iter().any(has)) {
            return None;
        }
        let refused = self
            .without
            .as_ref()
            .is_some_and(|values| values.iter().any(has) || values.is_empty() && found.iter().any(|f| f.name == name));
        if refused {
            return None;
        }
        let told_by = found.iter().find(|f| f.name == self.field)?;
        Some(Field {
            name: name.to_owned(),
            value: FieldValue::Text(self.value.clone()),
            confidence: CONFIDENCE,
            ..told_by.clone()
        })
    }
}

impl Reader<'_> {
    /// Reads the key. Its values are checked by `check_values` when the whole field was read, its field by
    /// `check_fields` when the whole file was.
    pub(super) fn follows(&mut self, rule: &mut FieldRule, value: &DeValue<'_>, line: usize) {
        let Some(list) = value.as_array() else { return self.no_follows(line, "“follows” is a list of tables") };
        for one in list.iter() {
            let line = self.line(one.span());
            match one.get_ref().as_table() {
                Some(table) => rule.follows.extend(self.one_follows(table, line)),
                None => self.no_follows(line, "“follows” holds something that is not a table"),
            }
        }
    }

    fn one_follows(&mut self, table: &DeTable<'_>, line: usize) -> Option<Follows> {
        let mut follows =
            Follows { value: String::new(), field: String::new(), beside: Vec::new(), without: None, line };
        for (key, value) in table {
            let at = self.line(key.span());
            match (key.get_ref().as_ref(), value.get_ref().as_str()) {
                ("value", Some(text)) => text.clone_into(&mut follows.value),
                ("field", Some(text)) => text.clone_into(&mut follows.field),
                ("beside", _) => {
                    let values = self.strings(value.get_ref(), "beside", at);
                    follows.beside = values.into_iter().map(|p| p.text).collect();
                }
                ("without", _) => {
                    let values = self.strings(value.get_ref(), "without", at);
                    follows.without = Some(values.into_iter().map(|p| p.text).collect());
                }
                ("value" | "field", None) => {}
                (other, _) => self.no_follows(at, &format!("“{other}” means nothing in “follows”")),
            }
        }
        if follows.value.is_empty() || follows.field.is_empty() {
            self.no_follows(line, "“follows” needs a value and the field that tells it");
            return None;
        }
        Some(follows)
    }

    fn no_follows(&mut self, line: usize, what: &str) {
        let mend =
            "Write follows = [{ value = \"a value of this field\", field = \"another field\", beside = [\"…\"] }].";
        self.mistake(Some(line), what.to_owned(), mend);
    }

    /// Reports values that the field does not have.
    pub(super) fn check_values(&mut self, rule: &FieldRule) {
        let known = rule.known_values();
        for follows in &rule.follows {
            for value in std::iter::once(&follows.value).chain(&follows.beside).chain(follows.without.iter().flatten())
            {
                if !known.contains(&value.as_str()) {
                    let what = format!("“follows” of “{}” names “{value}”, which is no value of it", rule.name);
                    self.mistake(Some(follows.line), what, &format!("Its values are {}.", known.join(", ")));
                }
            }
        }
    }

    /// Reports fields that the file does not have, and a field that would follow from itself.
    pub(super) fn check_fields(&mut self) {
        let known = self.names.clone();
        let all = self.rules.fields.iter().flat_map(|f| f.follows.iter().map(|one| (f.name.clone(), one.clone())));
        for (name, follows) in all.collect::<Vec<_>>() {
            if follows.field == name || !known.contains(&follows.field) {
                let what = format!("“follows” of “{name}” names “{}”, which is no other field", follows.field);
                let others = known.iter().filter(|k| **k != name).map(String::as_str).collect::<Vec<_>>();
                self.mistake(Some(follows.line), what, &format!("Fields that exist: {}.", others.join(", ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use crate::reading::RuleFile;
    use crate::reading::extract::Extractors;
    use crate::reading::extract::extract_tests::{asking, asking_by, note};
    use serde_json::json;

    /// A file of two fields, the first with this `follows` on line 5.
    fn file(follows: &str) -> RuleFile {
        let text = format!(
            "[[field]]\nname = \"kinds\"\nlabel = {{ en = \"kinds\" }}\nextractor = \"vocabulary\"\n{follows}\n\
             [field.values]\nCAR = ['car']\nHOUSE = ['house']\n\"LIEN+CAR\" = ['lease']\nLIEN = ['lien']\n\"-\" = ['toy']\n\n\
             [[field]]\nname = \"lender\"\nlabel = {{ en = \"lender\" }}\nextractor = \"party\"\nlabels = [\"lender\"]\n"
        );
        RuleFile { name: "fields.toml".into(), text }
    }

    /// What is said of a `follows`, with its line.
    fn told(follows: &str) -> Vec<String> {
        load(&file(follows)).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_lender_is_put_on_with_the_vehicle_that_it_pays_for_and_not_without() {
        let bought = "We bought a 2021 Kia Sorento.\nLender: Alder Credit Union, PO Box 900, Madison, WI 53701.";
        let v = asking("change_kinds", bought);
        assert_eq!(v["change_kinds"], json!(["add_vehicle", "add_lienholder"]));
        assert_eq!(note(bought)["change_kinds"], json!(["add_vehicle"]), "nobody knows yet what is asked for");
        let v = asking("change_kinds", "We bought a 2021 Kia Sorento and paid cash.");
        assert_eq!(v["change_kinds"], json!(["add_vehicle"]));
    }

    #[test]
    fn a_value_follows_once_and_only_beside_the_others() {
        let rules = file("follows = [{ value = \"LIEN\", field = \"lender\", beside = [\"CAR\"] }]");
        let extractors = Extractors::load(&rules).unwrap();
        let kinds = |text: &str| asking_by(&extractors, "any", text)["kinds"].clone();
        let lender = "Lender: Alder Credit Union, PO Box 900, Madison, WI 53701";
        assert_eq!(kinds(&format!("the car is here.\n{lender}")), json!(["CAR", "LIEN"]));
        assert_eq!(kinds(&format!("the car is here, with a lien.\n{lender}")), json!(["CAR", "LIEN"]));
        assert_eq!(kinds(&format!("the house is here.\n{lender}")), json!("HOUSE"));
        assert_eq!(kinds("the car is here."), json!("CAR"));
        let rules = file("follows = [{ value = \"LIEN\", field = \"lender\", without = [\"HOUSE\"] }]");
        let unless = Extractors::load(&rules).unwrap();
        assert_eq!(asking_by(&unless, "any", &format!("the car is here.\n{lender}"))["kinds"], json!(["CAR", "LIEN"]));
        assert_eq!(asking_by(&unless, "any", &format!("the house is here.\n{lender}"))["kinds"], json!("HOUSE"));
        let rules = file("follows = [{ value = \"LIEN\", field = \"lender\", without = [] }]");
        let only = Extractors::load(&rules).unwrap();
        assert_eq!(asking_by(&only, "any", &format!("the car is here.\n{lender}"))["kinds"], json!("CAR"));
        assert_eq!(asking_by(&only, "any", lender)["kinds"], json!("LIEN"));
        let alone = file("follows = [{ value = \"LIEN\", field = \"lender\" }]");
        let v = asking_by(&Extractors::load(&alone).unwrap(), "any", lender);
        assert_eq!(v["kinds"], json!("LIEN"));
    }

    #[test]
    fn what_is_wrong_in_it_is_told_with_its_line() {
        assert_eq!(told("follows = [{ value = \"CAR\", field = \"lender\" }]"), [""; 0]);
        assert_eq!(told("follows = [{ value = \"CAR\", field = \"lender\", beside = [\"HOUSE\"] }]"), [""; 0]);
        let mend =
            "Write follows = [{ value = \"a value of this field\", field = \"another field\", beside = [\"…\"] }].";
        for (follows, line, what) in [
            ("follows = 3", 5, "“follows” is a list of tables"),
            ("follows = [\n\"CAR\"]", 6, "“follows” holds something that is not a table"),
            ("follows = [{ value = \"CAR\" }]", 5, "“follows” needs a value and the field that tells it"),
            ("follows = [{ value = 3, field = \"lender\" }]", 5, "“follows” needs a value and the field that tells it"),
            (
                "follows = [\n{ value = \"CAR\", field = \"lender\", near = [\"x\"] }]",
                6,
                "“near” means nothing in “follows”",
            ),
        ] {
            assert_eq!(told(follows), [format!("fields.toml:{line}: {what}\n    {mend}")]);
        }
        for (follows, told_is) in [
            (
                "follows = [{ value = \"BOAT\", field = \"lender\" }]",
                "fields.toml:5: “follows” of “kinds” names “BOAT”, which is no value of it\n    Its values are CAR, HOUSE, LIEN.",
            ),
            (
                "follows = [{ value = \"CAR\", field = \"lender\", beside = [\"-\"] }]",
                "fields.toml:5: “follows” of “kinds” names “-”, which is no value of it\n    Its values are CAR, HOUSE, LIEN.",
            ),
            (
                "follows = [{ value = \"CAR\", field = \"bank\" }]",
                "fields.toml:5: “follows” of “kinds” names “bank”, which is no other field\n    Fields that exist: lender.",
            ),
            (
                "follows = [{ value = \"CAR\", field = \"kinds\" }]",
                "fields.toml:5: “follows” of “kinds” names “kinds”, which is no other field\n    Fields that exist: lender.",
            ),
            (
                "follows = [{ value = \"CAR\", field = \"lender\", beside = \"HOUSE\" }]",
                "fields.toml:5: “beside” is a list\n    Write beside = [\"…\", \"…\"].",
            ),
        ] {
            assert_eq!(told(follows), [told_is]);
        }
    }
}
