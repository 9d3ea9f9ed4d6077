//! Which detections of a radar scene are which vessels of AIS, and how likely each is to have no AIS. Answers
//! with probabilities over all assignments and the best assignment; calls nobody suspect.

pub mod assignment;
pub mod azimuth;
pub mod labels;
pub mod marginals;
pub mod parameters;
pub mod reckoning;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Instant, Mmsi, Position};

pub use labels::{Label, LabelReason, revise};
pub use parameters::AssociationParameters;

use self::assignment::{Edge, assign};
use self::azimuth::Geometry;
use self::marginals::marginals;
use self::reckoning::{Reckoned, reckon_both};
use crate::tracks::fix::{Fix, METRES_PER_DEGREE};

/// A scene: when, and how many square metres of sea it covers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scene {
    pub at: Instant,
    pub area_m2: f64,
}

/// A vessel-like return. Plain radar gives no geometry: its returns stand where the targets are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Detection {
    pub position: Position,
    pub geometry: Option<Geometry>,
    pub length_m: Option<f64>,
}

/// A vessel of AIS: its last fix before the scene, its first after.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    pub mmsi: Mmsi,
    pub before: Option<Fix>,
    pub after: Option<Fix>,
    pub length_m: Option<f64>,
}

/// A detection and a vessel that may be one, with the natural logarithm of the density of the detection's place and
/// length if they are one over that length's density at large. Square metres stay in it.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Pair {
    row: u32,
    col: u32,
    log_density: f64,
}

/// One label for each detection, in their order, revision 0.
pub fn associate(
    scene: &Scene,
    detections: &[Detection],
    vessels: &[Candidate],
    parameters: &AssociationParameters,
) -> Vec<Label> {
    let pairs = pairs(scene, detections, vessels, parameters);
    let area = scene.area_m2.max(1.0);
    let odds = parameters.detected.clamp(1e-6, 1.0 - 1e-6);
    let odds = libm::log(odds / (1.0 - odds));
    // How many detections have no AIS is not known beforehand; the scene tells (expectation-maximisation).
    let mut without = detections.len().max(1) as f64;
    let mut edges: Vec<Edge> = Vec::new();
    let mut found = marginals(detections.len(), vessels.len(), &edges);
    for _ in 0..parameters.rounds.max(1) {
        let background = libm::log(without / area);
        edges = pairs
            .iter()
            .map(|pair| Edge { row: pair.row, col: pair.col, score: pair.log_density + odds - background })
            .collect();
        found = marginals(detections.len(), vessels.len(), &edges);
        without = found.unmatched.iter().sum::<f64>() + 0.5;
    }
    let best = assign(detections.len(), vessels.len(), &edges);
    let share = 1.0 - parameters.false_share.clamp(0.0, 1.0);
    let mut labels: Vec<Label> = best
        .iter()
        .zip(&found.unmatched)
        .map(|(_, none)| Label {
            vessel: None,
            matched: 0.0,
            dark: none * share,
            no_ais: *none,
            revision: 0,
            reason: LabelReason::First,
        })
        .collect();
    for (edge, probability) in edges.iter().zip(&found.matched) {
        if let Some(label) = labels.get_mut(edge.row as usize)
            && best.get(edge.row as usize).copied().flatten() == Some(edge.col)
            && *probability >= parameters.min_probability
            && let Some(vessel) = vessels.get(edge.col as usize)
        {
            (label.vessel, label.matched) = (Some(vessel.mmsi), *probability);
        }
    }
    labels
}

/// The pairs within the gate. Detections in order of latitude, so that each vessel looks at its own band only.
fn pairs(
    scene: &Scene,
    detections: &[Detection],
    vessels: &[Candidate],
    parameters: &AssociationParameters,
) -> Vec<Pair> {
    let mut order: Vec<(f64, u32)> = detections
        .iter()
        .enumerate()
        .map(|(row, detection)| (detection.position.lat(), row as u32))
        .collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // The most that any detection's geometry displaces.
    let per_speed = detections
        .iter()
        .filter_map(|detection| detection.geometry)
        .map(|geometry| geometry.metres_per_speed().abs())
        .fold(0.0, f64::max);
    let mut out = Vec::new();
    for (col, known) in vessels.iter().enumerate() {
        let Some(vessel) = reckon_both(known.before.as_ref(), known.after.as_ref(), scene.at, parameters)
        else {
            continue;
        };
        let variance = vessel.variance_m2
            + parameters.detection_sd_m * parameters.detection_sd_m
            + vessel.velocity_variance * per_speed * per_speed;
        let reach_m = parameters.gate_sd * variance.sqrt() + per_speed * vessel.speed_m_s();
        let (lat, reach) = (vessel.position.lat(), reach_m / METRES_PER_DEGREE);
        let south = order.partition_point(|(at, _)| *at < lat - reach);
        for (at, row) in order.get(south..).unwrap_or(&[]) {
            if *at > lat + reach {
                break;
            }
            if let Some(detection) = detections.get(*row as usize)
                && let Some(log_density) = log_density(detection, known, &vessel, parameters)
            {
                out.push(Pair { row: *row, col: col as u32, log_density });
            }
        }
    }
    out
}

/// `None` outside the gate.
fn log_density(
    detection: &Detection,
    known: &Candidate,
    vessel: &Reckoned,
    parameters: &AssociationParameters,
) -> Option<f64> {
    let cos_lat = 0.5
        * (libm::cos(detection.position.lat().to_radians()) + libm::cos(vessel.position.lat().to_radians()));
    let north = (detection.position.lat() - vessel.position.lat()) * METRES_PER_DEGREE;
    let east = wrap_longitude(detection.position.lon() - vessel.position.lon()) * cos_lat * METRES_PER_DEGREE;
    let variance = vessel.variance_m2 + parameters.detection_sd_m * parameters.detection_sd_m;
    // Along the platform's track and across it; only along it does a velocity displace.
    let (mut along, mut across, mut along_variance) = (north, east, variance);
    if let Some(geometry) = detection.geometry {
        let track = geometry.track_deg.to_radians();
        let (sin, cos) = (libm::sin(track), libm::cos(track));
        let shift = geometry.azimuth_shift_m(vessel.speed_m_s(), vessel.course_deg());
        (along, across) = (east * sin + north * cos + shift, east * cos - north * sin);
        let per_speed = geometry.metres_per_speed();
        along_variance += vessel.velocity_variance * per_speed * per_speed;
    }
    let distance = along * along / along_variance + across * across / variance;
    if distance > parameters.gate_sd * parameters.gate_sd || !distance.is_finite() {
        return None;
    }
    let place =
        -0.5 * distance - libm::log(std::f64::consts::TAU) - 0.5 * libm::log(along_variance * variance);
    Some(place + length_ratio(detection.length_m, known.length_m, parameters))
}

/// How much better one length explains the other than chance does, natural logarithm; 0 where one is unknown.
fn length_ratio(seen: Option<f64>, told: Option<f64>, parameters: &AssociationParameters) -> f64 {
    let known = |length: &f64| *length > 0.0 && length.is_finite();
    let (Some(seen), Some(told)) = (seen.filter(known), told.filter(known)) else { return 0.0 };
    let density = |from: f64, sd: f64| {
        let off = libm::log(seen / from) / sd;
        -0.5 * off * off - libm::log(sd)
    };
    // Of all lengths the seen one has the spread of the true and of the measurement.
    let any = (parameters.any_length_sd * parameters.any_length_sd
        + parameters.length_sd * parameters.length_sd)
        .sqrt();
    density(told, parameters.length_sd) - density(parameters.any_length_m, any)
}
