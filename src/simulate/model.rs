//! What a simulation takes for granted: how much mail comes, how long work takes, how soon others answer.
//!
//! A file that an agency can write; `usual.toml` is the one that comes with the program.

use crate::domain::id::RequestType;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The assumptions. All times are averages.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// How often each kind of mail comes, by page.
    pub mix: BTreeMap<RequestType, f64>,
    /// How much mail comes, and from whom.
    pub mail: Mail,
    /// How long work takes.
    pub work: Work,
    /// How soon others answer.
    pub others: Others,
    /// What clients do besides.
    pub habits: Habits,
}

/// How much mail comes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// New messages on an average business day.
    pub a_day: f64,
    /// How busy each day of the week is, Monday first.
    pub weekdays: [f64; 7],
    /// How busy each hour is, from midnight on.
    pub hours: [f64; 24],
    /// Clients in the book.
    pub accounts: usize,
    /// Carriers.
    pub carriers: usize,
}

/// How long work takes, in minutes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The part of office time in which people work on tasks.
    pub share: f64,
    /// To say what a message is.
    pub sort: f64,
    /// To write a question.
    pub ask: f64,
    /// Factor of a complex task.
    pub complex: f64,
    /// For a type that is not named.
    pub usual: f64,
    /// By type.
    #[serde(default)]
    pub minutes: BTreeMap<RequestType, f64>,
}

/// How soon others answer, in office hours.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Others {
    /// Clients.
    pub client: f64,
    /// Carriers.
    pub carrier: f64,
    /// Anybody else.
    pub third_party: f64,
}

/// What clients do besides, as parts of 1.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// Say thanks.
    pub thanks: f64,
    /// Find something wrong.
    pub wrong: f64,
    /// Ask how it stands once it is late.
    pub chase: f64,
}

impl Model {
    /// The one that comes with the program.
    ///
    /// # Errors
    /// Never, as a test proves.
    pub fn usual() -> Result<Self, String> {
        Self::read(super::USUAL)
    }

    /// Reads a model.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str) -> Result<Self, String> {
        let model: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        let above_zero = [
            ("mail.a_day", model.mail.a_day),
            ("work.share", model.work.share),
            ("others.client", model.others.client),
            ("others.carrier", model.others.carrier),
            ("others.third_party", model.others.third_party),
        ];
        if let Some((key, value)) = above_zero.iter().find(|(_, v)| !(*v > 0.0 && v.is_finite())) {
            return Err(format!("{key} = {value} has to be above zero"));
        }
        if model.work.share > 1.0 {
            return Err(format!("work.share = {} is a part of 1, such as 0.75", model.work.share));
        }
        if model.mail.a_day > 20_000.0 || model.mail.accounts > 100_000 || model.mail.carriers > 1_000 {
            return Err("mail: at most 20,000 messages a day, 100,000 accounts and 1,000 carriers".to_owned());
        }
        let minutes = [model.work.sort, model.work.ask, model.work.complex, model.work.usual];
        let all = minutes.iter().chain(model.work.minutes.values()).chain(model.mix.values());
        let all = all.chain(&model.mail.weekdays).chain(&model.mail.hours);
        let habits = [model.habits.thanks, model.habits.wrong, model.habits.chase];
        if all.chain(&habits).any(|v| !(*v >= 0.0 && v.is_finite())) {
            return Err("no number may be below zero".to_owned());
        }
        if model.mail.hours.iter().sum::<f64>() <= 0.0 || model.mail.weekdays.iter().sum::<f64>() <= 0.0 {
            return Err("mail: at least one hour and one day must have mail".to_owned());
        }
        Ok(model)
    }

    /// Minutes for one simple task.
    #[must_use]
    pub fn minutes(&self, request_type: Option<&RequestType>) -> f64 {
        request_type.and_then(|t| self.work.minutes.get(t)).copied().unwrap_or(self.work.usual)
    }

    /// How often a page's mail comes, beside others.
    #[must_use]
    pub fn weight(&self, page: &RequestType) -> f64 {
        self.mix.get(page).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_that_comes_with_the_program_is_sound_and_names_pages_that_are_there() {
        let model = Model::usual().unwrap();
        let book = crate::reading::Rulebook::built_in();
        let pages: Vec<_> = book.pages().map(|p| p.id.clone()).collect();
        for named in model.mix.keys().chain(model.work.minutes.keys()) {
            assert!(pages.contains(named), "{named}");
        }
    }
    #[test]
    fn what_cannot_be_is_refused_in_a_sentence() {
        let usual = crate::simulate::USUAL;
        for (from, to, says) in [
            ("a_day = 50", "a_day = 0", "mail.a_day"),
            ("share = 0.75", "share = 75", "part of 1"),
            ("sort = 3", "sort = -3", "below zero"),
            ("thanks = ", "tanks = ", "tanks"),
        ] {
            let why = Model::read(&usual.replacen(from, to, 1)).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }
}
