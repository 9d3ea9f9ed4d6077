//! What is done to some boxes: rip-ons of several kinds, and the innocent things that look like them. Writes the truth as
//! it acts; the feed is told afterwards from the courses, as for every other box.

use bitacora_primitives::{Duration, Instant};

use super::course::{Course, HOUR, MINUTE, NewSeal, Shift};
use super::places::{Places, further};
use super::truth::{Happening, Innocent, Planted, RipOn, Swap, Truth};
use crate::Scale;
use crate::rng::Rng;

/// The insider's stand-in, and what he asked for.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    pub at: i64,
    pub container: bitacora_port::screening::ContainerNumber,
    pub user: &'static str,
    pub role: &'static str,
    pub scan_state: bool,
}

/// A box at another terminal under this course's number.
#[derive(Debug, Clone)]
pub(super) struct Clone {
    pub course: usize,
    pub terminal: usize,
    pub gate: i64,
    pub load: i64,
}

#[derive(Debug, Default)]
pub(super) struct Plots {
    pub lookups: Vec<Lookup>,
    pub clones: Vec<Clone>,
}

/// How many of each on a full day.
const FULL: [(RipOn, usize); 8] = [
    (RipOn::DoorAtNight, 4),
    (RipOn::ConsecutiveSeal, 5),
    (RipOn::AfterScan, 4),
    (RipOn::Machinery, 3),
    (RipOn::ClonedNumber, 2),
    (RipOn::ReusedSeal, 3),
    (RipOn::InsiderTouch, 3),
    (RipOn::ClonedSeal, 4),
];

pub(super) struct Stage<'a> {
    pub places: &'a mut Places,
    pub courses: &'a mut [Course],
    pub start: Instant,
    pub scale: Scale,
    pub truth: &'a mut Truth,
}

/// What one kind does to a box, at the time it is touched.
type Act = fn(&mut Stage<'_>, usize, i64, &mut Plots, &mut Rng) -> Option<()>;

pub(super) fn plant(stage: &mut Stage<'_>, seed: u64) -> Plots {
    let mut plots = Plots::default();
    for (kind, full) in FULL {
        let count = match stage.scale {
            Scale::Day => full,
            Scale::Watch => 1,
        };
        let mut rng = Rng::of(seed, 10 + kind as u64);
        for _ in 0..count {
            plant_one(stage, kind, &mut plots, &mut rng);
        }
    }
    innocents(stage, &mut Rng::of(seed, 30));
    plots
}

/// Tries boxes until one suits; the kind is left out of this day if none of many does.
fn plant_one(stage: &mut Stage<'_>, kind: RipOn, plots: &mut Plots, rng: &mut Rng) {
    for _ in 0..2_000 {
        let n = rng.below(stage.courses.len());
        let Some(at) = stage.courses.get(n).and_then(|course| moment(course, kind, rng)) else { continue };
        let act: Act = match kind {
            RipOn::DoorAtNight => door_at_night,
            RipOn::ConsecutiveSeal => consecutive_seal,
            RipOn::AfterScan => after_scan,
            RipOn::Machinery => machinery,
            RipOn::ClonedNumber => cloned_number,
            RipOn::ReusedSeal => reused_seal,
            RipOn::InsiderTouch => insider_touch,
            RipOn::ClonedSeal | RipOn::ReleaseCode => cloned_seal,
        };
        let lookups = plots.lookups.len();
        if act(stage, n, at, plots, rng).is_none() {
            continue;
        }
        let Some(course) = stage.courses.get_mut(n) else { continue };
        course.planted = true;
        let begun = plots.lookups.get(lookups).map_or(at, |look| look.at.min(at));
        let gone = course.gone(24 * HOUR);
        let time = |seconds: i64| stage.start + Duration::from_secs(seconds);
        stage.truth.planted.push(Planted {
            kind,
            container: course.number,
            begun: time(begun),
            touched: time(at),
            gone: time(gone),
        });
        return;
    }
}

/// When it is done: in the last half day before the load, at night where the kind wants it, and if the box suits.
fn moment(course: &Course, kind: RipOn, rng: &mut Rng) -> Option<i64> {
    let load = course.load.filter(|_| !course.planted)?;
    let before = rng.between(1.5, 14.0);
    let at = load - (before * HOUR as f64) as i64;
    let suits = match kind {
        RipOn::DoorAtNight => course.door_sensor && (-2 * HOUR..4 * HOUR).contains(&at),
        RipOn::AfterScan => course.scan.is_some_and(|scan| scan + HOUR < at),
        RipOn::Machinery => course.reefer,
        RipOn::InsiderTouch => before > 2.0 && before < 6.0,
        _ => true,
    };
    (suits && at > course.gate + 90 * MINUTE && course.inspection.is_none_or(|seen| seen + 2 * HOUR < at))
        .then_some(at)
}

fn put_on(
    stage: &mut Stage<'_>,
    n: usize,
    at: i64,
    seal: bitacora_port::screening::SealNumber,
    maker: &'static str,
) -> Option<()> {
    let course = stage.courses.get_mut(n)?;
    let from = course.seal_at(at).0.clone();
    let near_serial = is_near(&from, &seal);
    stage.truth.swaps.push(Swap {
        container: course.number,
        at: stage.start + Duration::from_secs(at),
        from,
        to: seal.clone(),
        near_serial,
        innocent: false,
    });
    course.new_seals.push(NewSeal { at, seal, maker, recorded: false });
    Some(())
}

/// Out of one carton: written here again, so that the truth does not ask the rule what it is.
fn is_near(a: &bitacora_port::screening::SealNumber, b: &bitacora_port::screening::SealNumber) -> bool {
    match (a.serial(), b.serial()) {
        (Some((p, n, x)), Some((q, m, y))) => p == q && n == m && x != y && x.abs_diff(y) <= 250,
        _ => false,
    }
}

/// The next serial of the carton that nobody has used: cartons are used up with holes.
fn neighbour(
    course: &Course,
    at: i64,
    places: u64,
) -> Option<(bitacora_port::screening::SealNumber, &'static str)> {
    let (seal, maker) = course.seal_at(at);
    Some((further(seal, places)?, maker))
}

fn door_at_night(stage: &mut Stage<'_>, n: usize, at: i64, _: &mut Plots, rng: &mut Rng) -> Option<()> {
    let (seal, maker) = neighbour(stage.courses.get(n)?, at, 1)?;
    put_on(stage, n, at, seal, maker)?;
    let course = stage.courses.get_mut(n)?;
    course.doors.push((at, at + rng.between(8.0, 30.0) as i64 * MINUTE));
    course.added_kg.push((at, rng.between(350.0, 1_200.0)));
    Some(())
}

fn consecutive_seal(stage: &mut Stage<'_>, n: usize, at: i64, _: &mut Plots, rng: &mut Rng) -> Option<()> {
    let (seal, maker) = neighbour(stage.courses.get(n)?, at, 1)?;
    put_on(stage, n, at, seal, maker)?;
    stage.courses.get_mut(n)?.added_kg.push((at, rng.between(250.0, 900.0)));
    Some(())
}

fn after_scan(stage: &mut Stage<'_>, n: usize, at: i64, plots: &mut Plots, rng: &mut Rng) -> Option<()> {
    let (seal, maker) = if rng.chance(0.5) {
        neighbour(stage.courses.get(n)?, at, 1)?
    } else {
        (Places::strange_seal(rng)?, "XV-UNK")
    };
    put_on(stage, n, at, seal, maker)?;
    let course = stage.courses.get_mut(n)?;
    course.shifts.push(Shift { at: at - 20 * MINUTE, ordered: false, tier: 1, outward: true });
    course.added_kg.push((at, rng.between(200.0, 800.0)));
    if rng.chance(0.5) {
        let container = course.number;
        plots.lookups.push(Lookup {
            at: at - 2 * HOUR,
            container,
            user: "st-7c1f",
            role: "gate",
            scan_state: true,
        });
    }
    Some(())
}

fn machinery(stage: &mut Stage<'_>, n: usize, at: i64, _: &mut Plots, rng: &mut Rng) -> Option<()> {
    let course = stage.courses.get_mut(n)?;
    let vent = further(course.vent.as_ref()?, 1)?;
    course.new_vent = Some((at, vent));
    // Controllers report once an hour: a panel that is shut within it is not seen open.
    course.panel = Some((at, at + rng.between(20.0, 100.0) as i64 * MINUTE));
    course.unplugged.push((at, at + rng.between(20.0, 50.0) as i64 * MINUTE, false));
    course.added_kg.push((at, rng.between(30.0, 90.0)));
    Some(())
}

fn cloned_number(stage: &mut Stage<'_>, n: usize, at: i64, plots: &mut Plots, rng: &mut Rng) -> Option<()> {
    let terminal = (stage.courses.get(n)?.terminal + 1 + rng.below(2)) % 3;
    let load = at + rng.between(2.0, 6.0) as i64 * HOUR;
    plots.clones.push(Clone { course: n, terminal, gate: at, load });
    Some(())
}

fn reused_seal(stage: &mut Stage<'_>, n: usize, at: i64, _: &mut Plots, rng: &mut Rng) -> Option<()> {
    let other = stage.courses.get(rng.below(stage.courses.len()))?;
    let (seal, maker) = (other.seal.clone(), other.maker);
    if other.number == stage.courses.get(n)?.number {
        return None;
    }
    put_on(stage, n, at, seal, maker)?;
    stage.courses.get_mut(n)?.added_kg.push((at, rng.between(200.0, 700.0)));
    Some(())
}

fn insider_touch(stage: &mut Stage<'_>, n: usize, at: i64, plots: &mut Plots, rng: &mut Rng) -> Option<()> {
    let course = stage.courses.get_mut(n)?;
    let look = at - (rng.between(0.7, 3.0) * HOUR as f64) as i64;
    // Somebody else's order open for the box would cover him; he does not know, and some are covered.
    let container = course.number;
    plots.lookups.push(Lookup { at: look, container, user: "st-7c1f", role: "gate", scan_state: false });
    course.shifts.push(Shift { at: at - 15 * MINUTE, ordered: false, tier: 1, outward: true });
    course.added_kg.push((at, rng.between(150.0, 600.0)));
    Some(())
}

fn cloned_seal(stage: &mut Stage<'_>, n: usize, at: i64, _: &mut Plots, rng: &mut Rng) -> Option<()> {
    stage.courses.get_mut(n)?.added_kg.push((at, rng.between(60.0, 140.0)));
    Some(())
}

/// Innocent things, as often as the scale has room for.
fn innocents(stage: &mut Stage<'_>, rng: &mut Rng) {
    let some = |full: usize| match stage.scale {
        Scale::Day => full,
        Scale::Watch => full.div_ceil(8),
    };
    let (opened, restows, knocks, gensets) = (some(3), some(40), some(12), some(3));
    for _ in 0..opened {
        honest(
            stage,
            rng,
            Innocent::UnrecordedInspection,
            |course| course.load.is_some(),
            |stage, n, at, rng| {
                let shipper = stage.courses.get(n)?.shipper;
                let (seal, maker) = stage.places.new_seal(shipper, rng)?;
                put_on(stage, n, at, seal, maker)?;
                stage.truth.swaps.last_mut()?.innocent = true;
                Some(())
            },
        );
    }
    for _ in 0..restows {
        honest(
            stage,
            rng,
            Innocent::LawfulRestow,
            |_| true,
            |stage, n, at, rng| {
                let outward = rng.chance(0.25);
                let tier = 1 + rng.below(3) as u8;
                stage.courses.get_mut(n)?.shifts.push(Shift { at, ordered: true, tier, outward });
                Some(())
            },
        );
    }
    for _ in 0..knocks {
        honest(
            stage,
            rng,
            Innocent::SensorKnock,
            |course| course.door_sensor,
            |stage, n, at, rng| {
                stage.courses.get_mut(n)?.doors.push((at, at + 4 + rng.below(50) as i64));
                Some(())
            },
        );
    }
    for _ in 0..gensets {
        honest(
            stage,
            rng,
            Innocent::GensetSwap,
            |course| course.reefer,
            |stage, n, at, rng| {
                let until = at + rng.between(18.0, 50.0) as i64 * MINUTE;
                stage.courses.get_mut(n)?.unplugged.push((at, until, false));
                Some(())
            },
        );
    }
    let told: Vec<Happening> = stage
        .courses
        .iter()
        .flat_map(|course| {
            let rolled = (course.plans.len() > 1).then_some((Innocent::RollOver, course.gate));
            let defrost = course.silent_defrost.then_some((Innocent::Defrost, course.gate));
            let late = (course.vgm > course.gate).then_some((Innocent::LateVgm, course.vgm));
            let road = course.blocked.then_some((Innocent::RoadBlock, course.stuffed));
            [rolled, defrost, late, road].into_iter().flatten().map(|(kind, at)| Happening {
                kind,
                container: Some(course.number),
                at: stage.start + Duration::from_secs(at),
            })
        })
        .collect();
    stage.truth.happenings.extend(told);
}

fn honest(
    stage: &mut Stage<'_>,
    rng: &mut Rng,
    kind: Innocent,
    suits: fn(&Course) -> bool,
    act: fn(&mut Stage<'_>, usize, i64, &mut Rng) -> Option<()>,
) {
    for _ in 0..500 {
        let n = rng.below(stage.courses.len());
        let Some(course) = stage.courses.get(n).filter(|course| !course.planted && suits(course)) else {
            continue;
        };
        let room = course.gone(24 * HOUR) - course.gate - 2 * HOUR;
        let at = course.gate + HOUR + (rng.unit() * room.max(0) as f64) as i64;
        let container = course.number;
        if room > 0 && act(stage, n, at, rng).is_some() {
            let at = stage.start + Duration::from_secs(at);
            stage.truth.happenings.push(Happening { kind, container: Some(container), at });
            return;
        }
    }
}
