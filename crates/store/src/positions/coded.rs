//! A column of few distinct values whose numbers are known: dictionary and numbers as the Parquet crate writes them, without
//! looking up every row's value again, which for a million rows costs more than all other columns together.

use std::fs::File;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// The distinct values of a column in the encoding PLAIN.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Dictionary {
    bytes: Vec<u8>,
    count: u32,
}

impl Dictionary {
    pub(crate) fn of_texts<'n>(texts: impl Iterator<Item = &'n [u8]>) -> Self {
        let mut dictionary = Self::default();
        for text in texts {
            dictionary.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            dictionary.bytes.extend_from_slice(text);
            dictionary.count += 1;
        }
        dictionary
    }

    /// Each number below `count`, at its own place.
    pub(crate) fn of_numbers(count: u32) -> Self {
        Self { bytes: (0..count).flat_map(u32::to_le_bytes).collect(), count }
    }
}

/// Which value each row has, by its place in the dictionary.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers<'a> {
    Each(&'a [u32]),
    /// Number and rows.
    Runs(&'a [(u32, usize)]),
}

/// Writes the next column of a group, a required one: a dictionary page and one data page, uncompressed.
pub(crate) fn write_coded(
    group: &mut SerializedRowGroupWriter<'_, File>,
    column: &ColumnDescPtr,
    values: &Dictionary,
    numbers: Numbers<'_>,
) -> Result<(), ParquetError> {
    let rows = match numbers {
        Numbers::Each(numbers) => numbers.len(),
        Numbers::Runs(runs) => runs.iter().map(|(_, rows)| rows).sum(),
    };
    let mut bytes = Vec::new();
    let mut sink = TrackedWrite::new(&mut bytes);
    let mut pages = SerializedPageWriter::new(&mut sink);
    let whole = |page: Page| {
        let size = page.buffer().len();
        CompressedPage::new(page, size)
    };
    let dictionary = pages.write_page(whole(Page::DictionaryPage {
        buf: values.bytes.clone().into(),
        num_values: values.count,
        encoding: Encoding::PLAIN,
        is_sorted: false,
    }))?;
    let data = pages.write_page(whole(Page::DataPage {
        buf: packed(numbers, values.count),
        num_values: u32::try_from(rows).map_err(|_| ParquetError::General("too many rows".to_owned()))?,
        encoding: Encoding::RLE_DICTIONARY,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    }))?;
    pages.close()?;
    drop(sink);
    let size = bytes.len() as i64;
    let metadata = ColumnChunkMetaData::builder(column.clone())
        .set_compression(Compression::UNCOMPRESSED)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_total_compressed_size(size)
        .set_total_uncompressed_size(size)
        .set_num_values(rows as i64)
        .set_dictionary_page_offset(Some(dictionary.offset as i64))
        .set_data_page_offset(data.offset as i64)
        .build()?;
    let mut index = OffsetIndexBuilder::new();
    index.append_row_count(rows as i64);
    index.append_offset_and_size(data.offset as i64, data.compressed_size as i32);
    let close = ColumnCloseResult {
        bytes_written: size.unsigned_abs(),
        rows_written: rows as u64,
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: Some(index.build()),
    };
    group.append_column(&Bytes::from(bytes), close)
}

/// The width of a number in bits, then runs of repeated numbers or one run of packed ones (Parquet's encodings, "Run
/// Length Encoding / Bit-Packing Hybrid").
fn packed(numbers: Numbers<'_>, values: u32) -> Bytes {
    let width = (u32::BITS - values.saturating_sub(1).leading_zeros()).max(1);
    let mut out = vec![width as u8];
    match numbers {
        Numbers::Runs(runs) => {
            for (number, rows) in runs {
                varint((*rows as u64) << 1, &mut out);
                out.extend(number.to_le_bytes().into_iter().take(width.div_ceil(8) as usize));
            }
        }
        Numbers::Each(numbers) => {
            let groups = numbers.len().div_ceil(8);
            varint((groups as u64) << 1 | 1, &mut out);
            let end = out.len() + groups * width as usize;
            out.reserve(groups * width as usize + 4);
            let (mut bits, mut filled) = (0_u64, 0);
            for number in numbers {
                bits |= u64::from(*number) << filled;
                filled += width;
                if filled >= 32 {
                    out.extend_from_slice(&(bits as u32).to_le_bytes());
                    bits >>= 32;
                    filled -= 32;
                }
            }
            out.extend_from_slice(&bits.to_le_bytes());
            // The last group is filled up with zeros.
            out.resize(end, 0);
        }
    }
    out.into()
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
