//! `[[person]]`, `[duty]` and `[modes]`: who works here, who takes what nobody owns, how far the daemon goes for whom.

use super::{
    MODES, absence,
    agency::{self, address},
    choice,
    tree::*,
};
use crate::desk::Shift;
use crate::domain::{id::*, nearest::nearest, person::*, text::*};
use std::collections::BTreeMap;

/// The roles by name.
const ROLES: [(&str, Role); 6] = [
    ("csr", Role::Csr),
    ("account_manager", Role::AccountManager),
    ("senior_underwriter", Role::SeniorUnderwriter),
    ("producer", Role::Producer),
    ("operations_manager", Role::OperationsManager),
    ("owner", Role::Owner),
];

/// A role as the configuration names it.
pub(super) fn role_name(role: Role) -> &'static str {
    ROLES.iter().find(|(_, r)| *r == role).map_or("", |(name, _)| name)
}

/// Everybody who was read; mistaken ones are left out of `people`, but their ids still count as known.
#[derive(Default)]
pub(super) struct Staff {
    pub people: Vec<Person>,
    pub unix_users: BTreeMap<String, PersonId>,
    pub(super) ids: Vec<String>,
    /// Who stands in for whom, as written; checked once everybody is known.
    pub(super) stand_ins: Vec<(PersonId, At<String>)>,
}

const KEYS: [&str; 12] = [
    "id",
    "name",
    "address",
    "phone",
    "roles",
    "mode",
    "unix_user",
    "stand_in",
    "daily_limit",
    "hours",
    "out",
    "leaves",
];

/// Reads every `[[person]]`.
pub(super) fn read(whole: &Section<'_, '_>, inbox: Option<&Address>) -> Staff {
    let source = whole.source();
    let mut staff = Staff::default();
    let mut roles_given: Vec<Role> = Vec::new();
    let sections = whole.tables("person", "id");
    for section in &sections {
        section.only(&KEYS);
        let id = section.needed("id", "\"ana\"").and_then(|at| id(section, &at, &mut staff.ids));
        let name = section.needed("name", "\"Ana Ruiz\"");
        let address = section.needed("address", "\"ana@harborpoint.example\"").and_then(|at| address(section, &at));
        if let Some(at) = &address {
            if Some(&at.value) == inbox {
                let mend = "give the person's own address, or every notice comes back as new mail";
                source.wrong(at, "this is the shared inbox itself", mend);
            } else if let Some(other) = staff.people.iter().find(|p| p.address == at.value) {
                let mend = "give each person an address of their own: it is how the daemon knows who writes";
                source.wrong(at, format!("{} is also the address of “{}”", at.value, other.id), mend);
            }
        }
        let phone = section.text("phone").map(|at| at.value);
        let roles = roles(section);
        roles_given.extend(roles.iter().flatten());
        let mode = section.text("mode").map(|at| choice(section, &at, &MODES));
        let unix_user = section.text("unix_user");
        let stand_ins = section.texts("stand_in").unwrap_or_default();
        let daily_limit = section.number("daily_limit", 1, 1000).and_then(|at| u32::try_from(at.value).ok());
        let hours = agency::week_of(section, &format!("{} hours", section.title()), "this person never works");
        let out = absence::days_out(section);
        let leaves = section.text("leaves").and_then(|at| absence::day(section, &at));
        let (Some(id), Some(name), Some(address), Some(roles)) = (id, name, address, roles) else { continue };
        if let Some(user) = unix_user
            && let Some(other) = staff.unix_users.insert(user.value.clone(), id.clone())
        {
            source.wrong(
                &user,
                format!("“{}” is already the user of “{other}”", user.value),
                "give each person one user",
            );
        }
        let name = HeaderText::new(&name.value);
        staff.stand_ins.extend(stand_ins.into_iter().map(|at| (id.clone(), at)));
        staff.people.push(Person {
            phone,
            mode: mode.flatten(),
            daily_limit,
            hours,
            out,
            leaves,
            ..Person::new(id, name, address.value, roles)
        });
    }
    absence::stand_ins(source, &mut staff);
    if sections.is_empty() {
        if !whole.has("person") {
            source.mistake_anywhere("there is no [[person]]", "add one for everybody who works on requests");
        }
        return staff;
    }
    for (role, why) in [
        (Role::OperationsManager, "hears first when something slips"),
        (Role::Owner, "hears last, and of hazards at once"),
    ] {
        if !roles_given.contains(&role) {
            let name = role_name(role);
            let mend = format!("give somebody roles = [\"{name}\"]; one person may have several roles");
            source.mistake_anywhere(format!("nobody is {name}, who {why}"), mend);
        }
    }
    staff
}

fn id(section: &Section<'_, '_>, at: &At<String>, ids: &mut Vec<String>) -> Option<PersonId> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_' || c == '.';
    if !at.value.chars().all(good) {
        let mend = "use small letters, digits, -, _ and . only, such as \"ana\"";
        section.source().wrong(at, format!("“{}” cannot be an id", at.value), mend);
        ids.push(at.value.clone());
        return None;
    }
    if ids.contains(&at.value) {
        let mend = "give everybody an id of their own";
        section.source().wrong(at, format!("“{}” is the id of somebody else too", at.value), mend);
        return None;
    }
    ids.push(at.value.clone());
    Some(PersonId(at.value.clone()))
}

fn roles(section: &Section<'_, '_>) -> Option<Vec<Role>> {
    if !section.present("roles", "[\"csr\"]") {
        return None;
    }
    let given = section.texts("roles")?;
    let mut out = Vec::new();
    let mut good = true;
    for at in &given {
        match choice(section, at, &ROLES) {
            Some(role) if out.contains(&role) => {
                section.source().wrong(at, format!("“{}” is there twice", at.value), "take one out");
            }
            Some(role) => out.push(role),
            None => good = false,
        }
    }
    if given.is_empty() {
        let mend = "write at least one, such as roles = [\"csr\"]";
        section.source().mistake(
            section.offset_of("roles"),
            format!("{} roles: the list is empty", section.title()),
            mend,
        );
        return None;
    }
    good.then_some(out)
}

/// Who is on duty.
pub(super) struct Duty {
    pub(super) people: Vec<PersonId>,
    pub(super) rota: Vec<Shift>,
    /// The line on which the rota begins.
    pub(super) rota_line: Option<usize>,
}

/// Reads `[duty]`.
pub(super) fn duty(whole: &Section<'_, '_>, staff: &Staff) -> Option<Duty> {
    let source = whole.source();
    let Some(section) = whole.table("duty", "[duty]") else {
        if !whole.has("duty") {
            let mend = "add [duty] and below it people = [\"ana\"]: who takes what belongs to nobody";
            source.mistake_anywhere("[duty] is missing", mend);
        }
        return None;
    };
    section.only(&["people", "rota"]);
    if !section.present("people", "[\"ana\", \"ben\"]") {
        return None;
    }
    let given = section.texts("people")?;
    if given.is_empty() {
        let mend = "name at least one person: what belongs to nobody would stay with nobody";
        source.mistake(section.offset_of("people"), "[duty] people: the list is empty", mend);
        return None;
    }
    let people = known_people(source, &given, staff);
    let (rota, rota_line) = absence::rota(&section, staff);
    Some(Duty { people, rota, rota_line })
}

/// The people of a list, each known and there once.
pub(super) fn known_people(source: &Source<'_>, given: &[At<String>], staff: &Staff) -> Vec<PersonId> {
    let mut out: Vec<PersonId> = Vec::new();
    for at in given {
        let id = PersonId(at.value.clone());
        if !staff.knows(source, at) {
            continue;
        }
        if out.contains(&id) {
            source.wrong(at, format!("“{}” is there twice", at.value), "take one out");
        } else {
            out.push(id);
        }
    }
    out
}

impl Staff {
    /// Whether there is such a person; reported if not.
    pub(super) fn knows(&self, source: &Source<'_>, at: &At<String>) -> bool {
        if self.ids.contains(&at.value) {
            return true;
        }
        let mend = match nearest(&at.value, self.ids.iter().map(String::as_str)) {
            Some(close) => format!("did you mean “{close}”?"),
            None => "name a [[person]] by its id".to_owned(),
        };
        source.wrong(at, format!("there is no [[person]] with the id “{}”", at.value), mend);
        false
    }
}

/// Reads `[modes]`; whether the pages exist is seen when there are pages.
pub(super) fn modes(whole: &Section<'_, '_>) -> BTreeMap<RequestType, At<Mode>> {
    let Some(section) = whole.table("modes", "[modes]") else { return BTreeMap::new() };
    let mut out = BTreeMap::new();
    for (page, at) in section.named_texts() {
        if let Some(mode) = choice(&section, &at, &MODES) {
            out.insert(RequestType(page), at.with(mode));
        }
    }
    out
}
