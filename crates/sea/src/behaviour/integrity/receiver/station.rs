//! What is learned of one station: where it stands, if nobody says, and how far it hears. Fixed memory; a vessel
//! teaches at most once in a while, so that one loud liar teaches little.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Mmsi, Position};

use super::super::parameters::ReceiverParameters;
use crate::tracks::Fix;

/// Bins of distance, four to a doubling from 1 km on.
const BINS: usize = 64;
/// Vessels whose last lesson is remembered, by their number modulo this.
const TAUGHT: usize = 256;
const MOST_SAMPLES: u32 = 64;

/// Number and second of a vessel's last lesson: small, as every reception looks at one.
#[derive(Clone, Copy, Debug)]
struct Lesson {
    mmsi: u32,
    second: i32,
}

#[derive(Debug)]
pub(super) struct Station {
    label: Box<str>,
    place: Option<Position>,
    cos_lat: f64,
    /// Each vessel's first position until the place is known.
    samples: Vec<(Mmsi, Position)>,
    distances: Box<[u32; BINS]>,
    receptions: u32,
    taught: Vec<Lesson>,
    /// Known again after each lesson, not at each question: they come at every reception.
    range_m: Option<f64>,
}

impl Station {
    pub(super) fn new(label: &str, place: Option<Position>) -> Self {
        Self {
            label: label.into(),
            place,
            cos_lat: place.map_or(1.0, cos_lat),
            samples: Vec::new(),
            distances: Box::new([0; BINS]),
            receptions: 0,
            taught: Vec::new(),
            range_m: None,
        }
    }

    pub(super) const fn label(&self) -> &str {
        &self.label
    }
    pub(super) const fn place(&self) -> Option<Position> {
        self.place
    }

    /// From the station to a fix, metres; `None` while its place is not known.
    pub(super) fn distance_m(&self, fix: &Fix) -> Option<f64> {
        let stands = Fix { position: self.place?, cos_lat: self.cos_lat, ..*fix };
        Some(fix.distance_m(&stands))
    }
    /// Its place, or while that is being learned the first place that it heard.
    pub(super) fn about(&self) -> Option<Position> {
        self.place.or_else(|| self.samples.first().map(|(_, position)| *position))
    }
    /// `None` while it has learned too little, and for what is no terrestrial station.
    pub(super) const fn range_m(&self) -> Option<f64> {
        self.range_m
    }

    fn learned_m(&self, parameters: &ReceiverParameters) -> Option<f64> {
        if self.receptions < parameters.learn_receptions.max(1)
            || self.quantile_m(0.5) > parameters.terrestrial_m
        {
            return None;
        }
        Some((self.quantile_m(parameters.quantile) * parameters.factor).max(parameters.horizon_m))
    }

    /// The far end of the bin in which the quantile lies.
    fn quantile_m(&self, quantile: f64) -> f64 {
        let wanted = quantile.clamp(0.0, 1.0) * f64::from(self.receptions);
        let mut sum = 0.0;
        let at = self.distances.iter().position(|count| {
            sum += f64::from(*count);
            sum >= wanted
        });
        1_000.0 * libm::exp2((at.unwrap_or(BINS - 1) as f64 + 1.0) / 4.0)
    }

    pub(super) fn learn(&mut self, fix: &Fix, parameters: &ReceiverParameters) {
        match self.place {
            Some(_) => self.teach(fix, parameters),
            None => {
                if self.samples.iter().any(|(mmsi, _)| *mmsi == fix.mmsi) {
                    return;
                }
                self.samples.push((fix.mmsi, fix.position));
                if self.samples.len() >= parameters.learn_vessels.clamp(1, MOST_SAMPLES) as usize {
                    self.place = middle(&self.samples);
                    self.cos_lat = self.place.map_or(1.0, cos_lat);
                    self.samples = Vec::new();
                }
            }
        }
    }

    fn teach(&mut self, fix: &Fix, parameters: &ReceiverParameters) {
        if self.taught.is_empty() {
            self.taught = vec![Lesson { mmsi: u32::MAX, second: 0 }; TAUGHT];
        }
        let mmsi = fix.mmsi.number();
        let Some(slot) = self.taught.get_mut(mmsi as usize % TAUGHT) else { return };
        let second = fix.observed.secs() as i32;
        if slot.mmsi == mmsi
            && i64::from(second.wrapping_sub(slot.second)).abs() * 1_000_000 < parameters.teach_every.micros()
        {
            return;
        }
        *slot = Lesson { mmsi, second };
        let Some(kilometres) = self.distance_m(fix).map(|metres| metres / 1_000.0) else { return };
        let bin = (4.0 * libm::log2(kilometres.max(1.0))) as usize;
        if let Some(count) = self.distances.get_mut(bin.min(BINS - 1)) {
            *count = count.saturating_add(1);
            self.receptions = self.receptions.saturating_add(1);
        }
        // What was long ago weighs less, and no count overflows.
        if self.receptions >= 1 << 20 {
            self.distances.iter_mut().for_each(|count| *count /= 2);
            self.receptions = self.distances.iter().sum();
        }
        self.range_m = self.learned_m(parameters);
    }
}

pub(super) fn cos_lat(place: Position) -> f64 {
    libm::cos(place.lat().to_radians())
}

/// The median of latitude and of longitude about the first: up to half of the samples may be false.
fn middle(samples: &[(Mmsi, Position)]) -> Option<Position> {
    let (_, origin) = *samples.first()?;
    let median = |mut of: Vec<f64>| {
        of.sort_by(f64::total_cmp);
        // The mean of the middle two, so that north and south are the same.
        Some(0.5 * (of.get(of.len() / 2)? + of.get((of.len() - 1) / 2)?))
    };
    let north = median(samples.iter().map(|(_, p)| p.lat()).collect())?;
    let east = median(samples.iter().map(|(_, p)| wrap_longitude(p.lon() - origin.lon())).collect())?;
    Position::new(north, wrap_longitude(origin.lon() + east)).ok()
}
