//! What sensors of a container say that screening has a use for: temperature, door, position, mass.

use bitacora_port::screening::{EventKind, Kilograms, MassReading, ReeferReading};
use bitacora_primitives::{Instant, Position};

use super::event::{EpcisEvent, SensorElement, SensorPart};
use super::vocabulary::{COMPONENT, MEASUREMENT};

/// Most readings of one event that become events of their own.
const MAX_READINGS: usize = 1000;
/// Longest name of a scale.
const MAX_SCALE: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Temperature and door readings, each at its own time.
    pub(super) readings: Vec<(EventKind, Instant, Option<ReeferReading>)>,
    /// There were more than [`MAX_READINGS`].
    pub(super) too_many: bool,
    pub(super) position: Option<Position>,
    pub(super) mass: Option<MassReading>,
}

pub(super) fn of(event: &EpcisEvent) -> Measured {
    let mut measured = Measured::default();
    for sensor in &event.sensors {
        if measured.readings.len() > MAX_READINGS {
            break;
        }
        measured.position = measured.position.or_else(|| position(sensor));
        for report in &sensor.reports {
            let at = time(sensor, report).unwrap_or_else(|| event.event_time.at());
            let kind = report.get("type").unwrap_or_default();
            match MEASUREMENT.word(kind) {
                Some("Temperature") => {
                    if let Some(celsius) = celsius(report) {
                        // EPCIS does not say which probe it was: the air that comes back from the cargo is what a
                        // sensor among the cargo feels, and what the reefer rule judges.
                        let reading =
                            ReeferReading { return_air_celsius: Some(celsius), ..ReeferReading::default() };
                        measured.readings.push((EventKind::ReeferMeasured, at, Some(reading)));
                    }
                }
                Some("Mass") => measured.mass = measured.mass.take().or_else(|| mass(sensor, report)),
                _ if is_door(kind) => {
                    let kind = match report.get("booleanValue") {
                        Some("true") => EventKind::DoorOpened,
                        Some(_) => EventKind::DoorClosed,
                        None => continue,
                    };
                    measured.readings.push((kind, at, None));
                }
                _ => {}
            }
        }
    }
    measured.too_many = measured.readings.len() > MAX_READINGS;
    measured.readings.truncate(MAX_READINGS);
    measured
}

/// The report's own time, or that of its sensor element; the end of an interval.
fn time(sensor: &SensorElement, report: &SensorPart) -> Option<Instant> {
    let metadata = sensor.metadata.as_ref();
    let stated = report
        .get("time")
        .or_else(|| metadata.and_then(|part| part.get("time")))
        .or_else(|| metadata.and_then(|part| part.get("endTime")));
    stated.and_then(|text| Instant::parse(text).ok())
}

fn value(report: &SensorPart) -> Option<f64> {
    report.get("value").or_else(|| report.get("meanValue")).and_then(|text| text.parse().ok())
}

/// UN/ECE Recommendation 20: degree Celsius, degree Fahrenheit, kelvin.
fn celsius(report: &SensorPart) -> Option<f64> {
    let value = value(report)?;
    match report.get("uom")? {
        "CEL" => Some(value),
        "FAH" => Some((value - 32.0) / 1.8),
        "KEL" => Some(value - 273.15),
        _ => None,
    }
}

/// Kilogram, tonne, pound.
fn mass(sensor: &SensorElement, report: &SensorPart) -> Option<MassReading> {
    let value = value(report)?;
    let kilograms = match report.get("uom")? {
        "KGM" => value,
        "TNE" => value * 1000.0,
        "LBR" => value * 0.453_592_37,
        _ => return None,
    };
    let device =
        report.get("deviceID").or_else(|| sensor.metadata.as_ref().and_then(|part| part.get("deviceID")));
    let scale = device.filter(|name| name.len() <= MAX_SCALE).map(str::to_owned);
    Some(MassReading { kg: Kilograms::new(kilograms).ok()?, scale, method: None })
}

/// Latitude and longitude as two reports in decimal degrees.
fn position(sensor: &SensorElement) -> Option<Position> {
    let angle = |component: &str| {
        let fits = |report: &&SensorPart| {
            report.get("uom") == Some("DD")
                && report.get("component").and_then(|uri| COMPONENT.word(uri)) == Some(component)
        };
        sensor.reports.iter().find(fits).and_then(value)
    };
    Position::new(angle("latitude")?, angle("longitude")?).ok()
}

/// A measurement of one's own that says by its name whether a door is open.
fn is_door(kind: &str) -> bool {
    let name = kind.rsplit(['/', '#', ':']).next().unwrap_or_default();
    ["dooropen", "door_open", "isdooropen"].contains(&name.to_ascii_lowercase().as_str())
}
