//! ACORD's forms: told by the title and edition that is printed on them and by the names of their fields. Their field
//! names say what they mean (`NamedInsured_FullName_A`), so that a label can be made of each. No form is kept here.

/// One form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    number: &'static str,
    title: &'static str,
    /// What only this form's fields are called; empty where nothing is.
    marks: &'static [&'static str],
}

impl Form {
    /// `ACORD 25`.
    pub(super) fn called(self) -> String {
        format!("ACORD {}", self.number)
    }
    /// `ACORD 25: Certificate of Liability Insurance`.
    pub(super) fn title(self) -> String {
        format!("ACORD {}: {}", self.number, self.title)
    }
}

const fn one(number: &'static str, title: &'static str, marks: &'static [&'static str]) -> Form {
    Form { number, title, marks }
}

/// The forms that agencies get by mail. Where two titles begin alike, the longer one stands first.
const FORMS: &[Form] = &[
    one("24", "Certificate of Property Insurance", &["CertificateOfPropertyInsurance_"]),
    one("25", "Certificate of Liability Insurance", &["CertificateOfLiabilityInsurance_", "CertificateOfInsurance_"]),
    one("28", "Evidence of Commercial Property Insurance", &["EvidenceOfCommercialProperty"]),
    one("27", "Evidence of Property Insurance", &["EvidenceOfProperty"]),
    one("30", "Certificate of Garage Insurance", &["CertificateOfGarage"]),
    one(
        "126",
        "Commercial General Liability Section",
        &["GeneralLiabilityLineOfBusiness_", "GeneralLiability_Hazard_"],
    ),
    one("127", "Business Auto Section", &["CommercialVehicleLineOfBusiness_", "BusinessAuto_"]),
    one("129", "Vehicle Schedule", &[]),
    one("163", "Commercial Auto Driver Information Schedule", &[]),
    one(
        "130",
        "Workers Compensation Application",
        &["WorkersCompensationLineOfBusiness_", "WorkersCompensation_RateClass_"],
    ),
    one("131", "Umbrella / Excess Section", &["ExcessUmbrellaLineOfBusiness_"]),
    one("140", "Property Section", &["CommercialStructure_", "CommercialPropertyLineOfBusiness_"]),
    one("125", "Commercial Insurance Application", &["CommercialPolicy_", "Policy_LineOfBusiness_"]),
    one("137", "Commercial Auto Section", &[]),
    one("35", "Cancellation Request / Policy Release", &["CancellationRequest_", "PolicyRelease_"]),
    one("36", "Agent / Broker of Record Change", &[]),
    one("37", "Statement of No Loss", &["NoLossStatement_"]),
    one("1", "Property Loss Notice", &["PropertyLossNotice_", "PropertyLoss_"]),
    one("2", "Automobile Loss Notice", &["AutomobileLossNotice_", "VehicleLoss_"]),
    one("3", "General Liability Notice of Occurrence / Claim", &["GeneralLiabilityLoss_", "LiabilityLoss_"]),
    one("4", "Workers Compensation - First Report of Injury or Illness", &["FirstReportOfInjury_", "InjuredWorker_"]),
    one("45", "Additional Interest Schedule", &[]),
    one("50", "Insurance Identification Card", &["InsuranceIdentificationCard_"]),
    one("70", "Personal Policy Change Request", &["PersonalPolicyChange_"]),
    one("71", "Personal Auto Policy Change Request", &["PersonalAutoChange_"]),
    one("175", "Commercial Policy Change Request", &["CommercialPolicyChange_", "PolicyChangeRequest_"]),
    one("75", "Insurance Binder", &["InsuranceBinder_", "Binder_"]),
    one("80", "Homeowner Application", &[]),
    one("90", "Personal Auto Application", &[]),
    one("101", "Additional Remarks Schedule", &[]),
];

/// Printed text that is looked at: the title stands at the head of the first page, the edition at its foot.
const LOOKED_AT: usize = 24 * 1024;

/// Which form this is; `None` where it is none. A contract that asks for an ACORD 25 is none: it has no edition.
pub(super) fn form<'a>(printed: &str, names: impl Iterator<Item = &'a str>) -> Option<Form> {
    let text = folded(crate::domain::text::cut(printed, LOOKED_AT));
    by_edition(&text).or_else(|| by_names(names, &text)).or_else(|| {
        // “© 1988-2015 ACORD CORPORATION” is printed on each of them.
        text.contains("acord corporation").then(|| by_title(&text)).flatten()
    })
}

/// “ACORD 25 (2016/03)”.
fn by_edition(text: &str) -> Option<Form> {
    text.match_indices("acord").find_map(|(at, word)| {
        let rest = text.get(at + word.len()..)?.trim_start_matches([' ', '®', '™']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits)?;
        let behind = rest.get(digits..)?.trim_start();
        let edition = behind.strip_prefix('(')?.bytes().take(4).filter(u8::is_ascii_digit).count() == 4;
        FORMS.iter().find(|f| edition && f.number == number).copied()
    })
}

/// Field names in ACORD's manner, and a form's own among them.
fn by_names<'a>(names: impl Iterator<Item = &'a str>, text: &str) -> Option<Form> {
    let mut marked: Option<Form> = None;
    let mut ours = 0;
    for name in names {
        let name = bare(name);
        if name.starts_with("NamedInsured_") || name.starts_with("Producer_") || name.starts_with("Form_Completion") {
            ours += 1;
        }
        if marked.is_none() {
            marked = FORMS.iter().find(|f| f.marks.iter().any(|m| name.starts_with(m))).copied();
        }
    }
    if ours == 0 { None } else { by_title(text).or(marked) }
}

fn by_title(text: &str) -> Option<Form> {
    let here = |f: &&Form| text.find(folded(f.title).as_str()).map(|at| (at, **f));
    FORMS.iter().filter_map(|f| here(&f)).min_by_key(|(at, _)| *at).map(|(_, f)| f)
}

/// Small letters, white space folded.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `F[0].P1[0].NamedInsured_FullName_A[0]` → `NamedInsured_FullName_A`.
fn bare(name: &str) -> &str {
    let last = name.rsplit('.').find(|p| !p.is_empty()).unwrap_or(name);
    last.split('[').next().unwrap_or(last)
}

/// One line of a form: a label, and its pieces with what stands before each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) label: String,
    /// Separator, name of the field, value. The first separator is not written.
    pub(super) pieces: Vec<(&'static str, &'a str, &'a str)>,
}

/// What belongs together on a line: a name and its address, a vehicle, a driver. By the end of the field's name.
const PIECES: &[(&str, &str)] = &[
    ("_FullName", ""),
    ("_MailingAddress_LineOne", ", "),
    ("_MailingAddress_LineTwo", ", "),
    ("_MailingAddress_CityName", ", "),
    ("_MailingAddress_StateOrProvinceCode", ", "),
    ("_MailingAddress_PostalCode", " "),
    ("_PhysicalAddress_LineOne", ""),
    ("_PhysicalAddress_LineTwo", ", "),
    ("_PhysicalAddress_CityName", ", "),
    ("_PhysicalAddress_StateOrProvinceCode", ", "),
    ("_PhysicalAddress_PostalCode", " "),
    ("Vehicle_ModelYear", ""),
    ("Vehicle_ManufacturersName", " "),
    ("Vehicle_ModelName", " "),
    ("Driver_GivenName", ""),
    ("Driver_Surname", " "),
    ("Driver_BirthDate", ", born "),
    ("Driver_LicenseNumberIdentifier", ", licence "),
];

/// The filled fields as lines, in the order of the form.
pub(super) fn lines(fields: &[(String, String)]) -> Vec<Line<'_>> {
    let mut lines: Vec<(String, Line<'_>)> = Vec::new();
    for (name, value) in fields {
        let (stem, copy) = split(name);
        let found = PIECES.iter().find_map(|(end, separator)| stem.strip_suffix(end).map(|of| (of, *end, *separator)));
        let (group, separator) = match found {
            Some((of, end, separator)) => {
                let what = if end.starts_with('_') {
                    if end.contains("Physical") { "place" } else { "party" }
                } else {
                    end.split('_').next().unwrap_or_default()
                };
                (format!("{of}/{what}/{copy}"), separator)
            }
            None => (String::new(), ""),
        };
        let piece = (separator, name.as_str(), value.as_str());
        match lines.iter_mut().rev().take(40).find(|(g, _)| !group.is_empty() && *g == group) {
            Some((_, line)) => line.pieces.push(piece),
            None => lines.push((group, Line { label: label(name), pieces: vec![piece] })),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// `NamedInsured_FullName_A` → its name, and the letter that counts repeated fields.
fn split(name: &str) -> (&str, &str) {
    let bare = bare(name);
    match bare.rsplit_once('_') {
        Some((stem, copy)) if copy.len() == 1 && copy.bytes().all(|b| b.is_ascii_uppercase()) => (stem, copy),
        _ => (bare, ""),
    }
}

/// A field's name without page, copy and index: `F[0].P1[0].NamedInsured_FullName_A[0]` → `NamedInsured_FullName`.
#[must_use]
pub fn stem(name: &str) -> &str {
    split(name).0
}

/// A field's label, as a person and the readers of labels know it.
pub(super) fn label(name: &str) -> String {
    let stem = stem(name);
    let known = [
        ("NamedInsured_FullName", "Named insured"),
        ("CertificateHolder_FullName", "Certificate holder"),
        ("AdditionalInterest_FullName", "Additional interest"),
        ("Vehicle_ModelYear", "Vehicle"),
        ("Driver_GivenName", "Driver"),
        ("Loss_IncidentDate", "Date of loss"),
        ("Loss_LossDescription", "Description of loss"),
    ];
    if let Some((_, label)) = known.iter().find(|(n, _)| *n == stem) {
        return (*label).to_owned();
    }
    let ends = [
        ("PolicyNumberIdentifier", "Policy number"),
        ("_EffectiveDate", "Effective date"),
        ("_ExpirationDate", "Expiration date"),
        ("VINIdentifier", "VIN"),
    ];
    if let Some((_, label)) = ends.iter().find(|(n, _)| stem.ends_with(n)) {
        return (*label).to_owned();
    }
    let mut words = String::new();
    let mut before = ' ';
    for c in stem.chars().take(120) {
        if c == '_' {
            words.push(' ');
        } else {
            if c.is_uppercase() && before.is_lowercase() {
                words.push(' ');
            }
            words.push(c);
        }
        before = c;
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "Field".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(printed: &str, names: &[&str]) -> Option<String> {
        form(printed, names.iter().copied()).map(Form::called)
    }

    #[test]
    fn a_form_is_told_by_its_edition_its_title_or_its_fields() {
        assert_eq!(called("CERTIFICATE OF LIABILITY\n INSURANCE … ACORD 25 (2016/03)", &[]).unwrap(), "ACORD 25");
        assert_eq!(called("CANCELLATION REQUEST / POLICY RELEASE\n© ACORD CORPORATION", &[]).unwrap(), "ACORD 35");
        let names = ["F[0].P1[0].Producer_FullName_A[0]", "F[0].P1[0].CertificateOfInsurance_X_A[0]"];
        assert_eq!(called("", &names).unwrap(), "ACORD 25");
        assert_eq!(called("EVIDENCE OF COMMERCIAL PROPERTY INSURANCE", &names).unwrap(), "ACORD 28");
    }
    #[test]
    fn a_contract_that_speaks_of_forms_is_none() {
        assert_eq!(called("Provide an ACORD 25 certificate of liability insurance within 10 days.", &["Name"]), None);
    }
    #[test]
    fn field_names_become_labels() {
        assert_eq!(label("F[0].P1[0].NamedInsured_FullName_A[0]"), "Named insured");
        assert_eq!(label("F[0].P1[0].Policy_GeneralLiability_PolicyNumberIdentifier_A[0]"), "Policy number");
        assert_eq!(
            label("F[0].P1[0].NamedInsured_MailingAddress_CityName_A[0]"),
            "Named Insured Mailing Address City Name"
        );
        assert_eq!(label("insured_phone"), "insured phone");
        assert_eq!(label("..[0]"), "Field");
        assert_eq!(stem("F[0].P1[0].Vehicle_VINIdentifier_B[0]"), "Vehicle_VINIdentifier");
    }
    #[test]
    fn a_name_and_its_address_stand_on_one_line_and_two_vehicles_on_two() {
        let field = |n: &str, v: &str| (format!("F[0].P1[0].{n}[0]"), v.to_owned());
        let fields = [
            field("CertificateHolder_FullName_A", "Turner Corp"),
            field("CertificateHolder_MailingAddress_LineOne_A", "375 Hudson St"),
            field("Vehicle_ModelYear_A", "2022"),
            field("Vehicle_ModelYear_B", "2019"),
            field("Vehicle_ManufacturersName_A", "Ford"),
            field("CertificateHolder_MailingAddress_CityName_A", "New York"),
        ];
        let shown: Vec<String> = lines(&fields)
            .iter()
            .map(|l| format!("{}: {}", l.label, l.pieces.iter().map(|(s, _, v)| format!("{s}{v}")).collect::<String>()))
            .collect();
        assert_eq!(
            shown,
            ["Certificate holder: Turner Corp, 375 Hudson St, New York", "Vehicle: 2022 Ford", "Vehicle: 2019"]
        );
    }
}
