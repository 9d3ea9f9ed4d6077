//! A synthetic port day with known truth, from a seed: invented terminals and owners, honest boxes, rip-ons of several kinds
//! and what is taken for them. The truth is handed out apart from the feed; nothing in the feed names it.

mod course;
mod feed;
mod files;
mod imports;
mod places;
mod plots;
mod reading;
pub mod report;
mod reread;
pub mod score;
mod tell;
pub mod truth;

use bitacora_port::screening::inputs::{
    AccessObject, AccessRecord, Inputs, Order, ReeferRow, SealRange, TelematicsRecord, TravelTime,
};
use bitacora_port::screening::{ContainerEvent, Facility};
use bitacora_primitives::{Duration, EvidenceRef, Instant, SourceId};

use crate::Scale;
use crate::rng::{Rng, mix};
use course::HOUR;
pub use feed::AUTHORITY;
use feed::Feed;
use places::Places;
use plots::Stage;
pub use report::report;
pub use score::{PortScore, score};
use tell::Teller;
use truth::Happening;
pub use truth::{Innocent, Planted, RipOn, Truth};

/// Everything that the systems of the port say, and what truly happened.
#[derive(Debug, Clone)]
pub struct PortDay {
    pub seed: u64,
    /// Begin of the day that is planned; most boxes came in before it.
    pub start: Instant,
    pub terminals: Vec<Facility>,
    /// In order of receipt.
    pub events: Vec<ContainerEvent>,
    pub reefer: Vec<ReeferRow>,
    pub orders: Vec<Order>,
    pub access: Vec<AccessRecord>,
    pub telematics: Vec<TelematicsRecord>,
    pub seal_ranges: Vec<SealRange>,
    pub travel_times: Vec<TravelTime>,
    pub truth: Truth,
    places: Places,
    courses: Vec<course::Course>,
}

/// Export boxes, and a fifth as many import boxes.
const fn boxes(scale: Scale) -> usize {
    match scale {
        Scale::Day => 1_800,
        Scale::Watch => 225,
    }
}

/// The full day that starts at `start`.
pub fn port_day(seed: u64, start: Instant) -> PortDay {
    port_day_of(seed, start, Scale::Day)
}

pub fn port_day_of(seed: u64, start: Instant, scale: Scale) -> PortDay {
    let seed_of_port = mix(seed, 0x0050_4F52, 0);
    let mut places = Places::new(&mut Rng::of(seed_of_port, 1));
    let mut truth = Truth { containers: boxes(scale), ..Truth::default() };
    let mut courses = course::courses(&mut places, boxes(scale), seed_of_port);
    let mut stage = Stage { places: &mut places, courses: &mut courses, start, scale, truth: &mut truth };
    let plots = plots::plant(&mut stage, seed_of_port);
    let mut feed = Feed::new(start);
    let mut teller = Teller { feed: &mut feed, places: &places, truth: &mut truth };
    for (n, course) in courses.iter().enumerate() {
        teller.course(course, &mut Rng::of(seed_of_port, 100_000 + n as u64));
    }
    for twin in &plots.clones {
        if let Some(course) = courses.get(twin.course) {
            teller.twin(course, twin, &mut Rng::of(seed_of_port, 200_000 + twin.course as u64));
        }
    }
    for look in &plots.lookups {
        let object = if look.scan_state { AccessObject::ScanState } else { AccessObject::Location };
        feed.look(look.container, look.at, (look.user, look.role), object, None);
    }
    imports::imports(&mut feed, &mut places, &mut truth, (boxes(scale) / 5, scale), seed_of_port);
    feed.number();
    let (terminal, from, _) = tell::OUTAGE;
    let (drifting, _, _) = tell::DRIFT;
    for (kind, _, at) in
        [(Innocent::OrdersLost, terminal, from), (Innocent::ScaleDrift, drifting, course::FIRST_LOAD)]
    {
        let at = start + Duration::from_secs(at);
        truth.happenings.push(Happening { kind, container: None, at });
    }
    truth.planted.sort_by_key(|one| (one.touched, one.container));
    truth.happenings.sort_by_key(|one| (one.at, one.kind, one.container));
    truth.misreads.sort_by_key(|one| (one.at, one.container));
    truth.swaps.sort_by_key(|one| (one.at, one.container));
    let Feed { events, orders, reefer, access, telematics, .. } = feed;
    PortDay {
        seed,
        start,
        terminals: places.terminals.clone(),
        events,
        reefer,
        orders,
        access,
        telematics,
        seal_ranges: places.seal_ranges(places::days_before(start, 200)),
        travel_times: places.travel_times(),
        truth,
        places,
        courses,
    }
}

impl PortDay {
    pub fn end(&self) -> Instant {
        self.start + Duration::from_secs(24 * HOUR)
    }

    /// All that was said in the end.
    pub fn inputs(&self) -> Inputs {
        self.inputs_known(Instant::from_micros(i64::MAX))
    }

    /// What a node that had heard everything until `as_of` would screen.
    pub fn inputs_known(&self, as_of: Instant) -> Inputs {
        let mut events: Vec<ContainerEvent> =
            self.events.iter().filter(|event| event.received <= as_of).cloned().collect();
        let rows = self.reefer.iter().zip(2_u64..).filter(|(row, _)| row.at <= as_of);
        events.extend(rows.map(|(row, line)| {
            let source = SourceId::of(&[b"port scenario", b"reefer"]);
            row.clone().event("reefer", row.at, EvidenceRef { source, line, offset: None })
        }));
        Inputs {
            events,
            orders: Some(self.orders.iter().filter(|order| order.valid_from <= as_of).cloned().collect()),
            access: self.access.iter().filter(|record| record.at <= as_of).cloned().collect(),
            telematics: self.telematics.iter().filter(|record| record.at <= as_of).cloned().collect(),
            seal_ranges: self.seal_ranges.clone(),
            travel_times: self.travel_times.clone(),
            found_bad: Vec::new(),
        }
    }
}
