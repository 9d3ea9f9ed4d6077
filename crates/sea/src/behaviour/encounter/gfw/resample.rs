//! Messages of one track to places on the grid of times: the medians of each time, interpolated day by day.

use bitacora_primitives::geodesy::wrap_longitude;

use super::{GfwParameters, median};
use crate::tracks::positions::Positions;

pub(super) const DAY_US: i64 = 86_400_000_000;
/// A message without a course counts only below this speed (as in the peer's segmenter), knots.
const VERY_SLOW_KN: f64 = 0.35;
/// The peer's bound on the cosine of the latitude.
const LEAST_COS: f64 = 0.1;

/// A vessel at a time of the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Microseconds, a multiple of the grid.
    pub t: i64,
    pub track: u32,
    pub lat: f64,
    pub lon: f64,
    /// Messages that this place stands for.
    pub density: f64,
}

#[derive(Clone, Copy)]
struct Message {
    t: i64,
    lat: f64,
    lon: f64,
    speed_kn: f64,
    course_deg: f64,
}

/// Whether any row has a speed and any a course: without the columns, the rule that drops messages without them
/// would drop everything.
pub(super) fn has_motion(positions: &Positions) -> bool {
    positions.sog_kn().iter().any(|speed| !speed.is_nan())
        && positions.cog_deg().iter().any(|course| !course.is_nan())
}

/// Appends the places of one track, in order of time.
pub(super) fn resample(
    positions: &Positions,
    track: u32,
    rows: &[u32],
    has_motion: bool,
    parameters: &GfwParameters,
    out: &mut Vec<Sample>,
) {
    let time = |row: &u32| positions.micros().get(*row as usize).copied().unwrap_or(0);
    for day in rows.chunk_by(|a, b| time(a).div_euclid(DAY_US) == time(b).div_euclid(DAY_US)) {
        let messages: Vec<Message> = day
            .chunk_by(|a, b| time(a) == time(b))
            .filter_map(|same| message(positions, same, has_motion))
            .collect();
        Grid { track, parameters, out }.day(&messages);
    }
}

/// The rows of one time as one message, or none.
fn message(positions: &Positions, rows: &[u32], has_motion: bool) -> Option<Message> {
    let rows = || rows.iter().filter_map(|row| positions.row(*row as usize));
    let t = rows().next()?.micros;
    let known = |values: Vec<f64>| (!values.is_empty()).then(|| median(values));
    let mut speed_kn = known(rows().filter_map(|row| row.sog_kn).map(f64::from).collect());
    let courses: Vec<f64> =
        rows().filter_map(|row| row.cog_deg).map(|course| f64::from(course).to_radians()).collect();
    let sin = known(courses.iter().map(|course| libm::sin(*course)).collect());
    let cos = known(courses.iter().map(|course| libm::cos(*course)).collect());
    let mut course_deg = sin.zip(cos).map(|(sin, cos)| libm::atan2(sin, cos).to_degrees());
    if !has_motion {
        (speed_kn, course_deg) = (speed_kn.or(Some(0.0)), course_deg.or(Some(0.0)));
    }
    let speed_kn = speed_kn?;
    if course_deg.is_none() && speed_kn <= VERY_SLOW_KN {
        course_deg = Some(0.0);
    }
    let lat = median(rows().map(|row| row.lat).collect());
    // Across the antimeridian the median is taken on the side of the first.
    let west = rows().next()?.lon;
    let lon = wrap_longitude(west + median(rows().map(|row| wrap_longitude(row.lon - west)).collect()));
    Some(Message { t, lat, lon, speed_kn, course_deg: course_deg? })
}

struct Grid<'a> {
    track: u32,
    parameters: &'a GfwParameters,
    out: &'a mut Vec<Sample>,
}

impl Grid<'_> {
    /// Messages of one day.
    fn day(&mut self, messages: &[Message]) {
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return };
        let step = self.parameters.resample.micros().max(1);
        let gap = self.parameters.max_gap.micros();
        let down = |t: i64| t.div_euclid(step).saturating_mul(step);
        let up = |t: i64| down(t.saturating_add(step - 1));
        let (begin, end) = (up(first.t), down(last.t));
        let midnight = first.t.div_euclid(DAY_US) * DAY_US;
        if self.parameters.extrapolate {
            self.extrapolate(first, up(midnight.max(first.t - gap)), begin - step);
        }
        let mut pairs = messages.windows(2).peekable();
        let mut t = begin;
        while t <= end {
            while pairs.peek().is_some_and(|pair| pair.last().is_some_and(|current| current.t < t)) {
                pairs.next();
            }
            let Some([before, after]) = pairs.peek().copied() else { break };
            if after.t - before.t < gap {
                let mix = (t - before.t) as f64 / (after.t - before.t) as f64;
                let east = wrap_longitude(after.lon - before.lon);
                self.out.push(Sample {
                    t,
                    track: self.track,
                    lat: after.lat * mix + before.lat * (1.0 - mix),
                    lon: wrap_longitude(before.lon + east * mix),
                    density: self.density(after.t - before.t),
                });
            }
            t += step;
        }
        if self.parameters.extrapolate {
            self.extrapolate(last, end + step, down((midnight + DAY_US - 1).min(last.t + gap)));
        }
    }

    /// Dead reckoning of one message to the times of the grid from `begin` to `end`.
    fn extrapolate(&mut self, message: &Message, begin: i64, end: i64) {
        let course = message.course_deg.to_radians();
        let deg_per_s = message.speed_kn / 3600.0 / 60.0;
        let cos_lat = libm::cos(message.lat.to_radians()).max(LEAST_COS);
        let mut t = begin;
        while t <= end {
            let seconds = (t - message.t) as f64 / 1e6;
            let lat = message.lat + seconds * deg_per_s * libm::cos(course);
            let lon = message.lon + seconds * deg_per_s * libm::sin(course) / cos_lat;
            let lon = wrap_longitude(lon);
            self.out.push(Sample {
                t,
                track: self.track,
                lat: lat.clamp(-90.0, 90.0),
                lon,
                density: self.density(t - message.t),
            });
            t += self.parameters.resample.micros().max(1);
        }
    }

    /// Messages per step of the grid, at most one, to two decimals, halves to even.
    fn density(&self, apart_us: i64) -> f64 {
        let step = self.parameters.resample.micros().max(1);
        libm::rint(step as f64 / apart_us.max(step) as f64 * 100.0) / 100.0
    }
}
