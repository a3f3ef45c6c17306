//! Character references: the ones that mail programs write.

/// The longest name looked for, `&` and `;` not counted.
const NAME_MAX: usize = 10;

/// Reads a reference at the start of `text` (which begins with `&`): the character and the bytes it took.
pub(super) fn read(text: &str) -> Option<(char, usize)> {
    let inner = text.get(1..)?;
    if let Some(number) = inner.strip_prefix('#') {
        return numeric(number).map(|(c, n)| (c, n + 2));
    }
    let end =
        inner.bytes().take(NAME_MAX).position(|b| !b.is_ascii_alphanumeric()).unwrap_or(inner.len().min(NAME_MAX));
    let c = named(inner.get(..end)?)?;
    let semicolon = usize::from(inner.as_bytes().get(end) == Some(&b';'));
    // Without its semicolon only the old ones count, so that `a&copying` stays what it is.
    if semicolon == 0 && !matches!(inner.get(..end)?, "nbsp" | "amp" | "lt" | "gt" | "quot") {
        return None;
    }
    Some((c, 1 + end + semicolon))
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, skipped) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 1),
        None => (number, 10, 0),
    };
    let end = digits.bytes().take(8).position(|b| !char::from(b).is_digit(radix)).unwrap_or(digits.len().min(8));
    let code = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
    let semicolon = usize::from(digits.as_bytes().get(end) == Some(&b';'));
    // Old programs number the windows-1252 characters by their byte (HTML 13.2.5.80 says to read them so).
    let c = match code {
        0x80..=0x9F => crate::message::charset::lenient(&[u8::try_from(code).ok()?]).chars().next()?,
        _ => char::from_u32(code)?,
    };
    Some((c, skipped + end + semicolon))
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "ensp" | "emsp" | "thinsp" => ' ',
        "shy" => '\u{AD}',
        "zwnj" => '\u{200C}',
        "zwj" => '\u{200D}',
        "lrm" => '\u{200E}',
        "rlm" => '\u{200F}',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "lsaquo" => '‹',
        "rsaquo" => '›',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "deg" => '°',
        "sect" => '§',
        "para" => '¶',
        "frac12" => '½',
        "frac14" => '¼',
        "frac34" => '¾',
        "times" => '×',
        "divide" => '÷',
        "plusmn" => '±',
        "cent" => '¢',
        "pound" => '£',
        "euro" => '€',
        "yen" => '¥',
        "ordf" => 'ª',
        "ordm" => 'º',
        "sup2" => '²',
        "sup3" => '³',
        "iexcl" => '¡',
        "iquest" => '¿',
        "larr" => '←',
        "rarr" => '→',
        "uarr" => '↑',
        "darr" => '↓',
        "rarrw" => '→',
        "check" => '✓',
        "ne" => '≠',
        "le" => '≤',
        "ge" => '≥',
        "aacute" => 'á',
        "agrave" => 'à',
        "acirc" => 'â',
        "atilde" => 'ã',
        "auml" => 'ä',
        "aring" => 'å',
        "aelig" => 'æ',
        "ccedil" => 'ç',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "euml" => 'ë',
        "iacute" => 'í',
        "igrave" => 'ì',
        "icirc" => 'î',
        "iuml" => 'ï',
        "ntilde" => 'ñ',
        "oacute" => 'ó',
        "ograve" => 'ò',
        "ocirc" => 'ô',
        "otilde" => 'õ',
        "ouml" => 'ö',
        "oslash" => 'ø',
        "uacute" => 'ú',
        "ugrave" => 'ù',
        "ucirc" => 'û',
        "uuml" => 'ü',
        "yacute" => 'ý',
        "szlig" => 'ß',
        "Aacute" => 'Á',
        "Agrave" => 'À',
        "Acirc" => 'Â',
        "Atilde" => 'Ã',
        "Auml" => 'Ä',
        "Aring" => 'Å',
        "Ccedil" => 'Ç',
        "Eacute" => 'É',
        "Egrave" => 'È',
        "Ecirc" => 'Ê',
        "Iacute" => 'Í',
        "Ntilde" => 'Ñ',
        "Oacute" => 'Ó',
        "Ouml" => 'Ö',
        "Oslash" => 'Ø',
        "Uacute" => 'Ú',
        "Uuml" => 'Ü',
        _ => return None,
    })
}
