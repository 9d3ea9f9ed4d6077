//! Between a contact of the sea and its stored row. The station codes are part of the archive's format.

use bitacora_primitives::{EvidenceRef, Position};
use bitacora_sea::contacts::{Contact, ContactFlags, StationKind};

use super::PositionRow;

/// Codes of the column `station`; the index is the code.
const STATIONS: [StationKind; 6] = [
    StationKind::Unknown,
    StationKind::ClassA,
    StationKind::ClassB,
    StationKind::BaseStation,
    StationKind::SarAircraft,
    StationKind::AidToNavigation,
];

pub(crate) fn station_code(station: StationKind) -> u8 {
    STATIONS.iter().position(|kind| *kind == station).unwrap_or(0) as u8
}

pub(crate) fn station_of(code: u8) -> StationKind {
    STATIONS.get(usize::from(code)).copied().unwrap_or(StationKind::Unknown)
}

impl PositionRow {
    pub fn of(contact: &Contact) -> Self {
        Self {
            time: contact.observed,
            received: contact.received,
            mmsi: contact.mmsi,
            lat: contact.position.lat(),
            lon: contact.position.lon(),
            sog_kn: contact.sog_kn,
            cog_deg: contact.cog_deg,
            heading_deg: contact.heading_deg,
            nav_status: contact.nav_status,
            message_type: contact.message_type,
            station: station_code(contact.station),
            flags: contact.flags.bits(),
            track: None,
            line: contact.evidence.line,
            offset: contact.evidence.offset,
            source: contact.evidence.source,
        }
    }

    /// The contact again; `None` if the stored place is no place.
    pub fn contact(&self) -> Option<Contact> {
        Some(Contact {
            mmsi: self.mmsi,
            observed: self.time,
            received: self.received,
            position: Position::new(self.lat, self.lon).ok()?,
            sog_kn: self.sog_kn,
            cog_deg: self.cog_deg,
            heading_deg: self.heading_deg,
            nav_status: self.nav_status,
            station: station_of(self.station),
            message_type: self.message_type,
            flags: ContactFlags::from_bits(self.flags),
            evidence: EvidenceRef { source: self.source, line: self.line, offset: self.offset },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_primitives::{Instant, Mmsi, SourceId};

    #[test]
    fn a_contact_comes_back_as_it_was() {
        for station in STATIONS {
            let contact = Contact {
                mmsi: Mmsi::new(290_000_001).unwrap(),
                observed: Instant::from_secs(1_000),
                received: Instant::from_secs(1_001),
                position: Position::new(12.5, -77.25).unwrap(),
                sog_kn: Some(12.5),
                cog_deg: None,
                heading_deg: Some(359),
                nav_status: Some(0),
                station,
                message_type: 1,
                flags: ContactFlags::COARSE.with(ContactFlags::ODD_IDENTITY),
                evidence: EvidenceRef { source: SourceId::of(&[b"s"]), line: 9, offset: Some(900) },
            };
            assert_eq!(PositionRow::of(&contact).contact(), Some(contact));
        }
    }
}
