//! The units of a run, each a function from files to one or two files, done when these have their names: slices of time,
//! sorted and dealt to partitions of vessels; the partitions, whose motion is dealt to tiles; the tiles; what crosses
//! their edges; and, beside them, what learns from all fixes in order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use bitacora_primitives::{EvidenceRef, Instant, Mmsi};
use bitacora_sea::archive::{At, ByCell, Dealt, Ordered, Pair, Share, Tile, Tiling};
use bitacora_sea::contacts::Contact;
use bitacora_sea::{Charts, Kind, Parameters};
use bitacora_store::{Archive, Spill, SpillWriter};
use serde::{Deserialize, Serialize};

use super::beside::{Beside, Teller};
use super::folder::Folder;
use super::found::{Findings, Found, pair_of};
use super::merge::Merge;
use super::plan::Input;
use super::progress::Progress;
use super::refused::{Gathered, Refused};
use crate::error::NodeError;

/// Height of the tiles, degrees: a port or a strait lies in one, and the pairs that cross an edge are few.
const TILE_DEG: f64 = 10.0;
/// A tile as the key of a spill file: there are at most some hundred columns.
const COLUMNS: u32 = 1 << 16;

const fn key(tile: Tile) -> u32 {
    tile.row * COLUMNS + tile.column
}

const fn tile_of(key: u32) -> Tile {
    Tile { row: key / COLUMNS, column: key % COLUMNS }
}

/// What all units are given.
pub(super) struct Run<'a> {
    pub(super) archive: &'a Archive,
    pub(super) beside: &'a Beside<'a>,
    pub(super) inputs: &'a [Input],
    pub(super) folder: &'a Folder,
    pub(super) parameters: &'a Parameters,
    pub(super) charts: &'a Arc<Charts>,
    pub(super) kinds: &'a [Kind],
    pub(super) progress: &'a Progress,
}

/// What was read: beside each slice, and summed up for the run.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub(super) struct Read {
    pub(super) fixes: u64,
    /// Observed time of the newest fix, microseconds.
    pub(super) newest: Option<i64>,
    pub(super) refused: Vec<Refused>,
}

impl Run<'_> {
    fn charts(&self) -> Arc<Charts> {
        Arc::clone(self.charts)
    }

    fn wants(&self, share: Share) -> bool {
        self.kinds.iter().any(|kind| Share::of(*kind) == Some(share))
    }

    pub(super) fn by_vessel(&self) -> bool {
        self.wants(Share::ByVessel) || self.by_cell()
    }
    pub(super) fn by_cell(&self) -> bool {
        self.wants(Share::ByCell)
    }
    pub(super) fn in_order(&self) -> bool {
        self.wants(Share::InOrder)
    }

    /// Reads the fixes of a slice of time, and keeps them by partition, sorted.
    pub(super) fn slice(&self, number: usize) -> Result<(), NodeError> {
        let plan = &self.folder.plan;
        let Some(window) = plan.slice(number) else { return Ok(()) };
        let mut parts: BTreeMap<u32, Vec<Contact>> = BTreeMap::new();
        let (mut read, mut refused) = (Read::default(), Gathered::default());
        for input in self.inputs {
            let name = &input.file.name;
            let here = input.groups.iter().filter(|group| {
                group.span.is_none_or(|(least, most)| most >= window.from && least < window.to)
            });
            let mut reader = None;
            for group in here {
                let opened = match reader.take() {
                    Some(opened) => Ok(opened),
                    None => self.archive.read(&input.file),
                };
                let rows = opened.and_then(|opened| {
                    let rows = opened.rows(group.number, window.from, window.to);
                    reader = Some(opened);
                    rows
                });
                let rows = match rows {
                    Ok(rows) => rows,
                    Err(error) => {
                        let group = Some(group.number);
                        refused.add(Refused { group, ..Refused::file(name, error.to_string()) });
                        continue;
                    }
                };
                for (row, fix) in rows {
                    let contact =
                        fix.and_then(|fix| fix.contact().ok_or("the position is no place on earth"));
                    match contact {
                        Ok(contact) => {
                            read.fixes += 1;
                            read.newest = read.newest.max(Some(contact.observed.micros()));
                            parts.entry(plan.partition(contact.mmsi)).or_default().push(contact);
                        }
                        Err(rule) => refused.add(Refused {
                            group: Some(group.number),
                            row: Some(row),
                            rows: 1,
                            ..Refused::file(name, rule.to_owned())
                        }),
                    }
                }
            }
        }
        let mut writer = SpillWriter::create(&self.folder.slice(number))?;
        for (partition, mut contacts) in parts {
            contacts.sort_unstable_by_key(order);
            for contact in &contacts {
                writer.push(partition, contact)?;
            }
        }
        self.progress.fixes(read.fixes);
        read.refused = refused.into_list();
        Ok(writer.finish(&serde_json::to_vec(&read)?)?)
    }

    /// What all slices read, with the files that could not be opened.
    pub(super) fn sum(&self) -> Result<Read, NodeError> {
        let (mut sum, mut refused) = (Read::default(), Gathered::default());
        self.folder.refused.iter().cloned().for_each(|one| refused.add(one));
        for number in 0..self.folder.plan.slices() {
            let spill = Spill::<Contact>::open(&self.folder.slice(number))?;
            let read: Read = serde_json::from_slice(spill.note())?;
            sum.fixes += read.fixes;
            sum.newest = sum.newest.max(read.newest);
            // A group that lies in two slices and cannot be read is refused in both.
            read.refused.into_iter().for_each(|one| refused.add(one));
        }
        sum.refused = refused.into_list();
        Ok(sum)
    }

    /// Calls `take` with every fix of some partitions that is wanted, in order.
    fn fixes(
        &self,
        partitions: std::ops::Range<u32>,
        wanted: impl Fn(Mmsi) -> bool,
        mut take: impl FnMut(&Contact) -> Result<(), NodeError>,
    ) -> Result<(), NodeError> {
        for number in 0..self.folder.plan.slices() {
            let spill = Spill::<Contact>::open(&self.folder.slice(number))?;
            let streams: Result<Vec<_>, _> =
                partitions.clone().map(|partition| spill.records(partition)).collect();
            for contact in Merge::new(streams?, order)? {
                let contact = contact?;
                if wanted(contact.mmsi) {
                    take(&contact)?;
                }
            }
        }
        Ok(())
    }

    /// The vessels of a partition, one after the other in their own order: what they did alone, and where their motion
    /// is to be searched for company.
    pub(super) fn vessels(&self, partition: u32, newest: Instant) -> Result<(), NodeError> {
        let mut ordered = if self.by_cell() {
            Ordered::dealing(self.parameters, self.charts(), Tiling::new(TILE_DEG))
        } else {
            Ordered::new(self.parameters, self.charts(), Share::ByVessel)
        };
        let mut writer = SpillWriter::create(&self.folder.dealt(partition))?;
        let (mut findings, mut events, mut fixes) = (Findings::default(), Vec::new(), 0);
        self.fixes(
            partition..partition + 1,
            |_| true,
            |contact| {
                ordered.take(contact, &mut events);
                findings.take(&mut events, false);
                for (tile, dealt) in ordered.dealt() {
                    writer.push(key(tile), &dealt)?;
                }
                fixes += 1;
                Ok(())
            },
        )?;
        let mut going = Vec::new();
        ordered.finish(newest, &mut events, &mut going);
        findings.take(&mut events, false);
        findings.take(&mut going, true);
        for (tile, dealt) in ordered.dealt() {
            writer.push(key(tile), &dealt)?;
        }
        writer.finish(&[])?;
        self.progress.fixes(fixes);
        findings.write(&self.folder.vessels(partition))
    }

    /// Every fix in order: what is learned from all of them.
    pub(super) fn all_in_order(&self, newest: Instant) -> Result<(), NodeError> {
        let teller = self.beside.teller(self.kinds);
        let findings = self.ordered(Share::InOrder, newest, teller, |_| true)?;
        findings.write(&self.folder.in_order())
    }

    fn ordered(
        &self,
        share: Share,
        newest: Instant,
        mut teller: Teller<'_>,
        wanted: impl Fn(Mmsi) -> bool,
    ) -> Result<Findings, NodeError> {
        let mut ordered = Ordered::new(self.parameters, self.charts(), share);
        let (mut findings, mut events, mut fixes) = (Findings::default(), Vec::new(), 0);
        self.fixes(0..self.folder.plan.partitions, wanted, |contact| {
            teller.tell(contact.observed, &mut ordered, &mut events)?;
            ordered.take(contact, &mut events);
            findings.take(&mut events, false);
            fixes += 1;
            Ok(())
        })?;
        teller.rest(&mut ordered, &mut events)?;
        let mut going = Vec::new();
        ordered.finish(newest, &mut events, &mut going);
        findings.take(&mut events, false);
        findings.take(&mut going, true);
        self.progress.fixes(fixes);
        Ok(findings)
    }

    /// The tiles that motion was dealt to.
    pub(super) fn tiles(&self) -> Result<Vec<Tile>, NodeError> {
        let mut keys = BTreeSet::new();
        for partition in 0..self.folder.plan.partitions {
            keys.extend(Spill::<Dealt>::open(&self.folder.dealt(partition))?.keys());
        }
        Ok(keys.into_iter().map(tile_of).collect())
    }

    /// The encounters of a tile.
    pub(super) fn cell(&self, tile: Tile) -> Result<(), NodeError> {
        let streams: Result<Vec<_>, _> = (0..self.folder.plan.partitions)
            .map(|partition| Spill::<Dealt>::open(&self.folder.dealt(partition))?.records(key(tile)))
            .collect();
        let mut cell = ByCell::new(&self.parameters.encounter, Tiling::new(TILE_DEG), tile);
        let (mut findings, mut events) = (Findings::default(), Vec::new());
        for dealt in Merge::new(streams?, |dealt: &Dealt| (dealt.at.key(), dealt.mmsi))? {
            let dealt = dealt?;
            cell.take(&dealt, &mut events);
            findings.take(&mut events, dealt.at == At::End);
        }
        findings.crossing = cell.crossing();
        findings.write(&self.folder.cell(tile))
    }

    /// The encounters of the pairs that crossed an edge: their vessels once more, in one piece.
    pub(super) fn across(&self, tiles: &[Tile], newest: Instant) -> Result<(), NodeError> {
        let crossing = self.crossing(tiles)?;
        let vessels: BTreeSet<Mmsi> = crossing.iter().flatten().map(|(mmsi, _)| *mmsi).collect();
        let mut findings = if crossing.is_empty() {
            Findings::default()
        } else {
            self.ordered(Share::ByCell, newest, Teller::default(), |mmsi| vessels.contains(&mmsi))?
        };
        findings.retain(|event| pair_of(event).is_some_and(|pair| crossing.contains(&pair)));
        findings.write(&self.folder.across())
    }

    fn crossing(&self, tiles: &[Tile]) -> Result<BTreeSet<Pair>, NodeError> {
        let mut crossing = BTreeSet::new();
        for tile in tiles {
            crossing.extend(Findings::read(&self.folder.cell(*tile))?.crossing);
        }
        Ok(crossing)
    }

    /// All that the units found, each event once, into one file.
    pub(super) fn gather(&self, tiles: &[Tile]) -> Result<Vec<Found>, NodeError> {
        let crossing = self.crossing(tiles)?;
        let mut all = Findings::default();
        for tile in tiles {
            for found in Findings::read(&self.folder.cell(*tile))?.sorted() {
                if pair_of(&found.event).is_none_or(|pair| !crossing.contains(&pair)) {
                    all.absorb(found);
                }
            }
        }
        let partitions = if self.by_vessel() { self.folder.plan.partitions } else { 0 };
        let mut files: Vec<PathBuf> = (0..partitions).map(|one| self.folder.vessels(one)).collect();
        files.extend(self.by_cell().then(|| self.folder.across()));
        files.extend(self.in_order().then(|| self.folder.in_order()));
        for file in files {
            Findings::read(&file)?.sorted().into_iter().for_each(|found| all.absorb(found));
        }
        let kinds = self.kinds;
        all.retain(|event| kinds.contains(&event.kind));
        all.write(&self.folder.found())?;
        Ok(Findings::read(&self.folder.found())?.sorted())
    }
}

/// The order in which the picture takes contacts.
fn order(contact: &Contact) -> (Instant, Mmsi, EvidenceRef) {
    (contact.observed, contact.mmsi, contact.evidence)
}
