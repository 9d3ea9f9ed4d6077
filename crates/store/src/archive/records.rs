//! Contacts and dealt motion as spill records, bit for bit. Absent values have a code outside their range.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId, TrackId};
use bitacora_sea::archive::{At, Dealt, Step, Vertex};
use bitacora_sea::contacts::{Contact, ContactFlags};

use crate::positions::{station_code, station_of};
use crate::spill::Record;

/// Numbers taken from the front, little-endian.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }
    fn i64(&mut self) -> Option<i64> {
        self.take().map(i64::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }
    fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }
    fn f64(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }
    fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }
    fn instant(&mut self) -> Option<Instant> {
        self.i64().map(Instant::from_micros)
    }
    fn mmsi(&mut self) -> Option<Mmsi> {
        self.u32().and_then(Mmsi::new)
    }
    fn evidence(&mut self) -> Option<EvidenceRef> {
        let source = SourceId::from_bytes(self.take()?);
        let (line, offset) = (self.u64()?, self.u64()?);
        Some(EvidenceRef { source, line, offset: (offset != u64::MAX).then_some(offset) })
    }
}

const EVIDENCE_BYTES: usize = 26;

fn put_evidence(evidence: &EvidenceRef, out: &mut Vec<u8>) {
    out.extend_from_slice(evidence.source.bytes());
    out.extend_from_slice(&evidence.line.to_le_bytes());
    out.extend_from_slice(&evidence.offset.unwrap_or(u64::MAX).to_le_bytes());
}

impl Record for Contact {
    const BYTES: usize = 51 + EVIDENCE_BYTES;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.observed.micros().to_le_bytes());
        out.extend_from_slice(&self.received.micros().to_le_bytes());
        out.extend_from_slice(&self.mmsi.number().to_le_bytes());
        out.extend_from_slice(&self.position.lat().to_le_bytes());
        out.extend_from_slice(&self.position.lon().to_le_bytes());
        out.extend_from_slice(&self.sog_kn.unwrap_or(f32::NAN).to_le_bytes());
        out.extend_from_slice(&self.cog_deg.unwrap_or(f32::NAN).to_le_bytes());
        out.extend_from_slice(&self.heading_deg.unwrap_or(u16::MAX).to_le_bytes());
        out.push(self.nav_status.unwrap_or(u8::MAX));
        out.push(station_code(self.station));
        out.push(self.message_type);
        out.extend_from_slice(&self.flags.bits().to_le_bytes());
        put_evidence(&self.evidence, out);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (observed, received, mmsi) = (fields.instant()?, fields.instant()?, fields.mmsi()?);
        let position = Position::new(fields.f64()?, fields.f64()?).ok()?;
        let known = |value: f32| (!value.is_nan()).then_some(value);
        Some(Self {
            mmsi,
            observed,
            received,
            position,
            sog_kn: known(fields.f32()?),
            cog_deg: known(fields.f32()?),
            heading_deg: fields.u16().map(|heading| (heading != u16::MAX).then_some(heading))?,
            nav_status: fields.u8().map(|status| (status != u8::MAX).then_some(status))?,
            station: station_of(fields.u8()?),
            message_type: fields.u8()?,
            flags: ContactFlags::from_bits(fields.u16()?),
            evidence: fields.evidence()?,
        })
    }
}

impl Record for Dealt {
    const BYTES: usize = 60 + EVIDENCE_BYTES;

    fn write(&self, out: &mut Vec<u8>) {
        let (micros, phase) = self.at.key();
        out.extend_from_slice(&micros.to_le_bytes());
        out.push(phase);
        out.extend_from_slice(&self.mmsi.number().to_le_bytes());
        out.extend_from_slice(self.track.bytes());
        match &self.step {
            Step::Vertex(vertex) => {
                out.push(1);
                out.extend_from_slice(&vertex.observed.micros().to_le_bytes());
                out.extend_from_slice(&vertex.lat.to_le_bytes());
                out.extend_from_slice(&vertex.lon.to_le_bytes());
                out.extend_from_slice(&vertex.speed_kn.to_le_bytes());
                out.extend_from_slice(&vertex.per_us.to_le_bytes());
                put_evidence(&vertex.evidence, out);
            }
            Step::End => out.resize(out.len() + Self::BYTES - 23, 0),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (at, phase) = (fields.instant()?, fields.u8()?);
        let at = match phase {
            0 => At::Heard(at),
            1 => At::Silent(at),
            _ => At::End,
        };
        let (mmsi, track) = (fields.mmsi()?, TrackId::from_bytes(fields.take()?));
        let step = if fields.u8()? == 1 {
            Step::Vertex(Vertex {
                observed: fields.instant()?,
                lat: fields.f64()?,
                lon: fields.f64()?,
                speed_kn: fields.f32()?,
                per_us: fields.f64()?,
                evidence: fields.evidence()?,
            })
        } else {
            Step::End
        };
        Some(Self { at, mmsi, track, step })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_sea::contacts::StationKind;

    fn back<T: Record>(one: &T) -> Option<T> {
        let mut bytes = vec![7];
        one.write(&mut bytes);
        assert_eq!(bytes.len(), 1 + T::BYTES);
        T::read(&bytes[1..])
    }

    #[test]
    fn a_record_comes_back_to_the_bit() {
        let evidence = EvidenceRef { source: SourceId::of(&[b"s"]), line: 9, offset: None };
        let contact = Contact {
            mmsi: Mmsi::new(290_000_001).unwrap(),
            observed: Instant::from_micros(-5),
            received: Instant::from_secs(1_001),
            position: Position::new(12.5, -77.25).unwrap(),
            sog_kn: Some(12.5),
            cog_deg: None,
            heading_deg: Some(359),
            nav_status: None,
            station: StationKind::ClassB,
            message_type: 18,
            flags: ContactFlags::COARSE.with(ContactFlags::ODD_IDENTITY),
            evidence,
        };
        assert_eq!(back(&contact), Some(contact));
        let vertex = Vertex {
            observed: Instant::from_micros(8),
            lat: 0.1 + 0.2,
            lon: -180.0,
            speed_kn: 3.3,
            per_us: 1.0 / 3.0,
            evidence: EvidenceRef { offset: Some(0), ..evidence },
        };
        let (mmsi, track) = (contact.mmsi, TrackId::of(&[b"t"]));
        for (at, step) in [
            (At::Heard(Instant::from_micros(8)), Step::Vertex(vertex)),
            (At::Silent(Instant::from_micros(9)), Step::End),
            (At::End, Step::End),
        ] {
            let dealt = Dealt { at, mmsi, track, step };
            assert_eq!(back(&dealt), Some(dealt));
        }
    }
}
