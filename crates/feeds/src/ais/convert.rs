//! A decoded message to the reports that tracks eat. Which station may carry which identity follows M.585-9.

use bitacora_ais::messages::Fix;
use bitacora_ais::{Body, Message, Quality};
use bitacora_primitives::mmsi::MmsiClass;
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position};
use bitacora_sea::contacts::{Contact, ContactFlags, StaticReport, StationKind};

use crate::refusal::Reason;

/// What surrounds a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub observed: Instant,
    pub received: Instant,
    pub estimated: bool,
    pub evidence: EvidenceRef,
    pub quality: Quality,
}

/// What a message gives.
#[derive(Debug)]
pub(super) enum PositionOutcome {
    None,
    NotAvailable,
    Refused(Reason),
    Contact(Contact),
}

/// The identity that a report may stand under.
pub(super) fn identity(message: &Message) -> Result<Mmsi, Reason> {
    Mmsi::new(message.mmsi).filter(|mmsi| mmsi.number() != 0).ok_or(Reason::MmsiInvalid)
}

/// Type 11 answers come from mobile stations of class A; type 27 is theirs by its definition in M.1371-5 Annex 8.
pub(super) const fn station(message_type: u8) -> StationKind {
    match message_type {
        1..=3 | 5 | 11 | 27 => StationKind::ClassA,
        4 => StationKind::BaseStation,
        9 => StationKind::SarAircraft,
        18 | 19 | 24 => StationKind::ClassB,
        21 | 28 => StationKind::AidToNavigation,
        _ => StationKind::Unknown,
    }
}

const fn fits(station: StationKind, class: MmsiClass) -> bool {
    matches!(
        (station, class),
        (StationKind::ClassA, MmsiClass::Ship | MmsiClass::DistressDevice | MmsiClass::CraftOfParentShip)
            | (StationKind::ClassB, MmsiClass::Ship | MmsiClass::CraftOfParentShip)
            | (StationKind::BaseStation, MmsiClass::CoastStation)
            | (StationKind::SarAircraft, MmsiClass::SarAircraft)
            | (StationKind::AidToNavigation, MmsiClass::AidToNavigation)
            | (StationKind::Unknown, _)
    )
}

/// The position report in a message, if it is of a kind that has one.
#[inline]
pub(super) fn position(message: &Message, mmsi: Mmsi, setting: &Setting) -> PositionOutcome {
    let (fix, sog_kn, cog_deg, heading_deg, nav_status, precise) = match &message.body {
        Body::PositionA(m) => {
            (m.fix(), m.speed_kn(), m.course_deg(), m.heading_deg(), m.nav_status(), m.accuracy || m.raim)
        }
        Body::PositionB(m) => {
            (m.fix(), m.speed_kn(), m.course_deg(), m.heading_deg(), None, m.accuracy || m.raim)
        }
        Body::ExtendedB(m) => {
            (m.fix(), m.speed_kn(), m.course_deg(), m.heading_deg(), None, m.accuracy || m.raim)
        }
        Body::BaseStation(m) => (m.fix(), None, None, None, None, m.accuracy || m.raim),
        Body::SarAircraft(m) => (m.fix(), m.speed_kn(), m.course_deg(), None, None, m.accuracy || m.raim),
        Body::AidToNavigation(m, _) => (m.fix(), None, None, None, None, m.accuracy || m.raim),
        Body::SingleSlotAid(m) => (m.fix(), None, None, None, None, true),
        Body::LongRange(m) => (m.fix(), m.speed_kn(), m.course_deg(), None, m.nav_status(), false),
        _ => return PositionOutcome::None,
    };
    let (lat, lon) = match fix {
        Fix::At { lat, lon } => (lat, lon),
        Fix::NotAvailable => return PositionOutcome::NotAvailable,
        Fix::OutOfRange => return PositionOutcome::Refused(Reason::PositionOutOfRange),
    };
    let Ok(position) = Position::new(lat, lon) else {
        return PositionOutcome::Refused(Reason::PositionOutOfRange);
    };
    let station = station(message.message_type);
    let mut flags = ContactFlags::NONE;
    for (doubt, flag) in [
        (setting.quality.has(Quality::OFF_LENGTH), ContactFlags::OFF_LENGTH),
        (!precise, ContactFlags::COARSE),
        (setting.estimated, ContactFlags::TIME_ESTIMATED),
        (!fits(station, mmsi.class()), ContactFlags::ODD_IDENTITY),
        (setting.quality.has(Quality::FIELD_RANGE), ContactFlags::FIELD_RANGE),
    ] {
        if doubt {
            flags = flags.with(flag);
        }
    }
    PositionOutcome::Contact(Contact {
        mmsi,
        observed: setting.observed,
        received: setting.received,
        position,
        sog_kn,
        cog_deg,
        heading_deg,
        nav_status,
        station,
        message_type: message.message_type,
        flags,
        evidence: setting.evidence,
    })
}

/// The static report in a message, if it is of a kind that has one.
pub(super) fn statics(message: &Message, mmsi: Mmsi, setting: &Setting) -> Option<StaticReport> {
    let mut report = StaticReport {
        mmsi,
        observed: setting.observed,
        name: None,
        call_sign: None,
        imo: None,
        ship_type: None,
        length_m: None,
        beam_m: None,
        draught_m: None,
        destination: None,
        station: station(message.message_type),
        evidence: setting.evidence,
    };
    match &message.body {
        Body::StaticVoyage(m) => {
            report.name = m.shipname.get().map(str::to_owned);
            report.call_sign = m.callsign.get().map(str::to_owned);
            report.imo = m.imo_number();
            report.ship_type = m.ship_type();
            (report.length_m, report.beam_m) = m.size_m();
            report.draught_m = m.draught_m();
            report.destination = m.destination.get().map(str::to_owned);
        }
        Body::ExtendedB(m) => {
            report.name = m.shipname.get().map(str::to_owned);
            report.ship_type = m.ship_type();
            (report.length_m, report.beam_m) = m.size_m();
        }
        Body::AidToNavigation(m, extension) => {
            report.name = m.full_name(extension).get().map(str::to_owned);
            (report.length_m, report.beam_m) = m.size_m();
        }
        Body::StaticA(m) => report.name = m.shipname.get().map(str::to_owned),
        Body::StaticB(m) => {
            report.call_sign = m.callsign.get().map(str::to_owned);
            report.ship_type = m.ship_type();
            (report.length_m, report.beam_m) = m.size_m(message.mmsi);
        }
        _ => return None,
    }
    Some(report)
}
