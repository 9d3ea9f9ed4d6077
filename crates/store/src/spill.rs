//! Records of a fixed length under keys, in one file: written once in blocks as they come, read back key by key in the
//! order in which they were written, a block at a time. A file that has its name is whole and durable.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::{StoreError, folder};

/// What is kept in spill files.
pub trait Record: Sized {
    /// Bytes of every record.
    const BYTES: usize;
    /// Appends exactly [`Self::BYTES`].
    fn write(&self, out: &mut Vec<u8>);
    /// `None` for bytes that were not written by [`Self::write`].
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// Bytes of a block, less than a record more.
const BLOCK: usize = 32 * 1024;
const MAGIC: [u8; 8] = *b"btcspil1";
const WRITING: &str = "writing the spill file";
const READING: &str = "reading the spill file";

/// A file being written. Dropped unfinished, it leaves a file whose name ends in `.part`.
#[derive(Debug)]
pub struct SpillWriter<T> {
    path: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    at: u64,
    open: BTreeMap<u32, Vec<u8>>,
    /// For each key where its blocks begin and how long they are.
    blocks: BTreeMap<u32, Vec<(u64, u32)>>,
    records: PhantomData<T>,
}

impl<T: Record> SpillWriter<T> {
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let part = path.with_extension("part");
        let file = File::create(&part).map_err(|error| StoreError::io(WRITING, &part, error))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            out: BufWriter::with_capacity(BLOCK, file),
            at: 0,
            open: BTreeMap::new(),
            blocks: BTreeMap::new(),
            records: PhantomData,
        })
    }

    pub fn push(&mut self, key: u32, record: &T) -> Result<(), StoreError> {
        let block = self.open.entry(key).or_default();
        record.write(block);
        if block.len() < BLOCK {
            return Ok(());
        }
        let written = write_block(&mut self.out, &mut self.at, &mut self.blocks, key, block);
        written.map_err(|error| StoreError::io(WRITING, &self.part, error))
    }

    /// Writes what is left, the index and `note`, and gives the file its name, durably.
    pub fn finish(self, note: &[u8]) -> Result<(), StoreError> {
        let Self { path, part, mut out, mut at, open, mut blocks, .. } = self;
        let write = || {
            for (key, mut block) in open {
                if !block.is_empty() {
                    write_block(&mut out, &mut at, &mut blocks, key, &mut block)?;
                }
            }
            let mut index = Vec::new();
            for (key, blocks) in &blocks {
                index.extend_from_slice(&key.to_le_bytes());
                index.extend_from_slice(&(blocks.len() as u32).to_le_bytes());
                for (begin, length) in blocks {
                    index.extend_from_slice(&begin.to_le_bytes());
                    index.extend_from_slice(&length.to_le_bytes());
                }
            }
            out.write_all(&index)?;
            out.write_all(note)?;
            for number in [at, index.len() as u64, note.len() as u64] {
                out.write_all(&number.to_le_bytes())?;
            }
            out.write_all(&MAGIC)?;
            out.flush()?;
            out.get_ref().sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(|error| StoreError::io(WRITING, &part, error))?;
        folder::sync(path.parent().unwrap_or_else(|| Path::new(".")))
    }
}

fn write_block(
    out: &mut BufWriter<File>,
    at: &mut u64,
    blocks: &mut BTreeMap<u32, Vec<(u64, u32)>>,
    key: u32,
    block: &mut Vec<u8>,
) -> io::Result<()> {
    out.write_all(block)?;
    blocks.entry(key).or_default().push((*at, block.len() as u32));
    *at += block.len() as u64;
    block.clear();
    Ok(())
}

/// A finished file.
#[derive(Debug)]
pub struct Spill<T> {
    path: PathBuf,
    blocks: BTreeMap<u32, Vec<(u64, u32)>>,
    note: Vec<u8>,
    records: PhantomData<T>,
}

impl<T: Record> Spill<T> {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let told = |error| StoreError::io(READING, path, error);
        let mut file = File::open(path).map_err(told)?;
        let mut tail = [0; 32];
        file.seek(SeekFrom::End(-32)).and_then(|_| file.read_exact(&mut tail)).map_err(told)?;
        let corrupt = || StoreError::corrupt(format!("`{}` is no whole spill file", path.display()));
        let mut words = Words(&tail);
        let (at, index, note) = (words.u64(), words.u64(), words.u64());
        let (Some(at), Some(index), Some(note)) = (at, index, note) else { return Err(corrupt()) };
        if words.0 != MAGIC {
            return Err(corrupt());
        }
        let read = |file: &mut File, begin: u64, length: u64| {
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(begin))?;
            file.take(length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read(&mut file, at, index).map_err(told)?;
        let note = read(&mut file, at.saturating_add(index), note).map_err(told)?;
        let mut words = Words(&bytes);
        let mut blocks: BTreeMap<u32, Vec<(u64, u32)>> = BTreeMap::new();
        while !words.0.is_empty() {
            let (Some(key), Some(count)) = (words.u32(), words.u32()) else { return Err(corrupt()) };
            let of_key = blocks.entry(key).or_default();
            for _ in 0..count {
                of_key.push(words.u64().zip(words.u32()).ok_or_else(corrupt)?);
            }
        }
        Ok(Self { path: path.to_owned(), blocks, note, records: PhantomData })
    }

    /// What was said with [`SpillWriter::finish`].
    pub fn note(&self) -> &[u8] {
        &self.note
    }

    pub fn keys(&self) -> impl Iterator<Item = u32> {
        self.blocks.keys().copied()
    }

    /// Records under all keys.
    pub fn len(&self) -> u64 {
        let bytes: u64 = self.blocks.values().flatten().map(|(_, length)| u64::from(*length)).sum();
        bytes / T::BYTES.max(1) as u64
    }

    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The records of a key, in the order in which they were pushed.
    pub fn records(&self, key: u32) -> Result<Records<T>, StoreError> {
        let file = File::open(&self.path).map_err(|error| StoreError::io(READING, &self.path, error))?;
        Ok(Records {
            path: self.path.clone(),
            file,
            blocks: self.blocks.get(&key).cloned().unwrap_or_default().into_iter(),
            block: Vec::new(),
            at: 0,
            records: PhantomData,
        })
    }
}

/// Little-endian numbers one after the other.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }
    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}

/// See [`Spill::records`].
#[derive(Debug)]
pub struct Records<T> {
    path: PathBuf,
    file: File,
    blocks: std::vec::IntoIter<(u64, u32)>,
    block: Vec<u8>,
    at: usize,
    records: PhantomData<T>,
}

impl<T: Record> Records<T> {
    fn next_block(&mut self, begin: u64, length: u32) -> io::Result<()> {
        self.block.resize(length as usize, 0);
        self.at = 0;
        self.file.seek(SeekFrom::Start(begin))?;
        self.file.read_exact(&mut self.block)
    }
}

impl<T: Record> Iterator for Records<T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.block.len() {
            let (begin, length) = self.blocks.next()?;
            if let Err(error) = self.next_block(begin, length) {
                return Some(Err(StoreError::io(READING, &self.path, error)));
            }
        }
        let bytes = self.block.get(self.at..self.at + T::BYTES);
        self.at += T::BYTES;
        let corrupt = || StoreError::corrupt(format!("`{}` holds what is no record", self.path.display()));
        Some(bytes.and_then(T::read).ok_or_else(corrupt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(PartialEq, Debug)]
    struct Pair(u32, u64);

    impl Record for Pair {
        const BYTES: usize = 12;
        fn write(&self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.0.to_le_bytes());
            out.extend_from_slice(&self.1.to_le_bytes());
        }
        fn read(bytes: &[u8]) -> Option<Self> {
            let mut words = Words(bytes);
            Some(Self(words.u32()?, words.u64()?))
        }
    }

    #[test]
    fn records_come_back_by_key_in_their_order_and_half_a_file_does_not_open() {
        let folder = std::env::temp_dir().join(format!("bitacora-spill-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("some.spill");
        let mut writer = SpillWriter::create(&path).unwrap();
        for number in 0..20_000_u64 {
            writer.push((number % 7) as u32, &Pair(number as u32, number * number)).unwrap();
        }
        assert!(!path.exists());
        writer.finish(b"a note").unwrap();
        let spill = Spill::<Pair>::open(&path).unwrap();
        assert_eq!((spill.note(), spill.len()), (b"a note".as_slice(), 20_000));
        assert_eq!(spill.keys().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        for key in 0..8_u32 {
            let found: Vec<Pair> = spill.records(key).unwrap().map(Result::unwrap).collect();
            let expected: Vec<Pair> = (0..20_000_u64)
                .filter(|number| number % 7 == u64::from(key))
                .map(|number| Pair(number as u32, number * number))
                .collect();
            assert_eq!(found, expected);
        }
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        assert!(Spill::<Pair>::open(&path).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
