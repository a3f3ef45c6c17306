//! What one page needs of a message, whether or not its signs show there.

use super::{
    super::{condition::Fact, extract::Asked, manner::facts_of, rank::request, sign::Tally},
    Circumstances, Folded, Found, Rulebook,
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
        let folded = Folded::of(message);
        let hits = self.lexicon.scan(&folded);
        let mut facts = facts_of(message, circumstances);
        // Both add to the facts what pages may ask for.
        let channel = self.sources.channel(&hits, &mut facts, &folded);
        let sender = self.sources.sender(&hits, &mut facts, &folded);
        facts.set(Fact::Chosen, said_by == SaidBy::Person);
        let asked = Asked { types: &[request_type.as_str()], sender, channel };
        let fields = self.fields(message, circumstances, &asked);
        Some(request(page, Tally::default(), &Found { hits: &hits, fields: &fields, facts }, &folded))
    }
}
