//! How a run is divided: the archive's time into slices that fit the memory, its vessels into partitions. What is found
//! does not depend on it.

use bitacora_primitives::{Instant, Mmsi};
use bitacora_store::{Archive, ArchiveFile, RowGroup};
use serde::{Deserialize, Serialize};

use super::refused::Refused;
use super::window::Window;

/// Bytes that a contact takes while it is sorted, in vectors that double as they grow.
const CONTACT_BYTES: u64 = 208;
/// What a worker takes for a row group that it decodes and the blocks that it fills.
const WORKER_BYTES: u64 = 96 << 20;
const LEAST_ROWS: u64 = 100_000;
/// Steps in which the rows of the archive are counted by time.
const STEPS: usize = 1 << 14;
/// Partitions of vessels with a gibibyte; more where there is less memory, for each holds the vessels of one.
const PARTITIONS: u64 = 16;
const MOST_PARTITIONS: u64 = 128;

/// A file and the row groups of it that may hold what is wanted.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) file: ArchiveFile,
    pub(super) groups: Vec<RowGroup>,
}

/// See the module.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// Where each slice begins, in microseconds; the last ends with what is read.
    cuts: Vec<i64>,
    to: i64,
    pub(super) partitions: u32,
}

impl Plan {
    pub(super) fn slices(&self) -> usize {
        self.cuts.len()
    }

    pub(super) fn slice(&self, number: usize) -> Option<Window> {
        let from = Instant::from_micros(*self.cuts.get(number)?);
        let to = Instant::from_micros(self.cuts.get(number + 1).copied().unwrap_or(self.to));
        Some(Window { from, to })
    }

    /// The partition of a vessel: numbers of one flag and year follow each other, so they are mixed first.
    pub(super) fn partition(&self, mmsi: Mmsi) -> u32 {
        let mixed = u64::from(mmsi.number()).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        (mixed % u64::from(self.partitions.max(1))) as u32
    }

    pub(super) fn new(inputs: &[Input], read: Window, workers: usize, memory: u64) -> Self {
        let share = (memory / workers.max(1) as u64).saturating_sub(WORKER_BYTES);
        let most = (share / CONTACT_BYTES).max(LEAST_ROWS);
        let partitions = (PARTITIONS << 30).div_ceil(memory.max(1)).clamp(PARTITIONS, MOST_PARTITIONS) as u32;
        let groups = || inputs.iter().flat_map(|input| &input.groups);
        let span =
            groups().filter_map(|group| group.span).reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
        let mut cuts = vec![read.from.micros()];
        if let Some((first, last)) = span {
            let first = first.max(read.from).micros();
            let step = ((last.min(read.to).micros() - first) / STEPS as i64).max(1_000_000);
            let place = |at: Instant| ((at.micros() - first) / step).clamp(0, STEPS as i64) as usize;
            let mut rows = vec![0_u64; STEPS + 1];
            for group in groups() {
                let (from, to) = group.span.unwrap_or((Instant::from_micros(first), last));
                let (from, to) = (place(from), place(to));
                let each = group.rows.div_ceil((to - from + 1) as u64);
                rows.iter_mut().take(to + 1).skip(from).for_each(|sum| *sum += each);
            }
            let mut sum = 0;
            for (at, rows) in rows.iter().enumerate() {
                if sum > 0 && sum + rows > most {
                    cuts.push(first + at as i64 * step);
                    sum = 0;
                }
                sum += rows;
            }
        }
        Self { cuts, to: read.to.micros(), partitions }
    }
}

/// Opens every file and says what of it is wanted; what cannot be read is refused.
pub(super) fn inputs(
    archive: &Archive,
    files: &[ArchiveFile],
    read: Window,
    refused: &mut Vec<Refused>,
) -> Vec<Input> {
    let mut inputs = Vec::new();
    for file in files {
        match archive.read(file) {
            Ok(reader) => {
                let wanted = |group: &RowGroup| {
                    group.span.is_none_or(|(least, most)| most >= read.from && least < read.to)
                };
                let groups: Vec<RowGroup> = reader.groups().into_iter().filter(wanted).collect();
                if !groups.is_empty() {
                    inputs.push(Input { file: file.clone(), groups });
                }
            }
            Err(error) => refused.push(Refused::file(&file.name, error.to_string())),
        }
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(rows: u64, from: i64, to: i64) -> Input {
        let file = ArchiveFile { name: "day/x.parquet".into(), bytes: 1, stamp: "1".into() };
        let span = Some((Instant::from_secs(from), Instant::from_secs(to)));
        Input { file, groups: vec![RowGroup { number: 0, rows, span }] }
    }

    #[test]
    fn slices_follow_each_other_and_hold_what_fits() {
        let hours: Vec<Input> = (0..48).map(|hour| input(130_000, hour * 3600, hour * 3600 + 3599)).collect();
        let read = Window { from: Instant::from_micros(i64::MIN), to: Instant::from_micros(i64::MAX) };
        let plan = Plan::new(&hours, read, 2, 256 << 20);
        assert!((10..40).contains(&plan.slices()), "{}", plan.slices());
        let slices: Vec<Window> = (0..plan.slices()).map(|number| plan.slice(number).unwrap()).collect();
        assert_eq!((slices[0].from, slices[slices.len() - 1].to), (read.from, read.to));
        assert!(slices.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].from < pair[0].to));
        assert_eq!(plan.partitions, 64);
        assert_eq!(Plan::new(&hours, read, 2, 64 << 30).slices(), 1);
        assert_eq!(Plan::new(&[], read, 2, 1 << 30).slices(), 1);
    }
}
