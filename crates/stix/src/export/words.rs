//! The sentences of a statement marking, in both languages. They are part of the data that leaves, as an agreement's words
//! are; each says what the handling marking beside it says in codes, and nothing more.

use bitacora_primitives::markings::{HandlingCode, PartyCode, Purpose, Tlp};

use crate::export::ExportError;
use crate::export::caveats::{Receipt, Said};
use crate::time;

pub(crate) const PUBLIC_ES: &str = "Nombres y definiciones de formatos. No dice nada de ninguna operación. Nada de lo \
     marcado así ni con otras restricciones de este emisor sirve para el uso letal de la fuerza.";
pub(crate) const PUBLIC_EN: &str = "Names and definitions of formats. Says nothing of any operation. Nothing marked so, or \
     with other caveats of this sender, serves the use of lethal force.";

pub(crate) fn es(said: &Said<'_>) -> Result<String, ExportError> {
    let purposes: Vec<&str> = said.purposes().iter().map(|purpose| purpose_es(*purpose)).collect();
    let mut text = format!("TLP:{}. Originador: {}.", label(said.handling.tlp), said.originator);
    text += &format!(" Solo para {}.", listed(&purposes, "o"));
    text += " Nunca para el uso letal de la fuerza.";
    if let Some((agreement, version, clause)) = said.agreement() {
        text += &format!(" Acuerdo {agreement}, versión {version}, cláusula {clause}.");
    }
    text += &match parties(said) {
        None => " Solo el originador puede tenerlo.".to_owned(),
        Some(parties) => format!(" Pueden tenerlo: {parties}."),
    };
    if said.originator_control() {
        text += " No se transmite a nadie más sin consentimiento del originador.";
    }
    for code in &said.handling.codes {
        text += match code {
            HandlingCode::H0 => " H0: solo para la prevención de delitos.",
            HandlingCode::H1 => " H1: no se usa en procesos judiciales sin consentimiento de quien lo dio.",
            HandlingCode::H2 => " H2: no se transmite sin consentimiento de quien lo dio.",
            HandlingCode::H3 => " H3: otras restricciones, que debe leer una persona.",
        };
    }
    if let Some(until) = said.caveats.retain_until {
        text += &format!(" Se destruye el {}.", time::seconds(until).ok_or(ExportError::TimeOutOfRange)?);
    }
    text += match said.caveats.receipt {
        Receipt::Given => " Con recibo firmado.",
        Receipt::Waived => " Sin recibo, por cláusula del acuerdo.",
        Receipt::NotRequired => " De uso propio: no se entregó a nadie.",
    };
    Ok(text)
}

pub(crate) fn en(said: &Said<'_>) -> Result<String, ExportError> {
    let purposes: Vec<&str> = said.purposes().iter().map(|purpose| purpose.code()).collect();
    let mut text = format!("TLP:{}. Originator: {}.", label(said.handling.tlp), said.originator);
    text += &format!(" For {} only.", listed(&purposes, "or"));
    text += " Never for the use of lethal force.";
    if let Some((agreement, version, clause)) = said.agreement() {
        text += &format!(" Agreement {agreement}, version {version}, clause {clause}.");
    }
    text += &match parties(said) {
        None => " Nobody but the originator may hold it.".to_owned(),
        Some(parties) => format!(" May be held by: {parties}."),
    };
    if said.originator_control() {
        text += " Not passed on to anybody else without the originator's consent.";
    }
    for code in &said.handling.codes {
        text += match code {
            HandlingCode::H0 => " H0: for the prevention of crime only.",
            HandlingCode::H1 => " H1: not used in judicial proceedings without the provider's consent.",
            HandlingCode::H2 => " H2: not passed on without the provider's consent.",
            HandlingCode::H3 => " H3: other restrictions, which a person must read.",
        };
    }
    if let Some(until) = said.caveats.retain_until {
        text += &format!(" Destroyed on {}.", time::seconds(until).ok_or(ExportError::TimeOutOfRange)?);
    }
    text += match said.caveats.receipt {
        Receipt::Given => " Receipted.",
        Receipt::Waived => " Without receipt, by a clause of the agreement.",
        Receipt::NotRequired => " For own use: given to nobody.",
    };
    Ok(text)
}

fn label(tlp: Tlp) -> String {
    tlp.code().to_uppercase()
}

const fn purpose_es(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Seizure => "incautación",
        Purpose::Arrest => "captura",
        Purpose::Rescue => "rescate",
        Purpose::Prosecution => "judicialización",
    }
}

fn parties(said: &Said<'_>) -> Option<String> {
    let parties: Vec<&str> = said.handling.releasable_to.iter().map(PartyCode::as_str).collect();
    if parties.is_empty() { None } else { Some(parties.join(", ")) }
}

/// `a, b or c`.
fn listed(words: &[&str], or: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [some @ .., last] => format!("{} {or} {last}", some.join(", ")),
    }
}
