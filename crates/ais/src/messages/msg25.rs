//! Types 25 and 26: binary message of one slot, and of several with communication state. The application data
//! stay bits. Two spare bits after the address ("0/2") would fill up its byte; gpsd, libais, pyais and aivdm take
//! none, and so does this, so that the same bits say the same everywhere.

use super::encode::copy;
use super::layout::EncodeError;
use crate::bits::{Field, FieldValue, Payload, Span};

/// The header, which holds only what its first two flags announce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotBinary {
    pub addressed: bool,
    pub structured: bool,
    pub dest_mmsi: Option<u32>,
    /// Designated area code and function identifier.
    pub dac: Option<u16>,
    pub fid: Option<u8>,
    /// The last 20 bits of type 26.
    pub radio: Option<u32>,
}

impl SlotBinary {
    /// Header and application data.
    pub(crate) fn read(payload: &Payload, message_type: u8) -> (Self, Span) {
        let addressed = bool::read(payload, 38, 1);
        let structured = bool::read(payload, 39, 1);
        let mut at = 40;
        let dest_mmsi = addressed.then(|| u32::read(payload, at, 30));
        if addressed {
            at += 30;
        }
        let dac = structured.then(|| u16::read(payload, at, 10));
        let fid = structured.then(|| u8::read(payload, at + 10, 6));
        if structured {
            at += 16;
        }
        let mut data = Span::rest(payload, at);
        let mut radio = None;
        if message_type == 26 && data.len >= 20 {
            radio = Some(u32::read(payload, payload.len() - 20, 20));
            data.len -= 20;
        }
        (Self { addressed, structured, dest_mmsi, dac, fid, radio }, data)
    }

    pub(crate) fn write(
        &self,
        data: Span,
        source: &Payload,
        message_type: u8,
        payload: &mut Payload,
    ) -> Result<(), EncodeError> {
        let mut put = |field, value: u32, start, len| {
            if value.write(payload, start, len) { Ok(()) } else { Err(EncodeError::Field { field }) }
        };
        put("addressed", u32::from(self.addressed), 38, 1)?;
        put("structured", u32::from(self.structured), 39, 1)?;
        let mut at = 40;
        if self.addressed {
            put("dest_mmsi", self.dest_mmsi.unwrap_or(0), at, 30)?;
            at += 30;
        }
        if self.structured {
            put("dac", u32::from(self.dac.unwrap_or(0)), at, 10)?;
            put("fid", u32::from(self.fid.unwrap_or(0)), at + 10, 6)?;
            at += 16;
        }
        copy(source, data, payload, at);
        if message_type == 26 {
            let end = at + usize::from(data.len);
            if !self.radio.unwrap_or(0).write(payload, end, 20) {
                return Err(EncodeError::Field { field: "radio" });
            }
        }
        Ok(())
    }

    pub fn fields<'a>(&'a self, each: &mut impl FnMut(&'static str, FieldValue<'a>)) {
        each("addressed", self.addressed.value());
        each("structured", self.structured.value());
        for (name, number) in [
            ("dest_mmsi", self.dest_mmsi),
            ("dac", self.dac.map(u32::from)),
            ("fid", self.fid.map(u32::from)),
            ("radio", self.radio),
        ] {
            if let Some(number) = number {
                each(name, FieldValue::Number(i64::from(number)));
            }
        }
    }
}
