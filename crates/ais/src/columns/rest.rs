//! The table of all other messages: whom they address, which application they are of, and their bits, from which the
//! message API reads any field. Type 28 stands here too, for what it says beyond its position.

use crate::bits::Payload;
use crate::messages::Body;

/// One row a message of the types 6 to 8, 10, 12 to 17, 20, 22, 23, 25, 26, 28, and of those kept as bits.
#[derive(Clone, PartialEq, Debug)]
pub struct Rest {
    /// Row of the message in the table of all messages.
    pub row: Vec<u32>,
    /// 0 where there is none.
    pub dest_mmsi: Vec<u32>,
    /// Designated area code and function identifier; [`Rest::NO_APPLICATION`] where there is none.
    pub dac: Vec<u16>,
    pub fid: Vec<u8>,
    /// Length of the payload in bits.
    pub bits: Vec<u16>,
    /// Where the bytes of each payload begin, and behind the last one where they end.
    pub start: Vec<i64>,
    /// The payloads from their first bit, header included, each filled up with zeros to whole bytes.
    pub bytes: Vec<u8>,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            row: Vec::new(),
            dest_mmsi: Vec::new(),
            dac: Vec::new(),
            fid: Vec::new(),
            bits: Vec::new(),
            start: vec![0],
            bytes: Vec::new(),
        }
    }
}

impl Rest {
    /// Ten bits are at most 1023.
    pub const NO_APPLICATION: u16 = u16::MAX;

    pub fn len(&self) -> usize {
        self.row.len()
    }
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// The payload of one row as it was transmitted.
    pub fn payload(&self, index: usize) -> Option<Payload> {
        let (from, to) = (*self.start.get(index)?, *self.start.get(index + 1)?);
        let bytes = self.bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
        let mut payload = Payload::new();
        for (at, byte) in bytes.iter().enumerate() {
            payload.put(8 * at, 8, u64::from(*byte));
        }
        payload.set_len(usize::from(*self.bits.get(index)?));
        Some(payload)
    }

    pub(super) fn push(&mut self, row: u32, body: &Body, payload: &Payload) {
        let (dest, application) = match body {
            Body::AddressedBinary(m, _) => (Some(m.dest_mmsi), Some((m.dac, m.fid))),
            Body::BroadcastBinary(m, _) => (None, Some((m.dac, m.fid))),
            Body::SlotBinary(m, _) => (m.dest_mmsi, m.dac.zip(m.fid)),
            Body::AddressedText(m, _) => (Some(m.dest_mmsi), None),
            Body::UtcInquiry(m) => (Some(m.dest_mmsi), None),
            _ => (None, None),
        };
        let (dac, fid) = application.unwrap_or((Self::NO_APPLICATION, 0));
        self.row.push(row);
        self.dest_mmsi.push(dest.unwrap_or(0));
        self.dac.push(dac);
        self.fid.push(fid);
        self.bits.push(payload.len() as u16);
        self.bytes.extend_from_slice(payload.packed());
        self.start.push(self.bytes.len() as i64);
    }

    pub(super) fn clear(&mut self) {
        self.row.clear();
        self.dest_mmsi.clear();
        self.dac.clear();
        self.fid.clear();
        self.bits.clear();
        self.start.truncate(1);
        self.bytes.clear();
    }
}
