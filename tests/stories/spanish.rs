//! A client who writes Spanish is written to in Spanish from the first letter to the last; the agency's own letters stay
//! English.

use crate::script::Story;

#[test]
fn a_change_asked_for_in_spanish_goes_to_its_end_in_spanish_and_staff_read_english() {
    let mut s = Story::begins("st-es");
    let asked = "¿Cuál es el número de identificación del vehículo (VIN, 17 caracteres)? Está en el título, la registración y el \
                 tablero.";
    s.in_spanish()
        .client_writes(
            "Camioneta nueva",
            "Buenos días,\n\nCompramos una camioneta Ford F-250 2022 el lunes y necesitamos agregarla a nuestra póliza de auto \
             BAP-771203 a partir del 1 de diciembre de 2026. Se guarda en el taller y no tiene préstamo.\n\nGracias,\n\
             Dana Whitfield\nWhitfield Drywall LLC\n",
        )
        .hears_in_spanish_that_it_arrived("Cambio de póliza", asked)
        .csr_reads_the_notice(&[
            "Policy change",
            "THE CLIENT'S WORDS",
            "Compramos una camioneta Ford F-250 2022",
            "What is the vehicle identification number (VIN, 17 characters) of the vehicle?",
            "(asked)",
        ])
        .which_says(&["Check that whoever asks is the insured or may speak for them"]);
    s.csr("working on it");
    // The VIN and nothing else, in answer to the first letter.
    s.client_answers_the_first_letter("1M8GDM9AXKP042788\n\nGracias,\nDana Whitfield")
        .which_says(&["The client answered all that was asked: vins.", "1M8GDM9AXKP042788"]);
    assert!(s.task()["fields"].to_string().contains("1M8GDM9AXKP042788"));
    s.csr_asks("¿Quién va a manejar la camioneta?", "La manejo yo, como las otras.\n\nDana Whitfield")
        .which_says(&["The client's words", "La manejo yo, como las otras."])
        .csr_waits_for_the_carrier("the endorsement is ordered")
        .csr_did_the_steps()
        .csr_tells_the_client(
            "La aseguradora agregó la camioneta a la póliza desde el 1 de diciembre.",
            Some("Endoso.pdf"),
        )
        .csr_is_done();
}
