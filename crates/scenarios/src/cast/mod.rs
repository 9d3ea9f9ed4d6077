//! Who sails, and what each of them does all day. Builds hulls with their true movement; never decides what is heard.

mod fishing;
mod harbour;
mod plots;
mod traffic;

use crate::Scale;
use crate::chart::STATIONS;
use crate::identity::{Identity, Registry};
use crate::motion::{Activity, Point, State, Track};
use crate::rng::{Rng, mix};
use crate::truth::{Kind, Note};

/// What a hull does for a living.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trade {
    Cargo,
    Tanker,
    Fishing,
    Ferry,
    Pilot,
    Tug,
    Bunker,
}

/// The transponder (M.1371-5 annex 8, tables 1 and 2 of annex 1 give the reporting intervals).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transponder {
    ClassA,
    ClassB,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Hull {
    pub identity: Identity,
    pub trade: Trade,
    pub transponder: Transponder,
    pub length_m: u16,
    pub beam_m: u16,
    pub draught_dm: u8,
    pub destination: &'static str,
    pub track: Track,
    /// Spans, in seconds from the start, in which the transponder is off.
    pub silent: Vec<(f64, f64)>,
    /// A span in which it transmits a place miles north and east of where it is: (from, to, north, east).
    pub displaced: Option<(f64, f64, f64, f64)>,
}

impl Hull {
    /// Ship and cargo type (M.1371-5 table 53).
    pub const fn ship_type(&self) -> u8 {
        match self.trade {
            Trade::Cargo => 70,
            Trade::Tanker | Trade::Bunker => 80,
            Trade::Fishing => 30,
            Trade::Ferry => 60,
            Trade::Pilot => 50,
            Trade::Tug => 52,
        }
    }

    /// What it transmits about itself at `t`: the truth, unless it lies; nothing while it is off.
    pub fn transmitted(&self, t: f64) -> Option<State> {
        if self.silent.iter().any(|&(from, to)| (from..to).contains(&t)) {
            return None;
        }
        let mut state = self.track.at(t)?;
        if let Some((from, to, north, east)) = self.displaced
            && (from..to).contains(&t)
        {
            state.point = state.point.moved(north, east);
        }
        Some(state)
    }

    /// Seconds to the next report (M.1371-5 annex 1, tables 1 and 2, without the faster rate in a turn).
    pub fn interval(&self, state: &State) -> u32 {
        match (self.transponder, state.activity) {
            (Transponder::ClassA, Activity::Anchored | Activity::Moored) if state.sog_kn <= 3.0 => 180,
            (Transponder::ClassA, _) if state.sog_kn <= 14.0 => 10,
            (Transponder::ClassA, _) if state.sog_kn <= 23.0 => 6,
            (Transponder::ClassA, _) => 2,
            (Transponder::ClassB, _) if state.sog_kn <= 2.0 => 180,
            (Transponder::ClassB, _) => 30,
        }
    }
}

/// An occurrence that was written into the day on purpose.
#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    pub kind: Kind,
    pub hulls: Vec<usize>,
    pub start: f64,
    pub end: f64,
    pub point: Point,
    pub note: Note,
}

/// A ship at a pilot ground.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Call {
    port: usize,
    hull: usize,
    t: f64,
    inbound: bool,
}

/// The day while it is being written.
#[derive(Debug)]
pub struct Cast {
    pub hulls: Vec<Hull>,
    pub planned: Vec<Planned>,
    /// Station index and span of a failure.
    pub outages: Vec<(usize, f64, f64)>,
    seed: u64,
    scale: Scale,
    registry: Registry,
    calls: Vec<Call>,
    /// Berths given out, by port.
    berths: Vec<usize>,
}

/// Movement is drawn from well before the start until after the end, so that the edges of the day are like its middle.
const BEFORE: f64 = -3.0 * 3600.0;
const AFTER: f64 = 3.0 * 3600.0;

pub fn cast(seed: u64, scale: Scale) -> Cast {
    let mut cast = Cast {
        hulls: Vec::new(),
        planned: Vec::new(),
        outages: Vec::new(),
        seed,
        scale,
        registry: Registry::new(seed),
        calls: Vec::new(),
        berths: vec![0; crate::chart::PORTS.len()],
    };
    cast.write_plots();
    cast.sail_lanes();
    cast.fill_harbours();
    cast.send_pilots();
    cast.fish();
    if scale == Scale::Day {
        let station = crate::chart::FAILING_STATION.min(STATIONS.len() - 1);
        cast.outages.push((station, 6.0 * 3600.0, 12.5 * 3600.0));
    }
    cast
}

impl Cast {
    fn rng(&self, purpose: u64) -> Rng {
        Rng::of(self.seed, purpose)
    }
    /// When the last movement must have been drawn.
    fn until(&self) -> f64 {
        self.scale.seconds() + AFTER
    }
    /// A share of a full day's numbers.
    fn some(&self, full: usize) -> usize {
        match self.scale {
            Scale::Day => full,
            Scale::Watch => full.div_ceil(3),
        }
    }

    fn add(
        &mut self,
        trade: Trade,
        transponder: Transponder,
        destination: &'static str,
        track: Track,
    ) -> usize {
        let states_imo = matches!(trade, Trade::Cargo | Trade::Tanker | Trade::Ferry);
        let identity = self.registry.next(states_imo);
        self.add_as(identity, trade, transponder, destination, track)
    }

    fn add_as(
        &mut self,
        identity: Identity,
        trade: Trade,
        transponder: Transponder,
        destination: &'static str,
        track: Track,
    ) -> usize {
        let index = self.hulls.len();
        let mut rng = Rng::of(mix(self.seed, 0x5E, 0), index as u64);
        let (shortest, longest, slender, deepest) = match trade {
            Trade::Cargo => (90.0, 300.0, 6.6, 13.0),
            Trade::Tanker => (100.0, 250.0, 5.8, 14.0),
            Trade::Fishing => (12.0, 45.0, 3.8, 4.0),
            Trade::Ferry => (40.0, 95.0, 4.5, 4.0),
            Trade::Pilot => (12.0, 16.0, 3.2, 1.5),
            Trade::Tug => (24.0, 34.0, 2.8, 4.5),
            Trade::Bunker => (60.0, 95.0, 5.0, 5.5),
        };
        let length = rng.between(shortest, longest);
        self.hulls.push(Hull {
            identity,
            trade,
            transponder,
            length_m: length as u16,
            beam_m: (length / slender) as u16,
            draught_dm: (10.0 * deepest * rng.between(0.6, 1.0)) as u8,
            destination,
            track,
            silent: Vec::new(),
            displaced: None,
        });
        index
    }
}
