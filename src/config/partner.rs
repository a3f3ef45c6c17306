//! `[[partner]]`: external licensed teams, and which work may go to them.

use super::{agency::address, choice, tree::*};
use crate::desk::{Partner, When};
use crate::domain::{id::RequestType, text::HeaderText};

const WHEN: [(&str, When); 2] = [("always", When::Always), ("overflow", When::Overflow)];

/// Reads every `[[partner]]`.
pub(super) fn read(whole: &Section<'_, '_>) -> Vec<Partner> {
    let mut all: Vec<Partner> = Vec::new();
    for section in &whole.tables("partner", "id") {
        section.only(&["id", "name", "address", "types", "facts", "when"]);
        let id = section.needed("id", "\"night_desk\"");
        let name = section.needed("name", "\"Covering Service Team\"");
        let address = section.needed("address", "\"intake@partner.example\"").and_then(|at| address(section, &at));
        let types = listed(section, "types", "[\"a_page\"]", "name the pages whose work may go there; no other does");
        let facts = listed(section, "facts", "[\"insured_name\"]", "name the facts without which nothing goes there");
        let when = match section.text("when") {
            None => Some(When::Always),
            Some(at) => choice(section, &at, &WHEN),
        };
        if let Some(at) = id.as_ref().filter(|at| all.iter().any(|p| p.id == at.value)) {
            section.source().wrong(at, format!("“{}” is the id of another partner too", at.value), "give each its own");
        }
        if let (Some(id), Some(name), Some(address), Some(when)) = (id, name, address, when) {
            all.push(Partner {
                id: id.value,
                name: HeaderText::new(&name.value),
                address: address.value,
                types: types.into_iter().map(RequestType).collect(),
                facts,
                when,
            });
        }
    }
    all
}

/// A list that must be there and must not be empty.
fn listed(section: &Section<'_, '_>, key: &str, example: &str, mend: &str) -> Vec<String> {
    if !section.present(key, example) {
        return Vec::new();
    }
    let given = section.texts(key).unwrap_or_default();
    if given.is_empty() {
        let what = format!("{} {key}: the list is empty", section.title());
        section.source().mistake(section.offset_of(key), what, mend);
    }
    given.into_iter().map(|at| at.value).collect()
}
