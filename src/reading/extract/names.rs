//! What names of people and firms look like.

use crate::domain::text::WordMap;
use std::sync::LazyLock;

/// Titles before a person's name, which are no part of it.
const TITLES: &str = "dr mr mrs ms miss prof rev sr sra";

/// Words that open or close a letter, or name a trade or a department: never a person.
const NOT_PEOPLE: &str = "born well also after his her she he they i'll i'd i'm i’m we're effective mon tue wed thu fri sat dob hired renters attachments attachment peace blessings god category topic user none yes ticket details comments remarks priority not questions cards collision servicing nails ins and/or accounting accounts add adjuster administrator afternoon agency agent all analyst and android any april are \
     assistant atentamente attached august auto avenue bank best billing box broker call can cell certificate \
     change cheers church city claim claims client co commercial company compensation compliance confidentiality \
     contracts coordinator cordially corp could county date dear december delete department dept direct director \
     drive driver drivers east email executive fax february for forwarded friday from fw fwd general get good \
     gracias group had has have hello hi holder home how inc insurance insured invoice ios is it january july \
     june let liability lines listen llc loan mailbox main management manager many message mobile monday morning \
     mortgage much named need new no north note notice november number october office ok okay old operations our \
     outlook owner personal phone please policy president processing processor procurement producer property \
     purchasing re regards remove reply representative respectfully risk road rush saludos saturday school sent \
     september service services settings sincerely sincerest sorry south specialist state status street subject \
     submitted suite sunday talk team thank thanks that the they this thursday to town transcript transcription \
     tuesday umbrella underwriter underwriting urgent vehicle via village vin voice want warmly was we wednesday \
     were west what when where who why with workers yes you your";

/// Endings that make a name a firm's.
const FIRM_WORDS: &str = "academy acoustics agency alterations antiques apartments apothecary arboretum architects arena arts \
     asphalt assn assoc associates association atelier athletics auto automotive aviation bakery bank bar \
     barbecue barbers bbq bikes bistro blinds boats bookkeeping books boutique bowl brewery brewing bricks bros \
     brothers builders butchers cabinetry cabinets cafe candy carpentry carpet carpets cartage catering center \
     centre chapel chemicals childcare chiropractic church cider cleaning climbing clinic club co coffee \
     collective commons company concrete condominium construction consulting contracting contractors \
     cooperative corp corporation costumes courier couriers crafts creamery creations creative credit cycles \
     dairy data daycare decking deli demolition dental dentistry design designs detailing diner distributing \
     distributors district diving dojo drilling drywall ductwork eatery electric electrical elevator energy \
     engineering enterprises entertainment equipment erectors events excavating excavation exteriors \
     exterminating eyecare fab fabrication fabricators facade farm farms fellowship fence fencing financial \
     finishing fireplace fisheries fitness flooring floors florals florist florists foods forestry foundation \
     framing freight fulfillment furniture gallery garage gardens gifts glass glazing gourmet graphics \
     greenhouse greenhouses grill grocery grooming grounds group guild gutter gutters gym hardware haulers \
     hauling headstart heating hoa hobby holdings homes hospitality hotel housekeeping hvac imaging imports \
     impressions inc incorporated industries inn instruments insulation insurance interiors interpreting \
     investments iron ironworks irrigation janitorial jewelers jewelry joinery karate kennel kennels kitchen \
     kitchens knitting kombucha labs landscaping laundromat laundry lawn league leasing lending library limo \
     limousine liquors llc llp locksmith lofts logistics lounge lp ltd lumber lutheran machine management manor \
     manufacturing marine market martial masonry meats mechanical media medical metals milling millwork \
     millworks ministries ministry molding montessori monuments mortgage motel motors movers moving museum \
     music nails nursery optical orchards orthodontics orthopedics outfitters outreach packaging painting \
     pantry paper parish partners partnership party paving pc pediatric pediatrics pest pharmacy pilates pizza \
     pizzeria plantation plaster plastering plastics plating playhouse plc pllc plumbing pools pottery \
     preschool press printers printing productions properties property prosthetics pub pumping quarry racing \
     ranch ranching realty recycling refining refrigeration rehab remodelers remodeling renovations rental \
     rentals resort restaurant restoration rigging roasters roofing rooter salon salvage sanitation savings sc \
     scaffold scaffolding school seafood sealcoat sealcoating security seed seeds septic service services sewer \
     sheetmetal shop shuttle siding signage signs smokehouse society software solar solutions sons spa spas \
     stables staffing staging stationers steel stone storage store stucco studio studios supply surveying \
     surveyors systems tailors tanning taphouse taproom tattoo tavern taxi technologies technology telecom tent \
     tents terrazzo theater theatre therapy tile tire tires tool tools towing toys traders trailers trails \
     translations transmission transport transportation tree trees trucking trucks trust tuckpointing union \
     university upholstery utilities vending ventures vet veterinary vineyard vineyards vintage warehouse \
     waterproofing weavers weddings welding wellness wholesale windows winery woodwork woodworking woodworks \
     works workshop yarns yoga";

/// Small words inside a firm's or a person's name.
const JOINERS: &str = "of and the for de la del el los las van von der da dba d/b/a at a its y & /";

/// What institutions are called by that write about an insured and are none: insurers, lenders, lawyers, brokers.
const INSTITUTIONS: &str = "adjusters agency assurance attorneys bank broker brokerage brokers casualty claims credit escrow finance \
     financial indemnity insurance law legal lending loan loans mortgage mutual premium savings servicing \
     specialty surety title underwriters underwriting wholesale";

/// Whether words name an institution of that kind.
pub fn is_institution(words: &str) -> bool {
    words.split(|c: char| !c.is_alphanumeric()).any(|w| known(w).is(Known::INSTITUTION))
}

/// What a person is at work; a line of only these is a title.
const TITLE_WORDS: &str = "practice parish transportation logistics pastor principal provost closer \
     escrow intake permits permit event events chef head lead team \
     chairman chairwoman chair warden sexton rector chaplain trustee executor recovery ap ar \
     account advisor auditor captain chief collateral consultant deputy estimates foreman inspector mgr rep reps servicing superintendent technician treasurer account accountant accounting accounts adjuster admin administrator agent analyst assistant associate asst \
     attorney bookkeeper broker buyer ceo cfo clerk compliance contracts controller coo coordinator counsel \
     customer department dept director dispatch dispatcher engineer estimator executive facilities finance fleet \
     foreman founder hr leases leasing manager office officer operations owner paralegal partner payable \
     president principal processor procurement producer project receivable representative risk safety secretary \
     senior specialist superintendent supervisor underwriter vice vp";

/// What departments and lines of business are called, in titles.
const DEPARTMENT_WORDS: &str = "public entity education community field habitational facility facilities rentals residential program programs member relations development renewal reception hr payroll lead commercial personal lines property claims loan escrow middle market general business closing \
     subcontract regional district human resources underwriting school growth insurance billing services \
     support sales marketing";

/// Capitalised words that end a name rather than go on with it.
const NOT_IN_NAMES: &str = "policy loan claim please we they has is will who effective certificate project job attn re fein dob \
     vin thanks thank acct account isaoa/atima. renewal i our your my he she it i'm i’m i've we're they're it's it’s date so if but because would can could and/or asking at";

/// Words that titles hold beside those of a trade.
const TITLE_JOINERS: &str = "of and the for ii iii i";

/// In which of the lists above a word stands, as a set of bits: a word is looked up once, whatever is asked of it.
#[derive(Debug, Clone, Copy, Default)]
struct Known(u16);

impl Known {
    const TITLE: Self = Self(1);
    const NO_PERSON: Self = Self(1 << 1);
    const FIRM: Self = Self(1 << 2);
    const JOINER: Self = Self(1 << 3);
    const INSTITUTION: Self = Self(1 << 4);
    const AT_WORK: Self = Self(1 << 5);
    const IN_TITLES: Self = Self(1 << 6);
    const ENDS_NAME: Self = Self(1 << 7);
    const DEPARTMENT: Self = Self(1 << 8);

    fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Longest word of the lists, in bytes, and some more.
const WORD_MAX: usize = 24;

/// In which lists a word stands, whether it is written small or not.
fn known(word: &str) -> Known {
    static KNOWN: LazyLock<WordMap<&[u8], Known>> = LazyLock::new(|| {
        let mut known: WordMap<&[u8], Known> = WordMap::default();
        for (words, list) in [
            (TITLES, Known::TITLE),
            (NOT_PEOPLE, Known::NO_PERSON),
            (FIRM_WORDS, Known::FIRM),
            (JOINERS, Known::JOINER),
            (INSTITUTIONS, Known::INSTITUTION),
            (TITLE_WORDS, Known::AT_WORK),
            (DEPARTMENT_WORDS, Known::AT_WORK),
            (TITLE_JOINERS, Known::IN_TITLES),
            (NOT_IN_NAMES, Known::ENDS_NAME),
            (DEPARTMENTS, Known::DEPARTMENT),
        ] {
            words.split_whitespace().for_each(|w| known.entry(w.as_bytes()).or_default().0 |= list.0);
        }
        known
    });
    let look_up = |word: &[u8]| KNOWN.get(word).copied().unwrap_or_default();
    if !word.is_ascii() {
        return look_up(word.to_lowercase().as_bytes());
    }
    let mut small = [0; WORD_MAX];
    let Some(small) = small.get_mut(..word.len()) else { return Known::default() };
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    look_up(small)
}

/// Whether a capitalised word ends a name rather than goes on with it.
pub fn ends_name(word: &str) -> bool {
    known(core(word)).is(Known::ENDS_NAME)
}

/// A word without the punctuation around it.
fn core(word: &str) -> &str {
    match word.as_bytes() {
        // Most have none.
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => word,
        _ => word.trim_matches(|c: char| !c.is_alphanumeric()),
    }
}

/// Where words that begin with a blank first stand in a name: “ and ”, “ at ”.
pub fn joint(name: &str, words: &str) -> Option<usize> {
    let stands = |at: &usize| name.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(words.as_bytes()));
    memchr::memchr_iter(b' ', name.as_bytes()).find(stands)
}

/// Whether a word is this one, which is written small and has no accents.
pub fn is(word: &str, this: &str) -> bool {
    core(word).eq_ignore_ascii_case(this)
}

/// A word without the punctuation around it, in lower case.
pub fn bare(word: &str) -> String {
    let core = core(word);
    if core.is_ascii() { core.to_ascii_lowercase() } else { core.to_lowercase() }
}

/// Whether a word begins with a capital (or is an initial).
pub fn is_capitalised(word: &str) -> bool {
    word.trim_start_matches(['(', '"', '“', '\'', '‘']).chars().next().is_some_and(char::is_uppercase)
}

/// Whether a word joins the parts of a name.
pub fn is_joiner(word: &str) -> bool {
    known(word.trim_matches(',')).is(Known::JOINER)
}

/// Whether words end or hold what firms are called by.
pub fn is_firm(words: &str) -> bool {
    words.contains('&')
        || words.split_whitespace().any(|w| {
            let w = core(w);
            known(w).is(Known::FIRM) || (w.contains('.') && known(&w.replace('.', "")).is(Known::FIRM))
        })
}

/// Words of firms' names that are cut short, and so end in a full stop of their own.
const CUT_SHORT: [&str; 18] = [
    "inc", "co", "cos", "corp", "ltd", "bros", "assoc", "assn", "mfg", "intl", "const", "constr", "svc", "svcs", "ent",
    "mgmt", "dist", "dept",
];

/// Whether a full stop behind this word belongs to a firm's name: “Inc.” and “L.L.C.”, but not “LLC” at a sentence's end.
fn keeps_its_stop(word: &str) -> bool {
    word.contains('.') || CUT_SHORT.contains(&bare(word).as_str())
}

/// A firm's name without the full stop of the sentence that it ends.
pub fn without_the_sentences_stop(name: &str) -> &str {
    let Some(rest) = name.strip_suffix('.') else { return name };
    let last = rest.rsplit(' ').next().unwrap_or("");
    if is_firm(last) && !keeps_its_stop(last) { rest } else { name }
}

/// Whether what a word names goes by numbers: “School District 12”, “Lodge 88”.
pub fn is_numbered(word: &str) -> bool {
    matches!(
        word,
        "district"
            | "dist"
            | "ccsd"
            | "cusd"
            | "isd"
            | "usd"
            | "sd"
            | "local"
            | "post"
            | "lodge"
            | "chapter"
            | "council"
            | "troop"
            | "pack"
            | "station"
            | "ward"
            | "no"
    )
}

/// Whether words are only a title or department.
pub fn is_title(words: &str) -> bool {
    let mut any = false;
    for w in words.split_whitespace() {
        let w = core(w);
        let known = known(w);
        if w.is_empty() || known.is(Known::IN_TITLES) {
            continue;
        }
        if !known.is(Known::AT_WORK) {
            return false;
        }
        any = true;
    }
    any
}

/// Words that only a department's or a machine's name has.
const DEPARTMENTS: &str = "audit billing collateral collision compliance desk dispatch docs estimates notices notifications payments \
     processing questions receivable safety servicing support underwriting";

/// Whether words are what a department or a machine is called: “Collateral Servicing”, “Direct Bill Notices”.
pub fn is_department(words: &str) -> bool {
    words.split_whitespace().any(|w| known(core(w)).is(Known::DEPARTMENT))
}

/// Whether a byte stands in no person's name.
fn is_no_names(byte: u8) -> bool {
    matches!(
        byte,
        b'0'..=b'9' | b':' | b'/' | b'@' | b'!' | b'?' | b'#' | b'$' | b'%' | b'*' | b'|' | b'=' | b'(' | b')'
    )
}

/// Whether these words are a person's name: two to five capitalised words, or a single one where `short` allows it.
pub fn is_person(words: &str, short: bool) -> bool {
    if words.len() > 48 || words.bytes().any(is_no_names) {
        return false;
    }
    let (mut count, mut named) = (0, 0);
    let mut tokens = words.split_whitespace().peekable();
    while let Some(t) = tokens.next() {
        let (first, last) = (count == 0, tokens.peek().is_none());
        count += 1;
        if count > 5 {
            return false;
        }
        if !first && matches!(t, "and" | "&" | "de" | "la" | "van" | "von" | "der" | "del" | "y") {
            continue;
        }
        let word = core(t);
        let known = known(word);
        if first && known.is(Known::TITLE) {
            continue;
        }
        if !is_capitalised(t) || known.is(Known::NO_PERSON) || (t.ends_with(',') && !last) {
            return false;
        }
        if !t.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-' | ',')) {
            return false;
        }
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if letters > 1 && !(t.ends_with('.') && last && letters > 3) {
            named += 1;
        }
    }
    let initialled = count == 2 && named == 1;
    named >= 2 || initialled || (short && named == 1 && count == 1 && core(words).chars().count() > 2)
}

/// Bytes of a title (“Dr. ”) at the beginning of a name.
pub fn title_len(name: &str) -> usize {
    let Some((first, rest)) = name.split_once(' ') else { return 0 };
    if known(core(first)).is(Known::TITLE) && (first.ends_with('.') || first.len() > 2) {
        name.len() - rest.trim_start().len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_firms_titles_and_greetings() {
        for name in ["Tony Marchetti", "Pete V.", "Mary-Jo O’Neil", "Ana de la Cruz", "Dr. Neha Kulkarni", "LINDA PARK"]
        {
            assert!(is_person(name, false), "{name}");
        }
        for other in
            ["Thanks", "Best Regards", "Property Manager", "Acme Roofing LLC,", "PO Box 118", "see attached", "Marcus"]
        {
            assert!(!is_person(other, false), "{other}");
        }
        assert!(is_person("Marcus", true) && !is_person("Hello", true));
        assert!(is_firm("Marchetti Trucking") && is_firm("Voss Drywall & Acoustics") && !is_firm("Tony Marchetti"));
        assert!(is_title("Asst. Project Manager") && is_title("Loan Processor II") && !is_title("Meridian Movers LLC"));
        assert_eq!(title_len("Mrs. Colleen Ahearn"), 5);
    }
}
