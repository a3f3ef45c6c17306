//! Words with which a date can begin, or to which one can be related, in English and Spanish.

/// A word with which a date can begin or to which it can be related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// A month, 1 to 12.
    Month(u32),
    /// A weekday, 0 is Monday.
    Weekday(u32),
    /// Days from today.
    Day(i64),
    /// The end of the working day: today where no other day follows.
    EndOfDay,
    /// “end of”, “month end”, “this month” …: the period's last day.
    EndOf(Period),
    /// “within”, “in” before a number of days.
    Within,
    /// “gave us” before a number of days.
    Given,
    /// “ago” after a number of days.
    Ago,
    /// “before”, “ahead” after a number of days or a weekday.
    Before,
    /// “after” after a number of days.
    After,
    /// “un día antes”: so many days before a day that was told.
    Earlier(i64),
    /// “from this notice” after a number of days.
    Hence,
    /// A holiday that nobody dates.
    Feast(Feast),
    /// A day of the month in words, 1 to 31.
    Ordinal(u32),
    /// No date: a word that makes a sum of the number words before it, “hundred”, “dollars”.
    Sum,
}

/// A stretch of time that has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Friday of this week.
    Week,
    /// Friday of next week.
    NextWeek,
    /// The month.
    Month,
    /// The month after.
    NextMonth,
    /// The year.
    Year,
}

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feast {
    /// On a day of a month.
    On(u32, u32),
    /// On the first to fourth or else the last weekday (0 is Monday) of a month.
    Weekday(u8, u32, u32),
}

/// Every such word, and what it means.
pub(super) fn seed_words() -> Vec<(&'static str, Seed)> {
    let mut out = Vec::new();
    let months: [&[&str]; 12] = [
        &["january", "jan", "enero"],
        &["february", "feb", "febrero"],
        &["march", "mar", "marzo"],
        &["april", "apr", "abril"],
        &["may", "mayo"],
        &["june", "jun", "junio"],
        &["july", "jul", "julio"],
        &["august", "aug", "agosto"],
        &["september", "sept", "sep", "septiembre"],
        &["october", "oct", "octubre"],
        &["november", "nov", "noviembre"],
        &["december", "dec", "diciembre"],
    ];
    for (n, words) in (1..).zip(months) {
        out.extend(words.iter().map(|w| (*w, Seed::Month(n))));
    }
    let days: [&[&str]; 7] = [
        &["monday", "mon", "lunes"],
        &["tuesday", "tues", "tue", "martes"],
        &["wednesday", "weds", "wed", "miercoles", "miércoles"],
        &["thursday", "thurs", "thur", "thu", "jueves"],
        &["friday", "fri", "viernes"],
        &["saturday", "sat", "sabado", "sábado"],
        &["sunday", "sun", "domingo"],
    ];
    for (n, words) in (0..).zip(days) {
        out.extend(words.iter().map(|w| (*w, Seed::Weekday(n))));
    }
    for (words, days) in [
        (&["starting now", "effective immediately", "immediately", "starting right now", "desde hoy"][..], 0),
        // Said of somebody who waits: whatever it is for, it is wanted at once.
        (
            &[
                "right now",
                "before you go home",
                "before you leave for the day",
                "before you head out",
                "before you close up",
                "here now",
                "rn",
                "next hour",
                "within the hour",
                "as we speak",
                "we close at",
                "sitting here",
                "sitting in",
                "sitting at",
                "sitting across",
                "sitting outside",
                "standing here",
                "standing in",
                "standing at",
                "stuck at",
                "at our counter",
                "in our office",
                "in the lobby",
                "waiting here",
                "on the clock",
                "ahorita",
                "ahora mismo",
            ][..],
            0,
        ),
        (&["today", "tonight", "this morning", "this afternoon", "this evening", "tonite", "hoy"][..], 0),
        (&["tomorrow", "tmrw", "tmw", "tomorow", "tommorow", "tommorrow", "mañana"][..], 1),
        (&["day after tomorrow", "pasado mañana", "pasado manana"][..], 2),
        (&["yesterday", "last night", "last nite", "ayer", "anoche"][..], -1),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::Day(days))));
    }
    out.extend(
        ["eod", "cob", "close of business", "end of day", "end of the day", "end of today", "end of business", "eob"]
            .map(|w| (w, Seed::EndOfDay)),
    );
    for (words, period) in [
        (&["end of the week", "end of this week", "end of week", "eow", "this week"][..], Period::Week),
        (&["end of next week", "next week"][..], Period::NextWeek),
        (
            &[
                "end of the month",
                "end of month",
                "end of this month",
                "month end",
                "eom",
                "this month",
                "month is out",
                "month is over",
                "fin de mes",
            ][..],
            Period::Month,
        ),
        (&["end of next month"][..], Period::NextMonth),
        (
            &[
                "end of the year",
                "end of year",
                "year end",
                "year-end",
                "eoy",
                "year is out",
                "year is over",
                "year's end",
                "fin de año",
            ][..],
            Period::Year,
        ),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::EndOf(period))));
    }
    out.extend([("within", Seed::Within), ("in", Seed::Given)]);
    // “They gave us ten days to show it.”
    out.extend(
        [
            ["gave me", "gave us", "gave you", "gave him", "gave her", "gave them", "gave em"],
            ["gives me", "gives us", "gives you", "gives him", "gives her", "gives them", "gives em"],
            ["giving me", "giving us", "giving you", "giving him", "giving her", "giving them", "giving em"],
        ]
        .into_iter()
        .flatten()
        .map(|w| (w, Seed::Given)),
    );
    out.push(("ago", Seed::Ago));
    out.extend(["before", "ahead", "prior", "beforehand", "in advance"].map(|w| (w, Seed::Before)));
    out.push(("after", Seed::After));
    for (words, days) in [
        (&["un día antes", "un dia antes", "el día antes", "el dia antes", "el día anterior"][..], 1),
        (&["dos días antes", "dos dias antes"][..], 2),
        (&["tres días antes", "tres dias antes"][..], 3),
        (&["una semana antes"][..], 7),
        (&["dos semanas antes"][..], 14),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::Earlier(days))));
    }
    out.extend(
        [
            "from this letter",
            "from this notice",
            "from this message",
            "from this email",
            "from this date",
            "from the date of this",
            "from receipt",
            "from today's date",
            "from the above date",
            "from the date above",
            "of today's date",
            "of today",
            "of this date",
            "of the date above",
            "of the above date",
            "of this letter",
            "of this notice",
            "of this message",
            "of this email",
            "of the date of this",
            "of receipt",
        ]
        .map(|w| (w, Seed::Hence)),
    );
    for (words, feast) in [
        (&["new year's day", "new years day"][..], Feast::On(1, 1)),
        (&["valentine's day", "valentines day", "valentine's", "valentines"][..], Feast::On(2, 14)),
        (&["st. patrick's day", "st patrick's day"][..], Feast::On(3, 17)),
        (&["memorial day"][..], Feast::Weekday(5, 0, 5)),
        (&["independence day", "fourth of july", "the fourth of july"][..], Feast::On(7, 4)),
        (&["labor day"][..], Feast::Weekday(1, 0, 9)),
        (&["halloween"][..], Feast::On(10, 31)),
        (&["veterans day"][..], Feast::On(11, 11)),
        (&["thanksgiving", "thanksgiving day"][..], Feast::Weekday(4, 3, 11)),
        (&["christmas eve", "nochebuena"][..], Feast::On(12, 24)),
        (&["christmas", "xmas", "navidad"][..], Feast::On(12, 25)),
        (&["new year's eve", "new years eve"][..], Feast::On(12, 31)),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::Feast(feast))));
    }
    out.extend(
        ["hundred", "thousand", "grand", "million", "dollars", "bucks", "millón", "millon", "millones", "mil"]
            .map(|w| (w, Seed::Sum)),
    );
    let ordinals = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "twenty first",
        "twenty second",
        "twenty third",
        "twenty fourth",
        "twenty fifth",
        "twenty sixth",
        "twenty seventh",
        "twenty eighth",
        "twenty ninth",
        "thirtieth",
        "thirty first",
    ];
    out.extend((1..).zip(ordinals).map(|(n, w)| (w, Seed::Ordinal(n))));
    out
}
