//! The detectors that look at one track alone. Each has its own longest silence, after which what goes on is over; the
//! picture's timers tell when it has passed.

use bitacora_primitives::{Duration, Instant, TrackId};

use super::Setting;
use crate::behaviour::area::AreaEntries;
use crate::behaviour::drift::Drift;
use crate::behaviour::integrity::TrackDetector;
use crate::behaviour::integrity::circle::CircularTrack;
use crate::behaviour::integrity::land::OnLand;
use crate::behaviour::integrity::motion::MotionContradiction;
use crate::behaviour::loitering::Loitering;
use crate::behaviour::port_visit::PortVisits;
use crate::behaviour::posture::Posture;
use crate::behaviour::speed_profile::SpeedProfile;
use crate::behaviour::stop::Stops;
use crate::behaviour::{Event, Parameters};
use crate::tracks::Fix;

/// The state of one track.
#[derive(Clone, Debug, Default)]
pub struct Alone {
    loitering: Loitering,
    stops: Stops,
    drift: Drift,
    posture: Posture,
    port_visits: PortVisits,
    speed: SpeedProfile,
    areas: AreaEntries,
    motion: MotionContradiction,
    circle: CircularTrack,
    land: OnLand,
}

impl Alone {
    /// Takes the next fix of the track, later than the one before.
    pub fn observe(&mut self, track: TrackId, fix: &Fix, setting: Setting<'_>, out: &mut Vec<Event>) {
        let Setting { parameters: p, charts } = setting;
        self.loitering.observe(track, fix, &p.loitering, out);
        self.stops.observe(track, fix, &p.stop, out);
        self.drift.observe(track, fix, &p.drift, out);
        self.posture.observe(track, fix, &charts.anchorages, &p.posture, out);
        if !charts.anchorages.is_empty() {
            self.port_visits.observe(track, fix, &charts.anchorages, &p.port_visit, out);
        }
        self.speed.observe(track, fix, &p.speed, out);
        if !charts.areas.is_empty() {
            self.areas.observe(track, fix, &charts.areas, &p.area, out);
        }
        self.motion.observe(track, fix, &p.integrity.motion, out);
        self.circle.observe(track, fix, &p.integrity.circle, out);
        if let Some(land) = &charts.land {
            self.land.observe(track, fix, Some(land), &p.integrity.land, out);
        }
    }

    /// How many of the detectors have something that goes on.
    pub fn going_on(&self) -> usize {
        let each = [
            self.loitering.goes_on(),
            self.stops.goes_on(),
            self.drift.goes_on(),
            self.posture.goes_on(),
            self.speed.goes_on(),
            self.motion.goes_on(),
            self.circle.goes_on(),
        ];
        each.into_iter().filter(|goes_on| *goes_on).count()
    }

    /// The lengths of silence after which something ends. A port visit goes on in silence: moored vessels often say
    /// nothing.
    pub fn silences(p: &Parameters) -> [Duration; 8] {
        [
            p.loitering.max_silence,
            p.stop.max_gap,
            p.drift.max_silence,
            p.posture.max_silence,
            p.area.max_silence,
            p.integrity.motion.max_silence,
            p.integrity.circle.max_silence,
            p.integrity.land.max_silence,
        ]
    }

    /// The track has been silent for longer than `length`, one of [`Self::silences`].
    pub fn silent(&mut self, track: TrackId, length: Duration, setting: Setting<'_>, out: &mut Vec<Event>) {
        let Setting { parameters: p, charts } = setting;
        if p.loitering.max_silence <= length {
            self.loitering.end(track, out);
        }
        if p.stop.max_gap <= length {
            self.stops.end(track, out);
        }
        if p.drift.max_silence <= length {
            self.drift.end(track, &p.drift, out);
        }
        if p.posture.max_silence <= length {
            self.posture.end(track, &p.posture, out);
        }
        if p.area.max_silence <= length {
            self.areas.end(track, &charts.areas, out);
        }
        if p.integrity.motion.max_silence <= length {
            self.motion.end(track, &p.integrity.motion, out);
        }
        if p.integrity.circle.max_silence <= length {
            self.circle.end(track, &p.integrity.circle, out);
        }
        if p.integrity.land.max_silence <= length {
            self.land.end(track, out);
        }
    }

    /// The track has ended; nothing more is known of it until `until`.
    pub fn end(&mut self, track: TrackId, until: Instant, setting: Setting<'_>, out: &mut Vec<Event>) {
        let Setting { parameters: p, charts } = setting;
        self.silent(track, Duration::from_micros(i64::MAX), setting, out);
        self.port_visits.end(track, until, &charts.anchorages, &p.port_visit, out);
    }
}
