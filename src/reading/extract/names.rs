//! What names of people and firms look like.

use crate::domain::text::WordSet;
use std::sync::LazyLock;

/// Titles before a person's name, which are no part of it.
const TITLES: &[&str] = &["dr", "mr", "mrs", "ms", "miss", "prof", "rev", "sr", "sra"];

/// Words that open or close a letter, or name a trade or a department: never a person.
static NOT_PEOPLE: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "she he they i'll i'd i'm i’m we're effective mon tue wed thu fri sat dob hired renters attachments attachment peace blessings god category topic user none yes ticket details comments remarks priority not questions cards collision servicing nails ins and/or accounting accounts add adjuster administrator afternoon agency agent all analyst and android any april are \
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
     were west what when where who why with workers yes you your"
        .split_whitespace()
        .collect()
});

/// Endings that make a name a firm's.
static FIRM_WORDS: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "academy acoustics agency alterations antiques apartments apothecary arboretum architects arena arts \
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
     works workshop yarns yoga"
        .split_whitespace()
        .collect()
});

/// Small words inside a firm's or a person's name.
const JOINERS: &[&str] = &[
    "of", "and", "the", "for", "de", "la", "del", "el", "los", "las", "van", "von", "der", "da", "dba", "d/b/a", "at",
    "a", "its", "y", "&", "/",
];

/// What institutions are called by that write about an insured and are none: insurers, lenders, lawyers, brokers.
static INSTITUTIONS: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "adjusters agency assurance attorneys bank broker brokerage brokers casualty claims credit escrow finance \
     financial indemnity insurance law legal lending loan loans mortgage mutual premium savings servicing \
     specialty surety title underwriters underwriting wholesale"
        .split_whitespace()
        .collect()
});

/// Whether words name an institution of that kind.
pub fn is_institution(words: &str) -> bool {
    words.split(|c: char| !c.is_alphanumeric()).any(|w| INSTITUTIONS.contains(w.to_lowercase().as_str()))
}

/// What a person is at work; a line of only these is a title.
static TITLE_WORDS: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "practice parish transportation logistics pastor principal provost closer \
     escrow intake permits permit event events chef head lead team \
     chairman chairwoman chair warden sexton rector chaplain trustee executor recovery ap ar \
     account advisor auditor captain chief collateral consultant deputy estimates foreman inspector mgr rep reps servicing superintendent technician treasurer account accountant accounting accounts adjuster admin administrator agent analyst assistant associate asst \
     attorney bookkeeper broker buyer ceo cfo clerk compliance contracts controller coo coordinator counsel \
     customer department dept director dispatch dispatcher engineer estimator executive facilities finance fleet \
     foreman founder hr leases leasing manager office officer operations owner paralegal partner payable \
     president principal processor procurement producer project receivable representative risk safety secretary \
     senior specialist superintendent supervisor underwriter vice vp"
        .split_whitespace()
        .collect()
});

/// What departments and lines of business are called, in titles.
static DEPARTMENT_WORDS: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "public entity education community field habitational facility facilities rentals residential program programs member relations development renewal reception hr payroll lead commercial personal lines property claims loan escrow middle market general business closing \
     subcontract regional district human resources underwriting school growth insurance billing services \
     support sales marketing"
        .split_whitespace()
        .collect()
});

/// Capitalised words that end a name rather than go on with it.
static NOT_IN_NAMES: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "policy loan claim please we they has is will who effective certificate project job attn re fein dob \
     vin thanks thank acct account isaoa/atima. renewal i our your my he she it i'm i’m i've we're they're it's it’s date so if but because would can could and/or asking at"
        .split_whitespace()
        .collect()
});

/// Whether a capitalised word ends a name rather than goes on with it.
pub fn ends_name(word: &str) -> bool {
    NOT_IN_NAMES.contains(word)
}

/// A word without the punctuation around it, in lower case.
pub fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a word begins with a capital (or is an initial).
pub fn is_capitalised(word: &str) -> bool {
    word.trim_start_matches(['(', '"', '“', '\'', '‘']).chars().next().is_some_and(char::is_uppercase)
}

/// Whether a word joins the parts of a name.
pub fn is_joiner(word: &str) -> bool {
    JOINERS.contains(&word.trim_matches(',').to_lowercase().as_str())
}

/// Whether words end or hold what firms are called by.
pub fn is_firm(words: &str) -> bool {
    words.contains('&')
        || words.split_whitespace().any(|w| {
            let b = bare(w);
            FIRM_WORDS.contains(b.as_str()) || (b.contains('.') && FIRM_WORDS.contains(b.replace('.', "").as_str()))
        })
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
        let b = bare(w);
        if b.is_empty() || matches!(b.as_str(), "of" | "and" | "the" | "for" | "ii" | "iii" | "i") {
            continue;
        }
        if !TITLE_WORDS.contains(b.as_str()) && !DEPARTMENT_WORDS.contains(b.as_str()) {
            return false;
        }
        any = true;
    }
    any
}

/// Words that only a department's or a machine's name has.
static DEPARTMENTS: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    "audit billing collateral collision compliance desk dispatch docs estimates notices notifications payments \
     processing questions receivable safety servicing support underwriting"
        .split_whitespace()
        .collect()
});

/// Whether words are what a department or a machine is called: “Collateral Servicing”, “Direct Bill Notices”.
pub fn is_department(words: &str) -> bool {
    words.split_whitespace().any(|w| DEPARTMENTS.contains(bare(w).as_str()))
}

/// Whether these words are a person's name: two to five capitalised words, or a single one where `short` allows it.
pub fn is_person(words: &str, short: bool) -> bool {
    let tokens: Vec<&str> = words.split_whitespace().collect();
    if tokens.is_empty()
        || tokens.len() > 5
        || words.len() > 48
        || words.chars().any(|c| c.is_ascii_digit() || ":/@!?#$%*|=()".contains(c))
    {
        return false;
    }
    let mut named = 0;
    for (i, t) in tokens.iter().enumerate() {
        let b = bare(t);
        if i > 0 && matches!(*t, "and" | "&" | "de" | "la" | "van" | "von" | "der" | "del" | "y") {
            continue;
        }
        if i == 0 && TITLES.contains(&b.as_str()) {
            continue;
        }
        if !is_capitalised(t) || NOT_PEOPLE.contains(b.as_str()) || (t.ends_with(',') && i + 1 < tokens.len()) {
            return false;
        }
        if !t.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-' | ',')) {
            return false;
        }
        let letters = b.chars().filter(|c| c.is_alphabetic()).count();
        if letters > 1 && !(t.ends_with('.') && i + 1 == tokens.len() && letters > 3) {
            named += 1;
        }
    }
    let initialled = tokens.len() == 2 && named == 1;
    named >= 2 || initialled || (short && named == 1 && tokens.len() == 1 && bare(words).chars().count() > 2)
}

/// Bytes of a title (“Dr. ”) at the beginning of a name.
pub fn title_len(name: &str) -> usize {
    let Some((first, rest)) = name.split_once(' ') else { return 0 };
    if TITLES.contains(&bare(first).as_str()) && (first.ends_with('.') || first.len() > 2) {
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
