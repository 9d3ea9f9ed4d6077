//! Where a track has been lately, in one cache line: rules out most of the tracks that share a cell before their
//! motion is looked at. May say "perhaps", never wrongly "no".

use super::motion::Node;

/// A box is begun anew after this long; two are kept.
const WINDOW_US: i64 = 300_000_000;
/// Degrees added on every side for the rounding to f32 (at most 1.5e-5 at 180).
const ROUNDING_DEG: f32 = 4e-5;

#[derive(Clone, Copy, Debug)]
struct Bounds {
    south: f32,
    north: f32,
    west: f32,
    east: f32,
}

impl Bounds {
    const NONE: Self =
        Self { south: f32::INFINITY, north: f32::NEG_INFINITY, west: f32::INFINITY, east: f32::NEG_INFINITY };

    fn leg<M>(from: &Node<M>, to: &Node<M>) -> Self {
        let (mut west, mut east) = (from.lon.min(to.lon) as f32, from.lon.max(to.lon) as f32);
        if east - west > 180.0 {
            // Across the antimeridian: all longitudes, so that nothing is ruled out by them.
            (west, east) = (-180.0, 180.0);
        }
        Self {
            south: from.lat.min(to.lat) as f32 - ROUNDING_DEG,
            north: from.lat.max(to.lat) as f32 + ROUNDING_DEG,
            west: west - ROUNDING_DEG,
            east: east + ROUNDING_DEG,
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            south: self.south.min(other.south),
            north: self.north.max(other.north),
            west: self.west.min(other.west),
            east: self.east.max(other.east),
        }
    }
}

/// The extent of one track.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Time of the last fix.
    pub until: i64,
    /// Number of the leg that looked at it last.
    pub seen: u64,
    since: i64,
    earlier_since: i64,
    bounds: Bounds,
    earlier: Bounds,
}

/// A leg as others' extents are compared with it.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    from: i64,
    bounds: Bounds,
    pad_lat: f32,
    pad_lon: f32,
}

impl Reach {
    pub fn new<M>(from: &Node<M>, to: &Node<M>, pad_deg: f64) -> Self {
        let narrow = from.cos_lat.min(to.cos_lat).max(1e-3);
        // The other may lie nearer to the pole by the distance itself; the allowance covers it below 85 degrees,
        // and above it longitude rules nothing out.
        let pad_lon = if narrow < 0.087 { 360.0 } else { pad_deg / narrow * 1.05 };
        Self { from: from.t, bounds: Bounds::leg(from, to), pad_lat: pad_deg as f32, pad_lon: pad_lon as f32 }
    }
}

impl Extent {
    pub const NONE: Self = Self {
        until: i64::MIN,
        seen: 0,
        since: i64::MAX,
        earlier_since: i64::MAX,
        bounds: Bounds::NONE,
        earlier: Bounds::NONE,
    };

    pub fn add<M>(&mut self, from: &Node<M>, to: &Node<M>) {
        let leg = Bounds::leg(from, to);
        if self.since == i64::MAX || from.t - self.since > WINDOW_US {
            self.earlier_since = self.since.min(from.t);
            self.earlier = self.bounds;
            self.since = from.t;
            self.bounds = leg;
        } else {
            self.bounds = self.bounds.with(leg);
        }
        self.until = to.t;
    }

    /// False only when the track cannot have been within the distance during the leg.
    pub fn may_meet(&self, leg: &Reach) -> bool {
        if self.until <= leg.from {
            return false;
        }
        let own = if leg.from >= self.since {
            self.bounds
        } else if leg.from >= self.earlier_since {
            self.bounds.with(self.earlier)
        } else {
            return true;
        };
        let lat = (own.south - leg.bounds.north).max(leg.bounds.south - own.north);
        if lat > leg.pad_lat {
            return false;
        }
        // From east to west and from west to east, the second the long way round as well.
        let lon = (own.west - leg.bounds.east).max(leg.bounds.west - own.east);
        lon <= leg.pad_lon || lon >= 180.0 - leg.pad_lon
    }
}
