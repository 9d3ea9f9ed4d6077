//! Anchorages and the nearest of them: a balanced tree over points of the unit sphere, so that poles and the
//! antimeridian are places like any other. Knows no vessel.

use bitacora_primitives::Position;
use bitacora_primitives::geodesy::MEAN_EARTH_RADIUS_M;

/// One anchorage: a point with a name. Of two at one distance the lesser name is the nearer.
#[derive(Clone, PartialEq, Debug)]
pub struct Anchorage {
    pub id: String,
    pub position: Position,
}

/// A fixed set of anchorages.
#[derive(Clone, Debug, Default)]
pub struct Anchorages {
    /// In order of name.
    all: Vec<Anchorage>,
    cos_lat: Vec<f64>,
    /// The tree: the middle of a range is its root, cut along one of three axes by depth.
    tree: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    point: [f64; 3],
    index: u32,
}

/// What [`Anchorages::nearest`] found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Nearest {
    pub index: u32,
    /// Metres on the mean sphere, to it and to the second nearest (infinite where there is none).
    pub distance_m: f64,
    pub second_m: f64,
}

/// A point of the unit sphere.
pub fn unit_vector(position: Position) -> [f64; 3] {
    let (lat, lon) = (position.lat().to_radians(), position.lon().to_radians());
    let cos = libm::cos(lat);
    [cos * libm::cos(lon), cos * libm::sin(lon), libm::sin(lat)]
}

fn squared(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}

fn metres_of_chord(squared: f64) -> f64 {
    2.0 * MEAN_EARTH_RADIUS_M * libm::asin((squared.sqrt() / 2.0).min(1.0))
}

struct Search {
    point: [f64; 3],
    best: (f64, u32),
    second: f64,
}

impl Anchorages {
    pub fn new(mut all: Vec<Anchorage>) -> Self {
        all.sort_by(|a, b| {
            let key = |one: &Anchorage| (one.position.lat(), one.position.lon());
            let (p, q) = (key(a), key(b));
            a.id.cmp(&b.id).then(p.0.total_cmp(&q.0)).then(p.1.total_cmp(&q.1))
        });
        let mut tree: Vec<Node> = all
            .iter()
            .enumerate()
            .map(|(index, one)| Node { point: unit_vector(one.position), index: index as u32 })
            .collect();
        build(&mut tree, 0);
        let cos_lat = all.iter().map(|one| libm::cos(one.position.lat().to_radians())).collect();
        Self { all, cos_lat, tree }
    }

    pub const fn len(&self) -> usize {
        self.all.len()
    }
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    pub fn get(&self, index: u32) -> Option<&Anchorage> {
        self.all.get(index as usize)
    }
    pub(super) fn cos_lat(&self, index: u32) -> f64 {
        self.cos_lat.get(index as usize).copied().unwrap_or(0.0)
    }

    /// The nearest; `None` only where there is no anchorage at all.
    pub fn nearest(&self, position: Position) -> Option<Nearest> {
        let mut search =
            Search { point: unit_vector(position), best: (f64::INFINITY, u32::MAX), second: f64::INFINITY };
        descend(&self.tree, 0, &mut search);
        (search.best.1 != u32::MAX).then(|| Nearest {
            index: search.best.1,
            distance_m: metres_of_chord(search.best.0),
            second_m: if search.second.is_finite() { metres_of_chord(search.second) } else { f64::INFINITY },
        })
    }
}

const fn along(point: &[f64; 3], axis: usize) -> f64 {
    match axis {
        0 => point[0],
        1 => point[1],
        _ => point[2],
    }
}

/// Nodes that are looked at one by one rather than cut further.
const LEAF: usize = 8;

fn build(nodes: &mut [Node], axis: usize) {
    if nodes.len() <= LEAF {
        return;
    }
    let middle = nodes.len() / 2;
    nodes.select_nth_unstable_by(middle, |a, b| {
        along(&a.point, axis).total_cmp(&along(&b.point, axis)).then(a.index.cmp(&b.index))
    });
    let (low, high) = nodes.split_at_mut(middle);
    build(low, (axis + 1) % 3);
    if let Some(high) = high.get_mut(1..) {
        build(high, (axis + 1) % 3);
    }
}

impl Search {
    fn offer(&mut self, node: &Node) {
        let distance = squared(&node.point, &self.point);
        if (distance, node.index) < self.best {
            self.second = self.best.0;
            self.best = (distance, node.index);
        } else if distance < self.second {
            self.second = distance;
        }
    }
}

fn descend(nodes: &[Node], axis: usize, search: &mut Search) {
    if nodes.len() <= LEAF {
        nodes.iter().for_each(|node| search.offer(node));
        return;
    }
    let middle = nodes.len() / 2;
    let Some(node) = nodes.get(middle) else { return };
    search.offer(node);
    let beyond = along(&search.point, axis) - along(&node.point, axis);
    let low = nodes.get(..middle).unwrap_or(&[]);
    let high = nodes.get(middle + 1..).unwrap_or(&[]);
    let (near, far) = if beyond < 0.0 { (low, high) } else { (high, low) };
    descend(near, (axis + 1) % 3, search);
    // The second nearest is wanted too: it tells how far a vessel may move before the nearest can change.
    if beyond * beyond <= search.second {
        descend(far, (axis + 1) % 3, search);
    }
}
