//! The record of thirty days: who withheld shares, how often officers overrode the draw, what the scans gave, and whether
//! the picks follow the chances. Counts only draws that hold; the others are named as a number.

use std::collections::BTreeMap;

use bitacora_port::draw::{BODIES, Body};
use bitacora_port::inspection::Outcome;
use bitacora_port::record::{Chance, chances, fit};
use bitacora_primitives::Duration;
use bitacora_store::Store;

use super::draws::{DrawFile, DrawFolder};
use super::results::{Stored, results};
use super::view::opened;
use crate::error::ApiError;
use crate::shapes::{BodyRecord, DrawRecord, PickFit, ScanRecord};

const DAYS: u32 = 30;

/// What is counted of one draw.
#[derive(Debug, Default)]
pub(super) struct Tally {
    holds: bool,
    missing: Vec<Body>,
    added: usize,
    removed: usize,
    /// Boxes to be inspected in slots that have opened.
    inspections: usize,
    chances: Vec<Chance>,
}

impl Tally {
    pub(super) fn of(file: &DrawFile) -> Self {
        let Ok(verified) = file.verified() else { return Self::default() };
        let open = (0..).take(file.bundle.commitment.slots.len()).filter(|slot| opened(&file.bundle, *slot));
        Self {
            holds: true,
            missing: verified.slots.iter().flat_map(|slot| &slot.missing).map(|(_, body)| *body).collect(),
            added: verified.added(),
            removed: verified.removed(),
            inspections: open.map(|slot| file.bundle.inspected(slot).len()).sum(),
            chances: chances(&file.bundle, verified),
        }
    }

    fn missing(&self, body: Body) -> usize {
        self.missing.iter().filter(|missing| **missing == body).count()
    }
}

/// `GET /api/port/draw/record`: all draws whose first slot opened within thirty days before the newest's.
pub(crate) fn record(store: &Store, folder: &DrawFolder) -> Result<Option<DrawRecord>, ApiError> {
    let all = folder.all(store)?;
    let Some(newest) = all.first() else { return Ok(None) };
    let until = newest.opens;
    let from = until.map(|until| until - Duration::from_hours(24 * i64::from(DAYS)));
    let within = all.iter().filter(|one| one.opens.zip(from).is_none_or(|(opens, from)| opens > from));
    let mut standing: BTreeMap<(String, u32, String), Stored> = BTreeMap::new();
    for stored in results(store)? {
        standing.insert(stored.result.pick(), stored);
    }
    let mut record = DrawRecord {
        days: DAYS,
        draws: 0,
        refuted: 0,
        bodies: Vec::new(),
        added: 0,
        removed: 0,
        scans: ScanRecord::default(),
        fit: PickFit::default(),
    };
    let mut all_chances = Vec::new();
    let mut missing: BTreeMap<Body, usize> = BTreeMap::new();
    for one in within {
        let tally = one.tally()?;
        record.draws += 1;
        if !tally.holds {
            record.refuted += 1;
            continue;
        }
        for body in &tally.missing {
            *missing.entry(*body).or_default() += 1;
        }
        record.added += tally.added;
        record.removed += tally.removed;
        record.scans.inspections += tally.inspections;
        all_chances.extend_from_slice(&tally.chances);
        for stored in standing.values().filter(|stored| stored.result.draw == one.commitment) {
            match stored.result.inspection.outcome {
                Outcome::Clean => record.scans.clean += 1,
                Outcome::Found => record.scans.found += 1,
                Outcome::NotDone => record.scans.not_done += 1,
            }
        }
    }
    let today = newest.tally()?;
    record.bodies = BODIES
        .into_iter()
        .map(|body| BodyRecord {
            name: body.to_string(),
            missing_today: today.missing(body),
            missing: missing.get(&body).copied().unwrap_or(0),
        })
        .collect();
    let fitted = fit(&all_chances);
    record.fit = PickFit {
        verdict: fitted.verdict.code(),
        picks: fitted.picks,
        boxes: fitted.boxes,
        degrees: fitted.bins.len(),
        statistic: fitted.statistic.map(|(sum, _)| sum),
        p: fitted.statistic.map(|(_, p)| p),
    };
    Ok(Some(record))
}
