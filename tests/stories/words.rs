//! What stands around the matter in every letter to a client, in the language that the client writes.

/// The words of a client's letter around what it is about, in the language that the client writes.
pub struct Words {
    pub hello: fn(&str) -> String,
    pub question: &'static str,
    pub reply: &'static str,
    pub attached: &'static str,
    pub hours: &'static str,
    pub promise: &'static str,
}

pub const ENGLISH: Words = Words {
    hello: |name| format!("Hello {name},"),
    question: "We have a question about your request (T-1):",
    reply: "Simply reply to this message. If it is urgent, please call.",
    attached: "Attached: ",
    hours: " Office hours: Mon",
    promise: "No coverage is bound, changed or cancelled by this message until you hear from a licensed person. Please do \
              not mail card, bank or Social Security numbers.",
};

pub const SPANISH: Words = Words {
    hello: |name| format!("Hola, {name}:"),
    question: "Tenemos una pregunta sobre su solicitud (T-1):",
    reply: "Basta con responder a este mensaje. Si es urgente, por favor llámenos.",
    attached: "Adjunto: ",
    hours: " Horario de oficina: lun",
    promise: "Este mensaje no contrata, modifica ni cancela ninguna cobertura hasta que usted reciba respuesta de una persona \
              con licencia. Por favor, no envíe por correo números de tarjeta, de cuenta bancaria ni de Seguro Social.",
};
