//! One function for each reader of container events and for the published draw: files of terminals, carriers and port
//! systems. None may panic, hang or set aside more than its bounds.

use bitacora_feeds::containers::{csv, dcsa, edifact, epcis};
use bitacora_port::draw::{Bundle, verify};
use bitacora_port::screening::Inputs;
use bitacora_port::screening::inputs::{AccessRecord, Order, ReeferRow, SealRange, TelematicsRecord};
use bitacora_port::screening::{Rule, Thresholds, baseline, screen};
use bitacora_primitives::SourceId;

pub type Target = fn(&[u8]);

/// By the names of their corpora.
pub const TARGETS: [(&str, Target); 5] =
    [("events_csv", events_csv), ("dcsa", dcsa), ("edifact", edifact), ("epcis", epcis), ("draw", draw)];

fn source() -> SourceId {
    SourceId::of(&[b"fuzz"])
}

/// Events as CSV, and what was read of them screened; the side tables; the baseline's own reader.
pub fn events_csv(bytes: &[u8]) {
    if let Ok(read) = csv::events(bytes, "fuzz", source()) {
        let inputs = Inputs { events: read.items, ..Inputs::default() };
        let again = inputs.clone();
        let screened = screen(inputs, &Thresholds::default(), Rule::ALL);
        assert_eq!(screened, screen(again, &Thresholds::default(), Rule::ALL), "two screenings differ");
    }
    csv::table::<Order>(bytes, source()).ok();
    csv::table::<AccessRecord>(bytes, source()).ok();
    csv::table::<ReeferRow>(bytes, source()).ok();
    csv::table::<TelematicsRecord>(bytes, source()).ok();
    csv::table::<SealRange>(bytes, source()).ok();
    baseline::screen(bytes).ok();
}

/// A document in each of the three standards; what is written of it is valid.
pub fn dcsa(bytes: &[u8]) {
    let originator = dcsa::Originator {
        party_code: "CARR".to_owned(),
        code_list_provider: "SMDG".to_owned(),
        code_list_name: "LCL".to_owned(),
    };
    for standard in dcsa::Standard::ALL {
        let read = dcsa::read(bytes, standard, source());
        let (written, _) = dcsa::write(&read.batch.items, standard, &originator);
        let again = dcsa::read(written.as_bytes(), standard, source());
        assert_eq!(again.batch.defects, [], "what is written is valid");
    }
}

/// What was read is written back byte for byte.
pub fn edifact(bytes: &[u8]) {
    let read = edifact::read(bytes, source());
    assert_eq!(read.to_bytes(), bytes, "not the bytes that were read");
}

/// Each event's hash and what it says of containers.
pub fn epcis(bytes: &[u8]) {
    for event in &epcis::read(bytes, source()).items {
        assert_eq!(epcis::event_hash(event), epcis::hash_of(&epcis::pre_hash(event)));
        epcis::container_events(event);
    }
}

/// A published draw.
pub fn draw(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(bundle) = Bundle::parse(text) else { return };
    assert_eq!(bundle.to_json().expect("what was read can be written"), text);
    verify(&bundle).ok();
}
