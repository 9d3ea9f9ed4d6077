//! Files of each standard as events of the model, and what a file's first bytes tell of its kind.

use bitacora_api::port::Retraction;
use bitacora_feeds::containers::csv::{self, TableError};
use bitacora_feeds::containers::{Batch, dcsa, edifact, epcis};
use bitacora_port::screening::ContainerEvent;
use bitacora_primitives::{EvidenceRef, SourceId};
use clap::ValueEnum as _;
use serde::de::DeserializeOwned;

use crate::cli::port::Standard;

/// Defects of a file that are printed.
pub(super) const TOLD: usize = 20;

/// Whose events they are, and in what zone times are that name none.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) source: SourceId,
    pub(super) authority: &'a str,
    pub(super) minutes_east: i16,
}

/// What a file of events gave.
pub(super) struct Read {
    pub(super) events: Batch<ContainerEvent>,
    /// Events that the sender takes back.
    pub(super) retracted: Vec<Retraction>,
    /// Valid, and nothing for the model: about no container, or taking something back.
    pub(super) set_aside: usize,
}

pub(super) fn code(standard: Standard) -> String {
    standard.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

pub(super) fn table<T: DeserializeOwned>(
    raw: &[u8],
    source: SourceId,
) -> Result<Batch<(EvidenceRef, T)>, TableError> {
    csv::table(raw, source)
}

/// Side tables have rows, not events: of them it gives none.
pub(super) fn events(
    raw: &[u8],
    standard: Standard,
    Reading { source, authority, minutes_east }: Reading<'_>,
) -> Result<Read, TableError> {
    let plain = |events| Read { events, retracted: Vec::new(), set_aside: 0 };
    let of_dcsa = |standard| {
        let read = dcsa::read(raw, standard, source);
        let back = |aside: &&dcsa::SetAside| aside.why == dcsa::Aside::Retracted;
        let retracted = read.set_aside.iter().filter(back);
        let retracted = retracted.map(|aside| Retraction { event: aside.id, place: aside.place }).collect();
        Read { events: read.batch, retracted, set_aside: read.set_aside.len() }
    };
    Ok(match standard {
        Standard::Tnt3 => of_dcsa(dcsa::Standard::Tnt3),
        Standard::Tnt22 => of_dcsa(dcsa::Standard::Tnt22),
        Standard::Vgm1 => of_dcsa(dcsa::Standard::Vgm1),
        Standard::Edifact => {
            // A cancelling message (BGM 1225 codes 1 and 3) does not name what it cancels by our ids.
            let read = edifact::read_local(raw, source, minutes_east);
            Read { set_aside: read.withdrawn.len(), ..plain(read.batch) }
        }
        Standard::Epcis2 => of_epcis(raw, source),
        Standard::Csv => plain(csv::events(raw, authority, source)?),
        Standard::Orders
        | Standard::Access
        | Standard::Reefer
        | Standard::Telematics
        | Standard::SealRanges
        | Standard::TravelTimes
        | Standard::FoundBad => plain(Batch::default()),
    })
}

fn of_epcis(raw: &[u8], source: SourceId) -> Read {
    let document = epcis::read(raw, source);
    let mut read = Read { events: Batch::default(), retracted: Vec::new(), set_aside: 0 };
    document.defects.into_iter().for_each(|defect| read.events.refuse(defect));
    for event in &document.items {
        let told = epcis::container_events(event);
        let withdrawn = epcis::withdrawn(event);
        read.set_aside += usize::from(told.items.is_empty() && withdrawn.is_empty());
        let place = event.evidence;
        read.retracted.extend(withdrawn.into_iter().map(|event| Retraction { event, place }));
        told.defects.into_iter().for_each(|defect| read.events.refuse(defect));
        read.events.items.extend(told.items);
    }
    read
}

/// By the first bytes: EDIFACT's service segments, a JSON document's members, a table's columns.
pub(super) fn detect(raw: &[u8]) -> Option<Standard> {
    let text = String::from_utf8_lossy(raw.get(..raw.len().min(64 * 1024)).unwrap_or_default());
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("UNA") || text.starts_with("UNB") {
        return Some(Standard::Edifact);
    }
    if text.starts_with('{') || text.starts_with('[') {
        let has = |name: &str| text.contains(name);
        return if has("\"EPCISDocument\"") || has("\"EPCISQueryDocument\"") || has("\"eventTimeZoneOffset\"")
        {
            Some(Standard::Epcis2)
        } else if has("\"VGMDeclarations\"") || has("\"declarationReference\"") {
            Some(Standard::Vgm1)
        } else if has("\"eventRouting\"") || has("\"eventUpdatedDateTime\"") {
            Some(Standard::Tnt3)
        } else if has("\"eventCreatedDateTime\"") {
            Some(Standard::Tnt22)
        } else {
            None
        };
    }
    let header = text.lines().next()?;
    let columns: Vec<&str> = header.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let has = |names: &[&str]| names.iter().all(|name| columns.contains(name));
    let kinds: [(&[&str], Standard); 8] = [
        (&["event_id", "ts", "container", "type"], Standard::Csv),
        (&["order", "kind", "valid_from"], Standard::Orders),
        (&["user", "object", "action"], Standard::Access),
        (&["prefix", "first", "last"], Standard::SealRanges),
        (&["from", "to", "minutes"], Standard::TravelTimes),
        (&["return_air_celsius"], Standard::Reefer),
        (&["speed_kmh"], Standard::Telematics),
        (&["container", "at"], Standard::FoundBad),
    ];
    kinds.iter().find(|(names, _)| has(names)).map(|(_, standard)| *standard)
}
