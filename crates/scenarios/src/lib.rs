//! A synthetic day at sea with known truth: the western Caribbean and the eastern Pacific, from a seed. The same seed
//! gives the same bytes on every machine. The truth is handed out apart from the feed; nothing in the feed names it.
//! And a port day ashore: `port`.

pub mod cast;
pub mod chart;
pub mod identity;
pub mod motion;
pub mod nmea;
pub mod port;
pub mod reception;
pub mod rng;
pub mod score;
pub mod truth;
mod witness;

use bitacora_primitives::{Duration, Instant};

pub use cast::{Hull, Trade, Transponder};
pub use nmea::{Fault, Line, lines};
pub use reception::Heard;
pub use score::{FoundEvent, Recall, Score, score};
pub use truth::{Entry, Kind, Note, Truth};

/// How much of the sea to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// 24 hours with everybody.
    Day,
    /// Two hours with a third of the ships and the plots that fit, for tests.
    Watch,
}

impl Scale {
    pub const fn hours(self) -> f64 {
        match self {
            Scale::Day => 24.0,
            Scale::Watch => 2.0,
        }
    }
    pub const fn seconds(self) -> f64 {
        self.hours() * 3600.0
    }
}

/// Everything that sails, what of it is heard, and what truly happened.
#[derive(Debug)]
pub struct Theatre {
    pub seed: u64,
    pub start: Instant,
    pub scale: Scale,
    pub hulls: Vec<Hull>,
    /// In order of time.
    pub heard: Vec<Heard>,
    pub truth: Truth,
}

/// The full day that starts at `start`.
pub fn theatre(seed: u64, start: Instant) -> Theatre {
    theatre_of(seed, start, Scale::Day)
}

pub fn theatre_of(seed: u64, start: Instant, scale: Scale) -> Theatre {
    let cast = cast::cast(seed, scale);
    let heard = reception::heard(&cast, seed, scale.seconds() as u32);
    let truth = witness::write_down(&cast, &heard, start, scale);
    Theatre { seed, start, scale, hulls: cast.hulls, heard, truth }
}

/// The feed: each line with the time at which it arrives, in order of time. A line has no line end.
pub fn nmea(theatre: &Theatre) -> impl Iterator<Item = (Instant, String)> + '_ {
    lines(theatre).map(|line| (line.arrives, line.text))
}

impl Theatre {
    pub fn end(&self) -> Instant {
        self.start + Duration::from_secs(self.scale.seconds() as i64)
    }
}
