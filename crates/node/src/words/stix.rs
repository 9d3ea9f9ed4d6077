//! `bitacora stix` in words.

use super::Table;
use crate::stix::left_out::Reason;

impl Table {
    pub(crate) const fn stix_left_out(&self) -> &'static str {
        if self.is_spanish { "sin mostrar" } else { "left out" }
    }

    /// How many objects, of how many versions of items.
    pub(crate) fn stix_written(&self, objects: u64, versions: u64) -> String {
        if self.is_spanish {
            format!("{objects} objetos, {versions} versiones de elementos")
        } else {
            format!("{objects} objects, {versions} versions of items")
        }
    }

    pub(crate) const fn stix_not_shown(&self) -> &'static str {
        if self.is_spanish {
            "este nodo no muestra ninguna entrega igual a esta"
        } else {
            "this node shows no release that is the same"
        }
    }

    pub(crate) const fn stix_neither(&self) -> &'static str {
        if self.is_spanish {
            "no es un documento entregado ni una hoja de un registro"
        } else {
            "neither a released document nor a leaf of a log"
        }
    }

    pub(crate) const fn stix_needs_check(&self) -> &'static str {
        if self.is_spanish {
            "esto es STIX: léalo con --check"
        } else {
            "this is STIX: read it with --check"
        }
    }

    pub(crate) const fn stix_reason(&self, reason: Reason) -> &'static str {
        let (es, en) = match reason {
            Reason::NoReceipt => ("entregados, sin recibo todavía", "released, no receipt yet"),
            Reason::Cut => ("cortados por una suspensión", "cut by a stop"),
            Reason::Declined => ("no aceptados por el receptor", "not taken by the recipient"),
            Reason::Withdrawn => ("retirados", "withdrawn"),
            Reason::Shredded => ("su clave fue destruida", "their key was destroyed"),
            Reason::Sealed => ("su clave no ha llegado", "their key has not come"),
            Reason::Unopened => ("ningún oficial los ha abierto", "no officer here has opened them"),
            Reason::Quiet => (
                "suspendidos o sin permiso vigente de quien los dio",
                "stopped, or without a lease that lasts",
            ),
            Reason::BoardingOnly => (
                "solo para un abordaje en curso, sin exportar",
                "for a boarding in progress only, not exported",
            ),
            Reason::NotAccepted => ("indicios que ningún oficial aceptó", "leads that no officer accepted"),
            Reason::Unsigned => {
                ("incidentes que ningún oficial ha firmado", "incidents that no officer signed")
            }
            Reason::Claimed => (
                "incidentes tomados de lo que afirma una plataforma",
                "incidents taken from what a platform claims",
            ),
            Reason::NoParty => (
                "propios, y ningún acuerdo dice qué parte es este nodo",
                "own ones, and no agreement says which party this is",
            ),
            Reason::Damaged => {
                ("no se pueden mostrar, arriba con su lugar", "cannot be shown, above with their place")
            }
        };
        if self.is_spanish { es } else { en }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{en, es};

    #[test]
    fn every_reason_has_a_sentence_in_each_language() {
        for reason in Reason::ALL {
            assert_ne!(es::TABLE.stix_reason(*reason), en::TABLE.stix_reason(*reason), "{}", reason.code());
        }
    }
}
