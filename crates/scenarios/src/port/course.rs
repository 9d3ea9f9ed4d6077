//! What truly happens to each export box, from stuffing to load: the honest course, before anybody tampers with it. All
//! times are seconds from the start of the day, negative before it.

use bitacora_port::screening::{ContainerNumber, SealNumber};

use super::places::{LINES, Places};
use crate::rng::Rng;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 3_600;

/// A move within the terminal.
#[derive(Debug, Clone)]
pub(super) struct Shift {
    pub at: i64,
    pub ordered: bool,
    pub tier: u8,
    pub outward: bool,
}

/// A seal put on, and whether under an order that the feed shows.
#[derive(Debug, Clone)]
pub(super) struct NewSeal {
    pub at: i64,
    pub seal: SealNumber,
    pub maker: &'static str,
    pub recorded: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Course {
    pub number: ContainerNumber,
    pub trip: String,
    pub terminal: usize,
    pub shipper: usize,
    pub line: &'static str,
    pub reefer: bool,
    pub size_type: &'static str,
    /// Box and cargo.
    pub kg: f64,
    pub vgm_kg: f64,
    pub seal: SealNumber,
    pub maker: &'static str,
    pub vent: Option<SealNumber>,
    pub stuffed: i64,
    pub vgm: i64,
    pub gate: i64,
    /// As planned when it was stuffed, and later.
    pub plans: Vec<(i64, i64)>,
    /// `None`: shut out of its vessel.
    pub load: Option<i64>,
    pub crane: usize,
    pub shifts: Vec<Shift>,
    pub scan: Option<i64>,
    pub inspection: Option<i64>,
    /// Where the seal is read between gate and load.
    pub checks: Vec<i64>,
    /// Whether the seal is read at the load.
    pub read_at_load: bool,
    pub door_sensor: bool,
    pub telematics: bool,
    /// Held at a road block.
    pub blocked: bool,

    pub new_seals: Vec<NewSeal>,
    pub new_vent: Option<(i64, SealNumber)>,
    pub added_kg: Vec<(i64, f64)>,
    /// Opened and closed.
    pub doors: Vec<(i64, i64)>,
    /// Reefer: without power, and whether ordered.
    pub unplugged: Vec<(i64, i64, bool)>,
    pub panel: Option<(i64, i64)>,
    /// A controller that defrosts and does not say so.
    pub silent_defrost: bool,
    pub planted: bool,
}

impl Course {
    /// The end of its stay: its load, or the end of the day.
    pub(super) fn gone(&self, end: i64) -> i64 {
        self.load.unwrap_or(end)
    }
    pub(super) fn kg_at(&self, at: i64) -> f64 {
        self.kg + self.added_kg.iter().filter(|(since, _)| *since <= at).map(|(_, kg)| kg).sum::<f64>()
    }
    /// The seal on it, and its maker.
    pub(super) fn seal_at(&self, at: i64) -> (&SealNumber, &'static str) {
        let newest = self.new_seals.iter().filter(|one| one.at <= at).max_by_key(|one| one.at);
        newest.map_or((&self.seal, self.maker), |one| (&one.seal, one.maker))
    }
    /// What the papers say: the last seal that was recorded.
    pub(super) fn declared_at(&self, at: i64) -> &SealNumber {
        let recorded = self.new_seals.iter().filter(|one| one.recorded && one.at <= at);
        recorded.max_by_key(|one| one.at).map_or(&self.seal, |one| &one.seal)
    }
}

/// The day's loading: from half past three to half past eleven at night.
pub(super) const FIRST_LOAD: i64 = 3 * HOUR + 30 * MINUTE;
const LOADING: i64 = 20 * HOUR;

pub(super) fn courses(places: &mut Places, boxes: usize, seed: u64) -> Vec<Course> {
    (0..boxes).filter_map(|n| course(places, n, boxes, &mut Rng::of(seed, 1_000 + n as u64))).collect()
}

fn course(places: &mut Places, n: usize, boxes: usize, rng: &mut Rng) -> Option<Course> {
    let terminal = n % 3;
    let shipper = rng.below(places.shippers.len());
    let number = places.number(rng)?;
    let (seal, maker) = places.new_seal(shipper, rng)?;
    let reefer = rng.chance(0.12);
    let vent = if reefer { Some(places.new_seal(shipper, rng)?.0) } else { None };
    let size_type = if reefer { "45R1" } else { rng.pick(&["42G1", "22G1", "45G1"], "42G1") };
    let tare = if size_type == "22G1" {
        2_250.0
    } else if reefer {
        4_640.0
    } else {
        3_850.0
    };
    let kg = libm::round(tare + rng.between(9_000.0, 26_000.0));
    let load = FIRST_LOAD + (LOADING as f64 * (n as f64 + rng.unit()) / boxes as f64) as i64;
    // Shut out of the vessel before, a week ago.
    let rolled_here = rng.chance(0.02);
    let stay = if rolled_here { rng.between(140.0, 220.0) } else { rng.between(14.0, 84.0) };
    let gate = load - (stay * HOUR as f64) as i64;
    let road = *places.shippers.get(shipper)?.road.get(terminal)?;
    let blocked = rng.chance(0.006);
    let road = road as f64 * rng.between(0.85, 1.25) + if blocked { 200.0 } else { 0.0 };
    let stuffed = gate - (road * MINUTE as f64) as i64;
    // Few papers are late.
    let vgm = if rng.chance(0.003) { load + 2 * HOUR } else { stuffed + 10 * MINUTE };
    let error = if rng.chance(0.01) { rng.between(-0.09, 0.09) } else { normal(rng) * 0.012 };
    let mut plans = Vec::new();
    if rolled_here {
        plans.push((stuffed, load - 5 * 24 * HOUR));
        plans.push((load - 5 * 24 * HOUR + 3 * HOUR, load));
    } else {
        plans.push((stuffed, load + (rng.between(-1.0, 2.0) * HOUR as f64) as i64));
    }
    let mut load = Some(load);
    if rng.chance(0.01) {
        plans.push((2 * HOUR, load.unwrap_or_default() + 60 * HOUR));
        load = None;
    }
    let until = load.unwrap_or(24 * HOUR);
    let mut course = Course {
        number,
        trip: format!("BK{:07}", 3_000_000 + rng.below(6_999_999)),
        terminal,
        shipper,
        line: rng.pick(&LINES, "QXZL"),
        reefer,
        size_type,
        kg,
        vgm_kg: libm::round(kg * (1.0 + error)),
        seal,
        maker,
        vent,
        stuffed,
        vgm,
        gate,
        plans,
        load,
        crane: 1 + rng.below(2),
        shifts: Vec::new(),
        scan: None,
        inspection: None,
        checks: Vec::new(),
        read_at_load: rng.chance(0.85),
        door_sensor: rng.chance(0.15),
        telematics: rng.chance(0.35),
        blocked,
        new_seals: Vec::new(),
        new_vent: None,
        added_kg: Vec::new(),
        doors: Vec::new(),
        unplugged: Vec::new(),
        panel: None,
        silent_defrost: reefer && rng.chance(0.2),
        planted: false,
    };
    yard(&mut course, until, rng);
    authorities(places, &mut course, until, rng);
    Some(course)
}

/// Into the stack, sometimes out of another box's way.
fn yard(course: &mut Course, until: i64, rng: &mut Rng) {
    let room = (until - course.gate - 2 * HOUR).max(HOUR);
    let mut at = vec![course.gate + 20 * MINUTE];
    let rehandles = match rng.unit() {
        u if u < 0.55 => 0,
        u if u < 0.85 => 1,
        u if u < 0.96 => 2,
        _ => 3,
    };
    for _ in 0..rehandles {
        at.push(course.gate + HOUR + (rng.unit() * room as f64) as i64);
    }
    at.sort_unstable();
    let shift = |at| Shift {
        at,
        ordered: true,
        tier: 1 + rng.below(4) as u8,
        // Stacks stand door to door; a few end rows do not.
        outward: rng.chance(0.06),
    };
    course.shifts = at.into_iter().map(shift).collect();
    if rng.chance(0.1) {
        course.checks.push(course.gate + HOUR + (rng.unit() * room as f64) as i64);
    }
}

/// Scans and inspections that the authorities ordered on their own grounds.
fn authorities(places: &mut Places, course: &mut Course, until: i64, rng: &mut Rng) {
    let latest = until - 3 * HOUR;
    let some_time = |rng: &mut Rng| {
        let at = course.gate + (rng.between(2.0, 14.0) * HOUR as f64) as i64;
        (at < latest).then_some(at)
    };
    if rng.chance(0.08) {
        course.scan = some_time(rng);
    } else if rng.chance(0.015) {
        course.inspection = some_time(rng);
    }
    if let Some(at) = course.inspection
        && let Some((seal, maker)) = places.new_seal(course.shipper, rng)
    {
        course.new_seals.push(NewSeal { at: at + 40 * MINUTE, seal, maker, recorded: true });
    }
}

/// A standard normal (Box and Muller).
pub(super) fn normal(rng: &mut Rng) -> f64 {
    let (a, b) = (rng.unit().max(1e-12), rng.unit());
    libm::sqrt(-2.0 * libm::log(a)) * libm::cos(std::f64::consts::TAU * b)
}
