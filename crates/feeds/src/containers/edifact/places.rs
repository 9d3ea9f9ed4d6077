//! Places of LOC as facilities: `LOCODE-TERMINAL` where both are given. Remembers the last one, since whole files name one
//! terminal.

use bitacora_port::screening::locode::BadLocode;
use bitacora_port::screening::{Facility, UnLocode};

use super::defects::Defects;
use super::scan::Segment;
use crate::refusal::Reason;

#[derive(Default)]
pub(super) struct Places {
    /// Code or name, and related place, of the last one.
    key: Vec<u8>,
    related: Vec<u8>,
    /// It was found to be a UN/LOCODE.
    un: bool,
    last: Option<Facility>,
}

impl Places {
    /// The facility of a LOC: the code of C517 with the related place of C519 behind it; without a code, the name.
    pub(super) fn of(&mut self, segment: &Segment<'_>, defects: &mut Defects) -> Option<Facility> {
        let (code, terminal) = (segment.raw(2, 1), segment.raw(3, 1));
        let name = if code.is_none() { segment.raw(2, 4) } else { None };
        let main = code.or(name).unwrap_or_default();
        let related = terminal.unwrap_or_default();
        // 139 with agency 6: UN/LOCODE. What is none is named, and kept as the text that the source uses for the place.
        let un = code.is_some()
            && segment.raw(2, 2) == Some(b"139")
            && segment.raw(2, 3).is_none_or(|by| by == b"6");
        if self.last.is_some() && self.un >= un && self.key == main && self.related == related {
            return self.last.clone();
        }
        let text = segment.text(2, if code.is_some() { 1 } else { 4 });
        let Some(mut text) = text else {
            defects.at(segment, (2, 1), if code.or(name).is_none() { Reason::Missing } else { Reason::Form });
            return None;
        };
        let mut sound = true;
        if un && let Err(bad) = text.parse::<UnLocode>() {
            let country = matches!(bad, BadLocode::Country(_));
            defects.at(segment, (2, 1), if country { Reason::CodeUnknown } else { Reason::Form });
            sound = false;
        }
        if let Some(terminal) = terminal.and_then(|_| segment.text(3, 1)) {
            text.push('-');
            text.push_str(&terminal);
        }
        let facility = Facility::new(&text).ok();
        if facility.is_none() {
            defects.at(segment, (2, 1), Reason::TooLong);
        }
        self.un = un;
        main.clone_into(&mut self.key);
        related.clone_into(&mut self.related);
        self.last = facility.clone().filter(|_| sound);
        facility
    }
}
