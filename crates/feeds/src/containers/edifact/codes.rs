//! The code lists that the four messages are read by: UN/EDIFACT directories D.95B to D.16A and the SMDG and ITIGG
//! guides, taken together, since guides let newer codes be used in older messages (SMDG recommendation 7).

use bitacora_port::screening::{EventKind, Movement, SealCondition, SealSource, VgmMethod};

/// The messages that are read as events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Gate-in, gate-out and moves inside a terminal.
    Codeco,
    /// Loaded on and discharged from a vessel.
    Coarri,
    /// Bay plan.
    Baplie,
    /// Verified gross mass.
    Vermas,
}

impl Typed {
    pub const ALL: [Self; 4] = [Self::Codeco, Self::Coarri, Self::Baplie, Self::Vermas];

    /// Data element 0065.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Codeco => "CODECO",
            Self::Coarri => "COARRI",
            Self::Baplie => "BAPLIE",
            Self::Vermas => "VERMAS",
        }
    }

    pub(super) fn of(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name().as_bytes() == name)
    }

    /// Releases (data element 0054) that the guides are written for. The segments read here have kept their form in all
    /// directories between, so that another release is named as a defect and read all the same.
    pub(super) const fn releases(self) -> &'static [&'static str] {
        match self {
            Self::Codeco | Self::Coarri => &["95B", "00B", "16B"],
            Self::Baplie => &["95B", "04B", "13B"],
            Self::Vermas => &["16A", "24A"],
        }
    }

    /// What a document name (data element 1001 with its code list responsible agency 3055) says happened. `None` for a
    /// code that no list here has.
    pub(super) fn kind(self, name: Option<&[u8]>, agency: Option<&[u8]>) -> Option<EventKind> {
        match (self, name) {
            (Self::Baplie, _) => Some(EventKind::Stowed),
            (Self::Vermas, _) => Some(EventKind::VerifiedMass),
            (Self::Codeco, Some(b"34")) => Some(EventKind::GateIn),
            (Self::Codeco, Some(b"36")) => Some(EventKind::GateOut),
            (Self::Coarri, Some(b"44" | b"98")) => Some(EventKind::Discharged),
            (Self::Coarri, Some(b"46" | b"270")) => Some(EventKind::Loaded),
            (Self::Codeco, Some(code)) if agency == Some(b"ZZZ") => {
                AGREED.iter().find(|(agreed, _)| agreed.as_bytes() == code).map(|(_, kind)| *kind)
            }
            _ => None,
        }
    }
}

/// CODECO also reports moves and changes of state inside a terminal, but the public lists have no document name for them:
/// these are mutually agreed ones (data element 3055 `ZZZ`).
pub(super) const AGREED: [(&str, EventKind); 5] = [
    ("MOV", EventKind::YardMove),
    ("STU", EventKind::Stuffed),
    ("STR", EventKind::Stripped),
    ("SEA", EventKind::SealChecked),
    ("RSE", EventKind::Resealed),
];

/// Data element 1225, as far as the guides use it: `None` for an unknown code, `Some(true)` for cancellation and
/// deletion, by which the message says that what it names did not happen.
pub(super) const fn withdraws(function: &[u8]) -> Option<bool> {
    match function {
        b"1" | b"3" => Some(true),
        b"2" | b"4" | b"5" | b"6" | b"7" | b"9" | b"22" | b"31" | b"33" | b"38" | b"39" => Some(false),
        _ => None,
    }
}

/// Data element 8053: what is no container but lawful in these messages (chassis, trailers, rail cars, break bulk ...).
pub(super) const OTHER_EQUIPMENT: [&[u8]; 16] = [
    b"BB", b"BR", b"BX", b"CH", b"EFP", b"EYP", b"FPN", b"FPR", b"PA", b"PL", b"RF", b"RG", b"RR", b"SW",
    b"TE", b"UL",
];

/// Data element 8249: `None` for an unknown code, `Some(None)` where it names no movement.
pub(super) fn movement(code: &[u8]) -> Option<Option<Movement>> {
    match number(code)? {
        2 => Some(Some(Movement::Export)),
        3 => Some(Some(Movement::Import)),
        6 | 17 => Some(Some(Movement::Transshipment)),
        1..=18 => Some(None),
        _ => None,
    }
}

pub(super) const fn of_movement(movement: Movement) -> &'static str {
    match movement {
        Movement::Export => "2",
        Movement::Import => "3",
        Movement::Transshipment => "6",
    }
}

/// Data element 8169: whether it is empty. Partly loaded is not.
pub(super) fn empty(code: &[u8]) -> Option<bool> {
    match number(code)? {
        4 => Some(true),
        1..=13 => Some(false),
        _ => None,
    }
}

/// Data element 9303: `None` for an unknown code, `Some(None)` for "unknown".
pub(super) fn sealing_party(code: &[u8]) -> Option<Option<SealSource>> {
    match code {
        b"AA" => Some(Some(SealSource::Consolidator)),
        b"AB" => Some(None),
        b"AC" => Some(Some(SealSource::Phytosanitary)),
        b"CA" => Some(Some(SealSource::Carrier)),
        b"CU" => Some(Some(SealSource::Customs)),
        b"SH" => Some(Some(SealSource::Shipper)),
        b"TO" => Some(Some(SealSource::Terminal)),
        _ => None,
    }
}

/// `None` where data element 9303 has no code for it.
pub(super) const fn of_sealing_party(source: SealSource) -> Option<&'static str> {
    match source {
        SealSource::Carrier => Some("CA"),
        SealSource::Consolidator => Some("AA"),
        SealSource::Customs => Some("CU"),
        SealSource::Phytosanitary => Some("AC"),
        SealSource::Shipper => Some("SH"),
        SealSource::Terminal => Some("TO"),
        SealSource::Customer | SealSource::Veterinary => None,
    }
}

/// Data element 4517.
pub(super) fn seal_condition(code: &[u8]) -> Option<SealCondition> {
    std::str::from_utf8(code).ok().and_then(SealCondition::from_code)
}

/// Kilograms of one unit of data element 6411.
pub(super) fn kilograms(unit: &[u8]) -> Option<f64> {
    match unit {
        b"KGM" => Some(1.0),
        b"TNE" => Some(1000.0),
        // The pound of 1959, exact.
        b"LBR" => Some(0.453_592_37),
        _ => None,
    }
}

/// SMDG code list VGM for data element 1001 of DOC: `None` for an unknown code, `Some(None)` for a document that names
/// no method.
pub(super) fn vgm_document(code: &[u8]) -> Option<Option<VgmMethod>> {
    match code {
        b"SM1" => Some(Some(VgmMethod::Weighed)),
        b"SM2" => Some(Some(VgmMethod::Summed)),
        b"SHP" => Some(None),
        _ => None,
    }
}

/// A code of up to two digits.
fn number(code: &[u8]) -> Option<u8> {
    match code {
        [one @ b'0'..=b'9'] => Some(one - b'0'),
        [ten @ b'1'..=b'9', one @ b'0'..=b'9'] => Some((ten - b'0') * 10 + (one - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_name_says_one_thing() {
        let kind = |typed: Typed, code: &str| typed.kind(Some(code.as_bytes()), None);
        assert_eq!(kind(Typed::Codeco, "34"), Some(EventKind::GateIn));
        assert_eq!(kind(Typed::Codeco, "36"), Some(EventKind::GateOut));
        assert_eq!(kind(Typed::Codeco, "44"), None);
        assert_eq!(kind(Typed::Coarri, "46"), Some(EventKind::Loaded));
        assert_eq!(kind(Typed::Coarri, "98"), Some(EventKind::Discharged));
        // An agreed name counts only where it says that it is one.
        assert_eq!(kind(Typed::Codeco, "MOV"), None);
        assert_eq!(Typed::Codeco.kind(Some(b"MOV"), Some(b"ZZZ")), Some(EventKind::YardMove));
    }

    #[test]
    fn codes_that_are_written_are_read_back() {
        for one in Movement::ALL {
            assert_eq!(movement(of_movement(*one).as_bytes()), Some(Some(*one)));
        }
        for source in SealSource::ALL {
            if let Some(code) = of_sealing_party(*source) {
                assert_eq!(sealing_party(code.as_bytes()), Some(Some(*source)));
            }
        }
        for bad in ["", "0", "19", "05", "2x", "99"] {
            assert_eq!(movement(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(
            (empty(b"4"), empty(b"5"), empty(b"0"), empty(b"14")),
            (Some(true), Some(false), None, None)
        );
    }
}
