//! What one page needs of a message, whether or not its signs show there.

use super::{
    super::{complex::Case, condition::Fact, extract::Asked, page::Page, rank::request, sign::Tally},
    Circumstances, Found, Opened, Rulebook,
};
use crate::domain::{id::RequestType, reading::Request};
use crate::message::Message;

/// Who says that a message is of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// The rules, by its words.
    Rules,
    /// A person, whatever its words: what its page lacks does not hang on how it was put.
    Person,
}

impl Rulebook {
    /// The request of this type, with what is missing for it and how much experience it needs; without points and
    /// evidence, for nobody asked whether its signs show. `None` where there is no such page.
    #[must_use]
    pub fn needs(
        &self,
        request_type: &RequestType,
        said_by: SaidBy,
        message: &Message,
        circumstances: &Circumstances<'_>,
    ) -> Option<Request> {
        let page = self.pages.iter().find(|p| p.id == *request_type)?;
        let Opened { folded, hits, mut facts, channel, sender } = self.open(message, circumstances);
        facts.set(Fact::Chosen, said_by == SaidBy::Person);
        let asked = Asked { types: &[request_type.as_str()], sender, channel };
        let fields = self.fields(message, circumstances, &asked);
        let case = Case::new(&folded, &fields, &asked, &self.extractors);
        let judged = |page: &Page, leans| self.judge.finds_complex(&case, page.id.as_str(), leans);
        Some(request(page, Tally::default(), &Found { hits: &hits, fields: &fields, facts }, &folded, judged))
    }
}
