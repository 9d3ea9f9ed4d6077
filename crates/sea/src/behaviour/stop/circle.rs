//! The smallest circle round a set of points, by way of their convex hull, on a plane that touches the Earth
//! where the stay is. Points can be taken back in the reverse of their order. Knows no time.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::{MEAN_EARTH_RADIUS_M, wrap_longitude};

use crate::behaviour::located::Located;

/// A point on the plane, metres east and north, with the number of the fix it came from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Vertex {
    pub x: f64,
    pub y: f64,
    pub number: u64,
}

/// The plane that touches the mean sphere at a place; points are let down on it at right angles, so that
/// distances near by are those of the sphere, at the poles and at the antimeridian too.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plane {
    lat: f64,
    lon: f64,
    sin: f64,
    cos: f64,
}

/// sin and 1 - cos; for small angles by series, exact to the last bits.
fn sine(angle: f64) -> f64 {
    let square = angle * angle;
    if square > 1e-4 { libm::sin(angle) } else { angle * (1.0 - square / 6.0 * (1.0 - square / 20.0)) }
}
fn versine(angle: f64) -> f64 {
    let half = sine(0.5 * angle);
    2.0 * half * half
}

impl Plane {
    pub fn at(place: &impl Located) -> Self {
        let lat = place.lat().to_radians();
        Self { lat, lon: place.lon(), sin: libm::sin(lat), cos: place.cos_lat() }
    }

    /// `None` beyond 60 degrees from where the plane touches.
    pub fn vertex(&self, fix: &impl Located, number: u64) -> Option<Vertex> {
        let north = fix.lat().to_radians() - self.lat;
        let east = wrap_longitude(fix.lon() - self.lon).to_radians();
        let (cos, turned) = (fix.cos_lat(), versine(east));
        let height = 1.0 - versine(north) - self.cos * cos * turned;
        (height > 0.5).then(|| Vertex {
            x: MEAN_EARTH_RADIUS_M * cos * sine(east),
            y: MEAN_EARTH_RADIUS_M * (sine(north) + self.sin * cos * turned),
            number,
        })
    }

    /// The place above a point of the plane.
    pub fn position(&self, x: f64, y: f64) -> Option<Position> {
        let (x, y) = (x / MEAN_EARTH_RADIUS_M, y / MEAN_EARTH_RADIUS_M);
        let height = (1.0 - x * x - y * y).max(0.0).sqrt();
        let (up, out) = (height * self.sin + y * self.cos, height * self.cos - y * self.sin);
        let lat = libm::atan2(up, libm::hypot(x, out)).to_degrees().clamp(-90.0, 90.0);
        let lon = if x == 0.0 && out >= 0.0 { 0.0 } else { libm::atan2(x, out).to_degrees() };
        Position::new(lat, wrap_longitude(self.lon + lon)).ok()
    }
}

/// A circle and the two or three points that make it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Circle {
    pub x: f64,
    pub y: f64,
    pub square: f64,
    /// The least number among the points that make it.
    pub oldest: u64,
}

impl Circle {
    pub fn radius_m(&self) -> f64 {
        self.square.sqrt()
    }
    pub fn covers(&self, point: &Vertex) -> bool {
        self.square_to(point) <= self.square * (1.0 + 1e-12) + 1e-9
    }
    fn square_to(&self, point: &Vertex) -> f64 {
        let (x, y) = (point.x - self.x, point.y - self.y);
        x * x + y * y
    }
    fn on(a: &Vertex, b: &Vertex) -> Self {
        let (x, y) = (0.5 * (a.x + b.x), 0.5 * (a.y + b.y));
        let circle = Self { x, y, square: 0.0, oldest: a.number.min(b.number) };
        Self { square: circle.square_to(a).max(circle.square_to(b)), ..circle }
    }
    /// Through three points; `None` where they are in line.
    fn through(a: &Vertex, b: &Vertex, c: &Vertex) -> Option<Self> {
        let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
        let double = 2.0 * (bx * cy - by * cx);
        if double == 0.0 {
            return None;
        }
        let (bb, cc) = (bx * bx + by * by, cx * cx + cy * cy);
        let (x, y) = ((cy * bb - by * cc) / double, (bx * cc - cx * bb) / double);
        let square = x * x + y * y;
        square.is_finite().then_some(Self {
            x: a.x + x,
            y: a.y + y,
            square,
            oldest: a.number.min(b.number).min(c.number),
        })
    }
}

/// The smallest circle round all points. Each round takes the point farthest outside into the two or three that
/// make the circle, which grows; few rounds are needed (Gartner 1999, "Fast and robust smallest enclosing balls").
/// Once the radius exceeds `enough_m` the circle is one round some of the points: the smallest round all is larger.
pub fn smallest(points: &[Vertex], enough_m: f64) -> Option<Circle> {
    let first = points.first()?;
    let mut circle = Circle { x: first.x, y: first.y, square: 0.0, oldest: first.number };
    let mut basis: Vec<Vertex> = vec![*first];
    for _ in 0..points.len().saturating_mul(4).saturating_add(16) {
        let mut farthest = *first;
        let mut square = -1.0;
        for point in points {
            let other = circle.square_to(point);
            if other > square {
                (square, farthest) = (other, *point);
            }
        }
        if circle.covers(&farthest) || circle.radius_m() > enough_m {
            break;
        }
        let Some((next, made_of)) = with(&basis, &farthest) else { break };
        if next.square <= circle.square {
            break;
        }
        (circle, basis) = (next, made_of);
    }
    Some(circle)
}

/// The smallest circle round the at most three points of a basis and one more, which lies on it.
fn with(basis: &[Vertex], point: &Vertex) -> Option<(Circle, Vec<Vertex>)> {
    let mut best: Option<(Circle, Vec<Vertex>)> = None;
    let mut offer = |circle: Circle, made_of: &[Vertex]| {
        if basis.iter().all(|other| circle.covers(other))
            && best.as_ref().is_none_or(|(known, _)| circle.square < known.square)
        {
            best = Some((circle, made_of.to_vec()));
        }
    };
    for (index, a) in basis.iter().enumerate() {
        offer(Circle::on(a, point), &[*a, *point]);
        for b in basis.iter().skip(index + 1) {
            if let Some(circle) = Circle::through(a, b, point) {
                offer(circle, &[*a, *b, *point]);
            }
        }
    }
    best
}

/// The convex hull of points as they come, anticlockwise. A point within `grain` of the hull is passed over, which
/// bounds the number of corners (about 9 sqrt(radius / grain)) and moves no circle by more than the grain.
#[derive(Clone, Debug)]
pub struct Hull {
    ring: Vec<Vertex>,
    grain: f64,
    /// For each point that changed the ring: its number and how many corners it took away.
    log: Vec<(u64, u32)>,
    taken: Vec<Vertex>,
    /// Whether changes are logged, to be taken back.
    logged: bool,
}

fn cross(a: &Vertex, b: &Vertex, p: &Vertex) -> f64 {
    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
}

/// Square of the distance from a point to a stretch.
fn square_to_stretch(a: &Vertex, b: &Vertex, p: &Vertex) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((p.x - a.x) * dx + (p.y - a.y) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    let (x, y) = (p.x - a.x - along * dx, p.y - a.y - along * dy);
    x * x + y * y
}

impl Hull {
    pub const fn new(grain: f64, logged: bool) -> Self {
        Self { ring: Vec::new(), grain, log: Vec::new(), taken: Vec::new(), logged }
    }

    pub fn corners(&self) -> &[Vertex] {
        &self.ring
    }

    fn corner(&self, index: usize) -> Option<&Vertex> {
        self.ring.get(index % self.ring.len().max(1))
    }

    /// Whether the stretch from this corner to the next has the point on its outer side.
    fn sees(&self, index: usize, point: &Vertex) -> bool {
        match (self.corner(index), self.corner(index + 1)) {
            (Some(a), Some(b)) => cross(a, b, point) < 0.0,
            _ => false,
        }
    }

    /// Whether the point is within the hull, or within the grain of the side that it faces from the first corner: in
    /// logarithmic time, which is what most fixes of a long stay need. False says nothing.
    fn holds(&self, point: &Vertex) -> bool {
        let [first, rest @ ..] = self.ring.as_slice() else { return false };
        let (Some(second), Some(last)) = (rest.first(), rest.last()) else { return false };
        if cross(first, second, point) < 0.0 || cross(first, last, point) > 0.0 {
            return false;
        }
        let after = rest.partition_point(|corner| cross(first, corner, point) >= 0.0);
        let after = after.min(rest.len() - 1);
        let (Some(a), Some(b)) = (after.checked_sub(1).and_then(|before| rest.get(before)), rest.get(after))
        else {
            return false;
        };
        cross(a, b, point) >= 0.0 || square_to_stretch(a, b, point) <= self.grain * self.grain
    }

    /// Takes a point. True when it became a corner.
    pub fn insert(&mut self, point: Vertex) -> bool {
        let count = self.ring.len();
        if count > 3 && self.holds(&point) {
            return false;
        }
        let seen = (0..count).find(|index| self.sees(*index, &point));
        let (from, to) = match (count, seen) {
            (0, _) => (0, 0),
            (1, _) => (0, 0),
            (2, None) => {
                // In line with the two corners: beyond one of them, or between.
                let (Some(a), Some(b)) = (self.corner(0), self.corner(1)) else { return false };
                let ahead = (b.x - a.x) * (point.x - a.x) + (b.y - a.y) * (point.y - a.y);
                let length = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
                if ahead < 0.0 {
                    self.ring.swap(0, 1);
                } else if ahead <= length {
                    return false;
                }
                // The far corner goes: it lies between the other and the point.
                (0, 1)
            }
            (_, None) => return false,
            (_, Some(seen)) => {
                // The stretches that see the point are in a row, which may pass the end of the ring.
                let mut from = seen;
                if seen == 0 {
                    let back = (1..count).find(|back| !self.sees(count - back, &point)).unwrap_or(count);
                    from = (count + 1 - back) % count;
                }
                let run = (1..count).find(|more| !self.sees(from + more, &point)).unwrap_or(count - 1);
                self.ring.rotate_left(from);
                (0, run - 1)
            }
        };
        let near = self.grain * self.grain;
        let outside = (from..=to).all(|index| match (self.corner(index), self.corner(index + 1)) {
            (Some(a), Some(b)) => square_to_stretch(a, b, &point) > near,
            _ => true,
        });
        if !outside {
            return false;
        }
        let (begin, end) = ((from + 1).min(count), (to + 1).min(count).max((from + 1).min(count)));
        if self.logged {
            self.taken.extend(self.ring.get(begin..end).unwrap_or(&[]));
            self.log.push((point.number, (end - begin) as u32));
        }
        self.ring.splice(begin..end, [point]);
        true
    }

    /// Takes back the point of this number, which must be the newest that is left. A point that changed nothing
    /// leaves nothing to take back.
    pub fn take_back(&mut self, number: u64) {
        let Some((_, count)) = self.log.pop_if(|(last, _)| *last == number) else { return };
        let restored = self.taken.split_off(self.taken.len().saturating_sub(count as usize));
        if let Some(at) = self.ring.iter().position(|corner| corner.number == number) {
            self.ring.splice(at..=at, restored);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vertices(points: &[(f64, f64)]) -> Vec<Vertex> {
        points.iter().enumerate().map(|(at, (x, y))| Vertex { x: *x, y: *y, number: at as u64 }).collect()
    }

    /// All pairs and triples.
    fn by_force(points: &[Vertex]) -> f64 {
        let mut best = f64::INFINITY;
        let mut offer = |circle: Circle| {
            if points.iter().all(|p| circle.square_to(p) <= circle.square * (1.0 + 1e-9) + 1e-9) {
                best = best.min(circle.radius_m());
            }
        };
        for (i, a) in points.iter().enumerate() {
            offer(Circle { x: a.x, y: a.y, square: 0.0, oldest: 0 });
            for (j, b) in points.iter().enumerate().skip(i + 1) {
                offer(Circle::on(a, b));
                for c in points.iter().skip(j + 1) {
                    offer(Circle::through(a, b, c).unwrap_or(Circle::on(a, b)));
                }
            }
        }
        best
    }

    proptest! {
        #[test]
        fn the_circle_of_the_hull_is_the_smallest(
            points in prop::collection::vec((-9_i32..9, -9_i32..9), 1..14),
            scale in prop::sample::select(vec![0.37, 1.0, 57.0]),
        ) {
            let points: Vec<(f64, f64)> =
                points.iter().map(|(x, y)| (f64::from(*x) * scale, f64::from(*y) * scale)).collect();
            let points = vertices(&points);
            let mut hull = Hull::new(0.0, false);
            for point in &points {
                hull.insert(*point);
            }
            let own = smallest(hull.corners(), f64::INFINITY).unwrap();
            prop_assert!((own.radius_m() - by_force(&points)).abs() < 1e-6, "{own:?} {}", by_force(&points));
        }

        #[test]
        fn what_is_taken_back_was_never_there(
            points in prop::collection::vec((-9_i32..9, -9_i32..9), 1..30), keep in 0_usize..30
        ) {
            let points: Vec<(f64, f64)> =
                points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y) * 0.7)).collect();
            let points = vertices(&points);
            let keep = keep.min(points.len());
            let (mut all, mut few) = (Hull::new(1e-3, true), Hull::new(1e-3, true));
            points.iter().for_each(|point| { all.insert(*point); });
            points.iter().take(keep).for_each(|point| { few.insert(*point); });
            points.iter().skip(keep).rev().for_each(|point| all.take_back(point.number));
            let numbers = |hull: &Hull| {
                let mut numbers: Vec<u64> = hull.corners().iter().map(|corner| corner.number).collect();
                numbers.sort_unstable();
                numbers
            };
            prop_assert_eq!(numbers(&all), numbers(&few));
        }
    }
}
