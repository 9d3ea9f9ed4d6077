//! The places that vessels were seen to depart from, as the node learned them: bounded in number, and forgotten by
//! and by. Judges no departure.

use std::collections::BTreeMap;

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::MEAN_EARTH_RADIUS_M;
use rustc_hash::FxHashMap;

use crate::behaviour::port_visit::anchorages::unit_vector;

/// Places by number, each with the weight of its departures halved every `half_life`.
#[derive(Clone, Debug)]
pub struct Places {
    radius_m: f64,
    half_life_micros: f64,
    capacity: usize,
    places: FxHashMap<u64, Place>,
    cells: FxHashMap<[i32; 3], Vec<u64>>,
    /// The weakest first. Fading takes the same from all, so that the order stays.
    order: BTreeMap<(Strength, u64), ()>,
    next: u64,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    point: [f64; 3],
    strength: Strength,
}

/// log2 of the weight, plus the time of it in half-lives: what fading leaves as it is.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Strength(f64);

impl Eq for Strength {}
impl PartialOrd for Strength {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Strength {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What is known about a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Known {
    /// Of the nearest place within the radius: its number, distance in metres, and weight now.
    pub nearest: Option<(u64, f64, f64)>,
    /// Sum of the weights of all places within the radius.
    pub weight: f64,
}

impl Places {
    pub fn new(radius_m: f64, half_life_micros: i64, capacity: usize) -> Self {
        Self {
            radius_m: radius_m.max(1.0),
            half_life_micros: half_life_micros.max(1) as f64,
            capacity: capacity.max(1),
            places: FxHashMap::default(),
            cells: FxHashMap::default(),
            order: BTreeMap::new(),
            next: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Cubes of the radius' size in which the sphere lies: what is within the radius is in the same or the next.
    fn cell(&self, point: &[f64; 3]) -> [i32; 3] {
        let size = self.radius_m / MEAN_EARTH_RADIUS_M;
        point.map(|axis| (axis / size).floor() as i32)
    }

    fn weight_at(&self, strength: Strength, micros: i64) -> f64 {
        libm::exp2(strength.0 - micros as f64 / self.half_life_micros)
    }

    pub fn known(&self, position: Position, micros: i64) -> Known {
        let point = unit_vector(position);
        let [x, y, z] = self.cell(&point);
        let mut known = Known { nearest: None, weight: 0.0 };
        let mut weights = Vec::new();
        for cell in (-1..=1)
            .flat_map(|dx| (-1..=1).flat_map(move |dy| (-1..=1).map(move |dz| [x + dx, y + dy, z + dz])))
        {
            for number in self.cells.get(&cell).into_iter().flatten() {
                let Some(place) = self.places.get(number) else { continue };
                let metres = metres(&place.point, &point);
                if metres <= self.radius_m {
                    let weight = self.weight_at(place.strength, micros);
                    weights.push((*number, weight));
                    if known.nearest.is_none_or(|(other, best, _)| (metres, *number) < (best, other)) {
                        known.nearest = Some((*number, metres, weight));
                    }
                }
            }
        }
        // One order of adding, whatever the cells: sums of floats depend on it.
        weights.sort_unstable_by_key(|(number, _)| *number);
        known.weight = weights.iter().map(|(_, weight)| weight).sum();
        known
    }

    /// Adds a departure: to the nearest place within half the radius, or as a place of its own. The weakest place
    /// goes when there are too many.
    pub fn learn(&mut self, position: Position, micros: i64) {
        let now = micros as f64 / self.half_life_micros;
        let near =
            self.known(position, micros).nearest.filter(|(_, metres, _)| *metres <= 0.5 * self.radius_m);
        if let Some((number, _, weight)) = near {
            if let Some(place) = self.places.get_mut(&number) {
                self.order.remove(&(place.strength, number));
                place.strength = Strength(libm::log2(weight + 1.0) + now);
                self.order.insert((place.strength, number), ());
            }
            return;
        }
        if self.places.len() >= self.capacity
            && let Some(((_, weakest), ())) = self.order.pop_first()
            && let Some(place) = self.places.remove(&weakest)
        {
            let cell = self.cell(&place.point);
            if let Some(listed) = self.cells.get_mut(&cell) {
                listed.retain(|number| *number != weakest);
                if listed.is_empty() {
                    self.cells.remove(&cell);
                }
            }
        }
        let (number, place) = (self.next, Place { point: unit_vector(position), strength: Strength(now) });
        self.next += 1;
        self.cells.entry(self.cell(&place.point)).or_default().push(number);
        self.order.insert((place.strength, number), ());
        self.places.insert(number, place);
    }
}

fn metres(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    2.0 * MEAN_EARTH_RADIUS_M * libm::asin(((x * x + y * y + z * z).sqrt() / 2.0).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn weights_halve_and_add_up() {
        let mut places = Places::new(5_000.0, 60 * DAY, 10);
        places.learn(at(10.0, 180.0), 0);
        places.learn(at(10.0, -179.999), 0);
        assert_eq!(places.len(), 1, "one place over the antimeridian");
        let known = places.known(at(10.0, 179.99), 60 * DAY);
        assert!((known.weight - 1.0).abs() < 1e-9, "{known:?}");
        assert!((places.known(at(10.0, 179.99), 120 * DAY).weight - 0.5).abs() < 1e-9);
        assert_eq!(places.known(at(10.06, 180.0), 0).nearest, None);
        places.learn(at(10.04, 180.0), 60 * DAY);
        assert_eq!(places.len(), 2, "beyond half the radius is a place of its own");
        assert!((places.known(at(10.02, 180.0), 60 * DAY).weight - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_weakest_goes_first_and_the_number_is_bounded() {
        let mut places = Places::new(5_000.0, 60 * DAY, 10);
        for _ in 0..3 {
            places.learn(at(0.0, 0.0), 0);
        }
        for index in 0..1_000_i64 {
            places.learn(at(-60.0 + 0.1 * index as f64, 100.0), index * DAY / 100);
        }
        assert_eq!(places.len(), 10);
        assert!(places.known(at(0.0, 0.0), 10 * DAY).weight > 2.0, "the strongest is still there");
        assert_eq!(places.known(at(-60.0, 100.0), 10 * DAY).nearest, None);
    }
}
