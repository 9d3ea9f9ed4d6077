//! What the systems of the port report of each export box: gates, cranes, yard, sensors, papers, with their noise. It tells
//! what happened and never why.

use bitacora_port::screening::inputs::{AccessObject, OrderKind, ReeferRow, TelematicsRecord};
use bitacora_port::screening::{
    Classifier, ContainerEvent, ContainerNumber, DoorSide, EventKind, Kilograms, MassReading, Movement,
    Pseudonym, SealPlacement, YardPlace,
};
use bitacora_primitives::Duration;

use super::course::{Course, HOUR, MINUTE, normal};
use super::feed::Feed;
use super::places::{NEXT_VESSELS, Places, VESSELS};
use super::plots::Clone as Twin;
use super::reading::{Occasion, read};
use super::truth::{Happening, Innocent, Truth};
use crate::rng::Rng;

/// The first terminal's order system is down, before the day.
pub(super) const OUTAGE: (usize, i64, i64) = (0, -6 * HOUR, -3 * HOUR);
/// One crane's cell drifts by this much an hour.
pub(super) const DRIFT: (usize, usize, f64) = (1, 2, 15.0);

pub(super) struct Teller<'a> {
    pub feed: &'a mut Feed,
    pub places: &'a Places,
    pub truth: &'a mut Truth,
}

impl Teller<'_> {
    /// Reports one box, from its stuffing to its load.
    pub(super) fn course(&mut self, course: &Course, rng: &mut Rng) {
        self.papers(course, rng);
        self.gate(course, rng);
        self.yard(course, rng);
        self.authorities(course, rng);
        self.quay(course, rng);
        if course.reefer {
            self.reefer(course, rng);
        }
        if course.telematics {
            self.road(course, rng);
        }
        if rng.chance(0.006) {
            // A forwarder looks after its own box, with no task.
            let at = course.gate + 3 * HOUR;
            self.feed.look(course.number, at, ("st-f010", "forwarder"), AccessObject::Location, None);
            self.happened(Innocent::Forwarder, Some(course.number), at);
        }
    }

    fn happened(&mut self, kind: Innocent, container: Option<ContainerNumber>, at: i64) {
        self.truth.happenings.push(Happening { kind, container, at: self.feed.time(at) });
    }

    fn event(&self, course: &Course, kind: EventKind, at: i64) -> ContainerEvent {
        let mut event = self.feed.event(course.number, kind, at);
        event.trip = Some(course.trip.clone());
        event.movement = Some(Movement::Export);
        event.facility = self.places.terminals.get(course.terminal).cloned();
        event
    }

    /// Most messages come within minutes, a few hours late.
    fn tell(&mut self, mut event: ContainerEvent, rng: &mut Rng) {
        let late = if rng.chance(0.02) { rng.between(600.0, 14_400.0) } else { rng.between(2.0, 240.0) };
        event.received = event.received.max(event.at + Duration::from_secs(late as i64));
        self.feed.events.push(event);
    }

    fn sealed(&mut self, course: &Course, event: &mut ContainerEvent, at: i64, second: f64, rng: &mut Rng) {
        let (real, maker) = course.seal_at(at);
        let declared = course.declared_at(at);
        let occasion = Occasion { container: course.number, at: event.at, real, maker, declared, second };
        event.seals.push(read(occasion, rng, &mut self.truth.misreads));
    }

    fn weighed(event: &mut ContainerEvent, kg: f64, scale: &str) {
        // Scales show steps of 20 kg.
        let kg = Kilograms::new(20.0 * libm::round(kg / 20.0)).ok();
        event.mass = kg.map(|kg| MassReading { kg, scale: Some(scale.to_owned()), method: None });
    }

    fn papers(&mut self, course: &Course, rng: &mut Rng) {
        let mut stuffed = self.event(course, EventKind::Stuffed, course.stuffed);
        stuffed.facility = self.places.shippers.get(course.shipper).map(|shipper| shipper.place.clone());
        stuffed.size_type = Some(course.size_type.to_owned());
        self.sealed(course, &mut stuffed, course.stuffed, 0.1, rng);
        self.tell(stuffed, rng);
        let mut vgm = self.event(course, EventKind::VerifiedMass, course.vgm);
        vgm.facility = None;
        vgm.mass = Kilograms::new(course.vgm_kg).ok().map(|kg| MassReading { kg, scale: None, method: None });
        self.tell(vgm, rng);
        for (told, at) in &course.plans {
            let mut plan = self.event(course, EventKind::Loaded, *at);
            plan.classifier = Classifier::Planned;
            plan.vessel = VESSELS.get(course.terminal).map(|call| (*call).to_owned());
            // Not late: a plan is there when it is made.
            plan.received = self.feed.time(*told);
            self.feed.events.push(plan);
        }
    }

    fn gate(&mut self, course: &Course, rng: &mut Rng) {
        let mut gate = self.event(course, EventKind::GateIn, course.gate);
        gate.line = Some(course.line.to_owned());
        gate.size_type = Some(course.size_type.to_owned());
        gate.empty = Some(false);
        gate.actor = Pseudonym::new(rng.pick(&["st-0a11", "st-0a12", "st-0b07", "st-7c1f"], "st-0a11")).ok();
        let noise = 40.0 * normal(rng) + rng.between(-60.0, 60.0);
        Self::weighed(&mut gate, course.kg + noise, rng.pick(&["G1", "G2"], "G1"));
        self.sealed(course, &mut gate, course.gate, 0.7, rng);
        self.tell(gate, rng);
        self.vent(course, course.gate + MINUTE, rng);
        let task = format!("PL-{}", 20_000 + rng.below(70_000));
        let (at, user) = (course.gate + 10 * MINUTE, rng.pick(&["st-1d40", "st-1d41", "st-1d58"], "st-1d40"));
        self.feed.look(course.number, at, (user, "planner"), AccessObject::Location, Some(task));
        if rng.chance(0.4) {
            self.feed.look(course.number, at + HOUR, ("sys-pcs", "system"), AccessObject::Location, None);
        }
    }

    /// Somebody reads the door seal.
    pub(super) fn check(&mut self, course: &Course, at: i64, rng: &mut Rng) {
        let mut check = self.event(course, EventKind::SealChecked, at);
        self.sealed(course, &mut check, at, 0.2, rng);
        self.tell(check, rng);
    }

    /// Somebody reads the vent seal, where there is one.
    pub(super) fn vent(&mut self, course: &Course, at: i64, rng: &mut Rng) {
        let Some(vent) = &course.vent else { return };
        let real = course.new_vent.as_ref().filter(|(since, _)| *since <= at).map_or(vent, |(_, new)| new);
        let mut check = self.event(course, EventKind::SealChecked, at);
        let maker = course.maker;
        let occasion =
            Occasion { container: course.number, at: check.at, real, maker, declared: vent, second: 0.0 };
        let mut reading = read(occasion, rng, &mut self.truth.misreads);
        reading.placement = SealPlacement::Vent;
        check.seals.push(reading);
        self.tell(check, rng);
    }

    fn yard(&mut self, course: &Course, rng: &mut Rng) {
        let (terminal, from, to) = OUTAGE;
        let gone = course.gone(i64::MAX);
        for shift in course.shifts.iter().filter(|shift| shift.at < gone) {
            let down = course.terminal == terminal && (from..to).contains(&shift.at);
            if down && shift.ordered {
                self.happened(Innocent::OrdersLost, Some(course.number), shift.at);
            }
            let ordered = shift.ordered && !down;
            let mut number = course.number;
            if rng.chance(0.002)
                && let Some(wrong) = misread_number(course.number, rng)
            {
                number = wrong;
                self.happened(Innocent::NumberMisread, Some(wrong), shift.at);
            }
            let slot = format!(
                "{}{:02}-{:02}",
                rng.pick(&["A", "B", "C", "D"], "A"),
                1 + rng.below(30),
                rng.below(24)
            );
            let doors = Some(if shift.outward { DoorSide::Outward } else { DoorSide::Inward });
            self.moved(
                course,
                number,
                shift.at,
                ordered,
                YardPlace { slot, tier: Some(shift.tier), doors, camera_blind: None },
                rng,
            );
        }
        for at in course.checks.iter().filter(|at| **at < gone) {
            self.check(course, *at, rng);
        }
        for (opened, closed) in &course.doors {
            for (kind, at) in [(EventKind::DoorOpened, *opened), (EventKind::DoorClosed, *closed)] {
                let event = self.event(course, kind, at);
                self.tell(event, rng);
            }
        }
    }

    fn moved(
        &mut self,
        course: &Course,
        number: ContainerNumber,
        at: i64,
        ordered: bool,
        place: YardPlace,
        rng: &mut Rng,
    ) {
        let mut event = self.event(course, EventKind::YardMove, at);
        event.container = number;
        if number != course.number {
            event.trip = None;
        }
        if ordered {
            event.order =
                Some(self.feed.order(course.number, OrderKind::Move, at - 30 * MINUTE, at + 30 * MINUTE));
        }
        event.yard = Some(place);
        self.tell(event, rng);
    }

    fn authorities(&mut self, course: &Course, rng: &mut Rng) {
        if let Some(at) = course.scan {
            let order = self.feed.order(course.number, OrderKind::Scan, at - HOUR, at + HOUR);
            for (kind, at) in [(EventKind::ScanSelected, at - 3 * HOUR), (EventKind::Scanned, at)] {
                let mut event = self.event(course, kind, at.max(course.gate + MINUTE));
                event.order = Some(order.clone());
                self.tell(event, rng);
            }
            for at in [at - 25 * MINUTE, at + 25 * MINUTE] {
                let slot = if at < course.scan.unwrap_or(at) { "SCAN-1" } else { "E01-04" };
                let place = YardPlace {
                    slot: slot.to_owned(),
                    tier: Some(2),
                    doors: Some(DoorSide::Inward),
                    camera_blind: None,
                };
                self.moved(course, course.number, at, true, place, rng);
            }
        }
        if let Some(at) = course.inspection {
            let order = self.feed.order(course.number, OrderKind::Inspection, at - HOUR, at + 2 * HOUR);
            let mut seen = self.event(course, EventKind::Inspected, at);
            seen.order = Some(order.clone());
            self.tell(seen, rng);
            if course.door_sensor {
                for (kind, after) in [(EventKind::DoorOpened, 3), (EventKind::DoorClosed, 35)] {
                    let event = self.event(course, kind, at + after * MINUTE);
                    self.tell(event, rng);
                }
            }
            let sealed = at + 40 * MINUTE;
            let mut resealed = self.event(course, EventKind::Resealed, sealed);
            resealed.order = Some(order);
            self.sealed(course, &mut resealed, sealed, 0.2, rng);
            self.tell(resealed, rng);
        }
    }

    fn quay(&mut self, course: &Course, rng: &mut Rng) {
        let Some(at) = course.load else { return };
        self.feed.order(course.number, OrderKind::Task, at - 2 * HOUR, at + HOUR);
        self.vent(course, at - 8 * MINUTE, rng);
        let mut load = self.event(course, EventKind::Loaded, at);
        load.vessel = VESSELS.get(course.terminal).map(|call| (*call).to_owned());
        load.line = Some(course.line.to_owned());
        let (terminal, crane, an_hour) = DRIFT;
        let drifts = course.terminal == terminal && course.crane == crane;
        let drift = if drifts { an_hour * at as f64 / HOUR as f64 } else { 0.0 };
        let kg = course.kg_at(at);
        Self::weighed(&mut load, kg + 0.006 * kg * normal(rng) + drift, &format!("K{}", course.crane));
        if course.read_at_load {
            self.sealed(course, &mut load, at, 0.5, rng);
        }
        self.tell(load, rng);
        let mut stowed = self.event(course, EventKind::Stowed, at + 20 * MINUTE);
        stowed.vessel = VESSELS.get(course.terminal).map(|call| (*call).to_owned());
        self.tell(stowed, rng);
    }

    /// The other box under this number: gate, crane and bay plan of another terminal.
    pub(super) fn twin(&mut self, course: &Course, twin: &Twin, rng: &mut Rng) {
        let trip = format!("BK{:07}", 3_000_000 + rng.below(6_999_999));
        let seal = Places::strange_seal(rng);
        for (kind, at) in [
            (EventKind::GateIn, twin.gate),
            (EventKind::Loaded, twin.load),
            (EventKind::Stowed, twin.load + 20 * MINUTE),
        ] {
            let mut event = self.event(course, kind, at);
            event.trip = Some(trip.clone());
            event.facility = self.places.terminals.get(twin.terminal).cloned();
            let calls = if kind == EventKind::GateIn { None } else { NEXT_VESSELS.get(twin.terminal) };
            event.vessel = calls.map(|call| (*call).to_owned());
            if kind != EventKind::Stowed {
                Self::weighed(&mut event, course.kg + 900.0 + 60.0 * normal(rng), "G1");
                event.seals.extend(seal.clone().map(bitacora_port::screening::SealReading::door));
            }
            self.tell(event, rng);
        }
    }

    fn reefer(&mut self, course: &Course, rng: &mut Rng) {
        let (from, to) = (course.gate + 30 * MINUTE, course.gone(24 * HOUR) - 30 * MINUTE);
        for (kind, order, at) in
            [(EventKind::PluggedIn, OrderKind::Plug, from), (EventKind::Unplugged, OrderKind::Unplug, to)]
        {
            let mut event = self.event(course, kind, at);
            event.order = Some(self.feed.order(course.number, order, at - HOUR, at + HOUR));
            self.tell(event, rng);
        }
        let phase = rng.below(8) as i64;
        let mut at = from.max(-36 * HOUR) + MINUTE;
        let mut hour = 0;
        let mut times = Vec::new();
        while at < to {
            times.push((at, hour));
            (at, hour) = (at + HOUR, hour + 1);
        }
        // Controllers log a loss and return of power at once, everything else once an hour.
        for (off, on, _) in course.unplugged.iter().filter(|(off, on, _)| from < *off && *on < to) {
            times.extend([(*off, -1), (*on, -1)]);
        }
        times.sort_unstable();
        for (at, hour) in times {
            let powered = !course.unplugged.iter().any(|(off, on, _)| (*off..*on).contains(&at));
            let cycle = hour >= 0 && (hour + phase) % 8 == 0;
            let warm = if cycle { 4.6 } else { 0.0 } + if powered { 0.0 } else { 1.0 };
            let round = |celsius: f64| libm::round(celsius * 10.0) / 10.0;
            let set = -18.0;
            self.feed.reefer.push(ReeferRow {
                id: String::new(),
                at: self.feed.time(at),
                container: course.number,
                setpoint_celsius: Some(set),
                return_air_celsius: Some(round(set + 0.8 + warm + 0.25 * normal(rng))),
                supply_air_celsius: Some(round(set - 0.6 + 0.2 * normal(rng))),
                powered: Some(powered),
                defrosting: if course.silent_defrost { None } else { Some(cycle) },
                panel_open: Some(course.panel.is_some_and(|(open, shut)| (open..shut).contains(&at))),
            });
        }
    }

    fn road(&mut self, course: &Course, rng: &mut Rng) {
        let truck = format!("TRK-{:03}", rng.below(400));
        let driver = Pseudonym::new(&format!("st-d{:03}", rng.below(500))).ok();
        let changed = if rng.chance(0.004) { Some(format!("TRK-{:03}", 400 + rng.below(90))) } else { None };
        if changed.is_some() {
            self.happened(Innocent::HaulierChange, Some(course.number), course.stuffed);
        }
        let length = course.gate - course.stuffed;
        let (held, held_until) = (course.stuffed + length / 3, course.stuffed + length / 3 + 190 * MINUTE);
        let mut at = course.stuffed + 15 * MINUTE;
        while at < course.gate {
            let stands = course.blocked && (held..held_until).contains(&at);
            let rests = rng.chance(0.06);
            let speed = if stands || rests { 0.0 } else { libm::round(rng.between(25.0, 80.0)) };
            let half_way = at > course.stuffed + length / 2;
            self.feed.telematics.push(TelematicsRecord {
                id: String::new(),
                at: self.feed.time(at),
                container: course.number,
                truck: Some(changed.clone().filter(|_| half_way).unwrap_or_else(|| truck.clone())),
                driver: driver.clone(),
                speed_kmh: Some(speed),
                allowed_place: Some(!stands),
            });
            at += 20 * MINUTE;
        }
    }
}

fn misread_number(number: ContainerNumber, rng: &mut Rng) -> Option<ContainerNumber> {
    let mut bytes = number.as_str().as_bytes().to_vec();
    let place = bytes.get_mut(4 + rng.below(7))?;
    *place = b'0' + (place.checked_sub(b'0')? + 1 + rng.below(9) as u8) % 10;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}
