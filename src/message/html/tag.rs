//! HTML → tokens: text, opening tags with the few attributes that matter, closing tags. Total and linear.

/// What a tag does to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A block that starts and ends a line: div, section, center …
    Block,
    /// A paragraph: a blank line around it.
    Paragraph,
    /// A heading: a blank line around it.
    Heading,
    /// A line break.
    Break,
    /// A rule across the page.
    Rule,
    /// A table.
    Table,
    /// A row.
    Row,
    /// A cell.
    Cell,
    /// A list; true where it counts.
    List(bool),
    /// A list's item.
    Item,
    /// A quotation.
    Quote,
    /// Text as it stands.
    Pre,
    /// Script, style, title: no text at all.
    Raw,
    /// span, font, b, a …: no line of its own.
    Inline,
}

/// An opening tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// What it does.
    pub kind: Kind,
    /// Its attributes, unparsed.
    pub attributes: &'a str,
    /// `<br/>`.
    pub closed: bool,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities.
    Text(&'a str),
    /// An opening tag.
    Open(Tag<'a>),
    /// A closing tag.
    Close(Kind),
}

/// Reads tokens off a page.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// No `-->` follows any more: looked for once, not once a comment.
    no_comment_end: bool,
    /// A quoted attribute ran to the end of the page once: quotes are not minded any more.
    broken_quotes: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Scanner { rest: html, no_comment_end: false, broken_quotes: false }
    }

    /// Takes `n` bytes off the rest.
    fn take(&mut self, n: usize) -> &'a str {
        let (head, tail) = self.rest.split_at_checked(n).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    /// The next token; `None` at the end.
    pub(super) fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.take(end)));
            };
            match tag.as_bytes().first() {
                Some(b'!') if tag.starts_with("!--") => self.skip_comment(),
                Some(b'!' | b'?') => self.skip_to_gt(),
                Some(b'/') => {
                    let name = name_of(tag.get(1..).unwrap_or_default());
                    let kind = kind(name);
                    self.skip_to_gt();
                    if !name.is_empty() {
                        return Some(Token::Close(kind));
                    }
                }
                Some(c) if c.is_ascii_alphabetic() => return Some(Token::Open(self.open(tag))),
                // “x < y” is text.
                _ => return Some(Token::Text(self.take(1))),
            }
        }
    }

    fn open(&mut self, tag: &'a str) -> Tag<'a> {
        let name = name_of(tag);
        let inner = tag.get(name.len()..).unwrap_or_default();
        let end = self.end_of_tag(inner);
        let attributes = inner.get(..end).unwrap_or(inner);
        self.take(1 + name.len() + end + 1);
        let trimmed = attributes.trim_ascii_end();
        Tag { name, kind: kind(name), attributes, closed: trimmed.ends_with('/') }
    }

    /// Where the `>` of this tag is, minding quotes; the end of the page where there is none.
    fn end_of_tag(&mut self, inner: &str) -> usize {
        let bytes = inner.as_bytes();
        if !self.broken_quotes {
            let mut quote = 0_u8;
            let mut last = b' ';
            for (i, b) in bytes.iter().enumerate() {
                match *b {
                    b'>' if quote == 0 => return i,
                    // A quote opens a value only after its `=`: `alt=don't` has none.
                    b'"' | b'\'' if quote == 0 && last == b'=' => quote = *b,
                    b if quote != 0 && b == quote => quote = 0,
                    _ => {}
                }
                if !b.is_ascii_whitespace() {
                    last = *b;
                }
            }
            self.broken_quotes = true;
        }
        bytes.iter().position(|b| *b == b'>').unwrap_or(bytes.len())
    }

    fn skip_comment(&mut self) {
        if !self.no_comment_end {
            if let Some(end) = self.rest.get(4..).and_then(|r| r.find("-->")) {
                self.take(4 + end + 3);
                return;
            }
            self.no_comment_end = true;
        }
        self.skip_to_gt();
    }

    fn skip_to_gt(&mut self) {
        let end = self.rest.find('>').map_or(self.rest.len(), |n| n + 1);
        self.take(end);
    }

    /// Skips to the closing tag of a script, style or title; what is never closed hides the rest, as in a browser.
    pub(super) fn skip_raw(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        while let Some(next) = bytes.get(at..).and_then(|b| b.iter().position(|c| *c == b'<')) {
            at += next;
            let closes = bytes.get(at + 1) == Some(&b'/')
                && bytes.get(at + 2..at + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            if closes {
                self.take(at);
                self.skip_to_gt();
                return;
            }
            at += 1;
        }
        self.rest = "";
    }
}

fn name_of(tag: &str) -> &str {
    let end = tag.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b':' || b == b'-')).unwrap_or(tag.len());
    tag.get(..end).unwrap_or_default()
}

fn kind(name: &str) -> Kind {
    let mut lower = [0_u8; 12];
    let Some(slot) = lower.get_mut(..name.len()) else { return Kind::Inline };
    slot.copy_from_slice(name.as_bytes());
    slot.make_ascii_lowercase();
    match &*slot {
        b"p" => Kind::Paragraph,
        b"br" => Kind::Break,
        b"hr" => Kind::Rule,
        b"div" | b"section" | b"article" | b"header" | b"footer" | b"center" | b"address" | b"form" | b"fieldset"
        | b"main" | b"nav" | b"aside" | b"dl" | b"dt" | b"dd" | b"figure" | b"body" | b"html" | b"head"
        | b"caption" | b"legend" | b"option" => Kind::Block,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Kind::Heading,
        b"table" => Kind::Table,
        b"tr" => Kind::Row,
        b"td" | b"th" => Kind::Cell,
        b"ul" | b"menu" => Kind::List(false),
        b"ol" => Kind::List(true),
        b"li" => Kind::Item,
        b"blockquote" => Kind::Quote,
        b"pre" | b"textarea" => Kind::Pre,
        b"script" | b"style" | b"title" | b"template" | b"svg" | b"xml" => Kind::Raw,
        _ => Kind::Inline,
    }
}

impl Tag<'_> {
    /// The value of an attribute, still with its entities.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let bytes = self.attributes.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let rest = self.attributes.get(at..)?;
            let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            at += rest.len() - trimmed.len();
            let end = trimmed.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(trimmed.len());
            let key = trimmed.get(..end)?;
            let after = trimmed.get(end..)?.trim_ascii_start();
            let Some(value) = after.strip_prefix('=') else {
                if key.eq_ignore_ascii_case(name) {
                    return Some("");
                }
                at += end.max(1);
                continue;
            };
            let value = value.trim_ascii_start();
            let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'');
            let (content, used) = match quote {
                Some(q) => {
                    let inner = value.get(1..)?;
                    let close = inner.find(q).unwrap_or(inner.len());
                    (inner.get(..close)?, (close + 2).min(value.len()))
                }
                None => {
                    let close = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
                    (value.get(..close)?, close)
                }
            };
            if key.eq_ignore_ascii_case(name) {
                return Some(content);
            }
            at = self.attributes.len() - value.len() + used;
        }
        None
    }
}
