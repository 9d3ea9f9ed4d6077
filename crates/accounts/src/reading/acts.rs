//! Acts between states that a text can tell of: to suspend, resume, extradite, certify, sanction, share
//! intelligence. A closed table; whether an act was lawful or wise is not asked.

use serde::Serialize;

use crate::reading::token::Words;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Suspend,
    Resume,
    Extradite,
    Certify,
    Decertify,
    Sanction,
    ShareIntelligence,
    HaltPayments,
    Sign,
    Eradicate,
    Purchase,
    Substitute,
    Waive,
}

impl Act {
    /// Acts of a state towards another, which are done by saying so.
    pub const fn is_sovereign(self) -> bool {
        !matches!(self, Self::Eradicate | Self::Purchase | Self::Substitute | Self::ShareIntelligence)
    }
}

const STEMS: &[(Act, &[&str])] = &[
    (Act::Suspend, &["suspend", "suspens"]),
    (Act::Resume, &["resum", "reanud", "restablec", "reinstat"]),
    (Act::Extradite, &["extradit", "extradi"]),
    (Act::Decertify, &["decertif", "descertif"]),
    (Act::Certify, &["certif"]),
    (Act::Sanction, &["sanction", "sancion"]),
    (Act::Sign, &["signed", "signing", "firmo", "firmaron", "firmar", "suscribi"]),
    (Act::Eradicate, &["eradicat", "erradic"]),
    (Act::Purchase, &["purchas", "compra"]),
    (Act::Substitute, &["substitut", "sustitu"]),
    (Act::Waive, &["waive", "waiver"]),
];

pub(crate) fn acts(words: &Words<'_, '_>) -> Vec<Act> {
    let mut found = Vec::new();
    for at in words.first..words.end {
        let key = words.key(at);
        if let Some((act, _)) = STEMS.iter().find(|(_, stems)| stems.iter().any(|stem| key.starts_with(stem)))
        {
            found.push(*act);
        }
        let intelligence = key.starts_with("intel")
            && (key == "intel" || key.starts_with("intelig") || key.starts_with("intellig"));
        let from = at.saturating_sub(6).max(words.first);
        if intelligence
            && words
                .find(
                    from,
                    at + 5,
                    &[
                        "share",
                        "shared",
                        "sharing",
                        "shares",
                        "compartir",
                        "comparte",
                        "compartio",
                        "compartira",
                        "intercambio",
                        "intercambiar",
                        "exchange",
                        "compartiendo",
                    ],
                )
                .is_some()
        {
            found.push(Act::ShareIntelligence);
        }
        if matches!(
            key,
            "payments"
                | "aid"
                | "subsidies"
                | "pagos"
                | "ayuda"
                | "ayudas"
                | "subsidios"
                | "assistance"
                | "asistencia"
                | "funding"
        ) && words
            .find(
                from,
                at,
                &[
                    "halt",
                    "halted",
                    "halting",
                    "halts",
                    "cut",
                    "froze",
                    "freeze",
                    "frozen",
                    "suspended",
                    "stopped",
                    "congelo",
                    "detuvo",
                    "corto",
                    "suspendio",
                    "recorto",
                    "suspende",
                    "freno",
                    "elimino",
                ],
            )
            .is_some()
        {
            found.push(Act::HaltPayments);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A finite verb of an act, for sentences that tell of it without anyone who says so.
pub(crate) fn finite(words: &Words<'_, '_>, at: usize) -> bool {
    let lower = words.lower(at);
    matches!(
        lower,
        "suspended"
            | "suspends"
            | "suspending"
            | "resumed"
            | "resumes"
            | "extradited"
            | "extradites"
            | "certified"
            | "decertified"
            | "decertifies"
            | "certifies"
            | "sanctioned"
            | "sanctions"
            | "halted"
            | "halts"
            | "signed"
            | "froze"
            | "suspendió"
            | "suspende"
            | "suspendieron"
            | "reanudó"
            | "reanudaron"
            | "reanuda"
            | "extraditó"
            | "extraditaron"
            | "certificó"
            | "descertificó"
            | "sancionó"
            | "firmó"
            | "firmaron"
            | "suscribieron"
            | "congeló"
            | "suspend"
            | "eradicated"
            | "erradicó"
            | "erradicaron"
            | "compró"
            | "purchased"
            | "extraditados"
            | "suspendido"
            | "suspendida"
            | "suspendidos"
            | "suspendidas"
            | "extraditado"
            | "sancionado"
            | "sancionada"
    ) && !matches!(
        words.before(at, 1),
        "be" | "not" | "the" | "of" | "las" | "los" | "la" | "new" | "against"
    )
}

impl Words<'_, '_> {
    /// Whether one of the phrases stands anywhere in `from..to`.
    pub(crate) fn any_in(&self, from: usize, to: usize, phrases: &[&str]) -> bool {
        (from..to).any(|at| self.any(at, phrases).is_some())
    }
}
