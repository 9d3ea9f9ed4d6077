//! Areas of an agreement: polygons in whole micro-degrees, since a signed text holds no fraction. Edges are straight in
//! latitude and longitude (plate carrée), as the polygon is drawn and signed; none may cross the antimeridian.

use std::collections::BTreeSet;

use bitacora_primitives::Position;
use bitacora_primitives::markings::{AreaId, Text};
use serde::{Deserialize, Serialize};

/// A corner as `[longitude, latitude]` in micro-degrees, the order of GeoJSON (RFC 7946 section 3.1.1).
pub type Corner = [i64; 2];

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    pub id: AreaId,
    pub name: Text,
    pub polygon: Vec<Corner>,
}

/// Why a polygon is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AreaError {
    #[error("area `{0}` has fewer than 3 corners or more than 1000")]
    Corners(AreaId),
    #[error("area `{0}` has a corner outside -180..180, -90..90 degrees")]
    OffTheMap(AreaId),
    #[error("area `{0}` has an edge longer than 180 degrees: cut it at the antimeridian")]
    Antimeridian(AreaId),
    #[error("area `{0}` is listed twice")]
    Twice(AreaId),
}

impl Area {
    pub fn check(&self) -> Result<(), AreaError> {
        if !(3..=1000).contains(&self.polygon.len()) {
            return Err(AreaError::Corners(self.id.clone()));
        }
        if self.polygon.iter().any(|[lon, lat]| lon.abs() > 180_000_000 || lat.abs() > 90_000_000) {
            return Err(AreaError::OffTheMap(self.id.clone()));
        }
        if edges(&self.polygon).any(|([from, _], [to, _])| (from - to).abs() > 180_000_000) {
            return Err(AreaError::Antimeridian(self.id.clone()));
        }
        Ok(())
    }

    /// Even-odd rule, exact in integers. A point on a southern or western edge is inside, on the opposite one outside,
    /// so that areas side by side never both hold it.
    pub fn holds(&self, position: Position) -> bool {
        let [x, y] = corner(position);
        edges(&self.polygon).fold(false, |inside, ([ax, ay], [bx, by])| {
            if (ay > y) == (by > y) {
                return inside;
            }
            // Whether the point lies west of the edge at its latitude: cross product, no division.
            let ([lx, ly], [hx, hy]) = if ay < by { ([ax, ay], [bx, by]) } else { ([bx, by], [ax, ay]) };
            let cross = i128::from(hx - lx) * i128::from(y - ly) - i128::from(x - lx) * i128::from(hy - ly);
            if cross > 0 { !inside } else { inside }
        })
    }
}

/// The areas that hold a position.
pub fn areas_of(areas: &[Area], position: Option<Position>) -> BTreeSet<AreaId> {
    position.map_or_else(BTreeSet::new, |position| {
        areas.iter().filter(|area| area.holds(position)).map(|area| area.id.clone()).collect()
    })
}

pub fn corner(position: Position) -> Corner {
    [micro_degrees(position.lon()), micro_degrees(position.lat())]
}

pub fn micro_degrees(degrees: f64) -> i64 {
    libm::round(degrees * 1e6) as i64
}

fn edges(polygon: &[Corner]) -> impl Iterator<Item = (Corner, Corner)> {
    polygon.iter().copied().zip(polygon.iter().copied().cycle().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(id: &str, corners: &[(i64, i64)]) -> Area {
        let polygon = corners.iter().map(|(lon, lat)| [lon * 1_000_000, lat * 1_000_000]).collect();
        Area { id: id.parse().unwrap(), name: Text::new("a", "a"), polygon }
    }

    #[test]
    fn neighbours_share_no_point() {
        let west = area("w", &[(-80, 10), (-75, 10), (-75, 15), (-80, 15)]);
        let east = area("e", &[(-75, 10), (-70, 10), (-70, 15), (-75, 15)]);
        for (lat, lon) in [(12.0, -75.0), (10.0, -75.0), (14.999_999, -75.0)] {
            let position = Position::new(lat, lon).unwrap();
            assert!(west.holds(position) ^ east.holds(position), "{lat} {lon}");
        }
        assert!(west.holds(Position::new(12.0, -79.0).unwrap()));
        assert!(!west.holds(Position::new(16.0, -79.0).unwrap()));
    }

    #[test]
    fn a_bay_in_the_polygon_is_outside() {
        let bay = area("bay", &[(0, 0), (10, 0), (10, 10), (5, 5), (0, 10)]);
        assert!(!bay.holds(Position::new(8.0, 5.0).unwrap()));
        assert!(bay.holds(Position::new(8.0, 1.0).unwrap()));
        let turned: Vec<_> = bay.polygon.iter().rev().copied().collect();
        let turned = Area { polygon: turned, ..bay };
        assert!(turned.holds(Position::new(8.0, 1.0).unwrap()), "the sense of rotation does not matter");
    }

    #[test]
    fn polygons_that_are_none_are_refused() {
        assert!(matches!(area("a", &[(0, 0), (1, 1)]).check(), Err(AreaError::Corners(_))));
        assert!(matches!(area("a", &[(0, 0), (1, 1), (0, 91)]).check(), Err(AreaError::OffTheMap(_))));
        assert!(matches!(
            area("a", &[(179, 0), (-179, 0), (-179, 1)]).check(),
            Err(AreaError::Antimeridian(_))
        ));
    }
}
