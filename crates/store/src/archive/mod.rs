//! The archive of positions as a run over all of it reads it: files listed once, row groups asked for by their byte
//! ranges, from the data folder, another folder or an object store. Reads only; never trusts a file.

mod bytes_of;
mod folder;
#[cfg(feature = "object-store")]
mod object;
mod records;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bitacora_primitives::Instant;
use bytes::Bytes;
use parquet::errors::ParquetError;

use self::bytes_of::BytesOf;
use self::folder::Folder;
use crate::positions::COLUMNS_READ;
use crate::positions::parts::{self, POSITIONS};
use crate::positions::scan::{Rows, Scan, Wanted, time_span};
use crate::{Store, StoreError};

/// A file of an archive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ArchiveFile {
    /// Below the archive's root, as `day=2026-11-21/merged-00000001.parquet`.
    pub name: String,
    pub bytes: u64,
    /// What changes when the content does: the object's tag, or the time at which the file was written.
    pub stamp: String,
}

/// A row group of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowGroup {
    pub number: usize,
    pub rows: u64,
    /// Least and greatest time; `None` where the file does not say.
    pub span: Option<(Instant, Instant)>,
}

/// Why an archive cannot be read, or a file of it not.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error(
        "`{url}` needs the cargo feature `object-store`, which this program was built without: build it with \
             `cargo build --release -p bitacora-node --features object-store`, or copy the archive to a folder"
    )]
    Feature { url: String },
    #[error("`{url}` is no archive: {why}")]
    Url { url: String, why: String },
    #[error("`{root}` cannot be listed: {why}")]
    List { root: String, why: String },
    #[error("{0}")]
    File(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ParquetError> for ArchiveError {
    fn from(error: ParquetError) -> Self {
        Self::File(error.to_string())
    }
}

/// Where the bytes of files are asked for.
pub(crate) trait Ranges: Send + Sync {
    fn list(&self) -> Result<Vec<ArchiveFile>, ArchiveError>;
    /// Exactly these bytes of a file, one answer a range.
    fn read(&self, name: &str, ranges: &[Range<u64>]) -> std::io::Result<Vec<Bytes>>;
}

/// See the module.
#[derive(Clone)]
pub struct Archive {
    root: String,
    ranges: Arc<dyn Ranges>,
    /// Of a data folder: the files that its database names.
    named: Option<BTreeSet<String>>,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("root", &self.root).finish_non_exhaustive()
    }
}

/// Addresses of object stores.
const REMOTE: [&str; 8] = ["s3://", "s3a://", "gs://", "az://", "abfs://", "abfss://", "http://", "https://"];

impl Archive {
    /// The archive of a data folder.
    pub fn of_store(store: &Store) -> Result<Self, StoreError> {
        let named = store.read(|link| parts::live_names(POSITIONS, link))?;
        let folder = POSITIONS.within(store.folder());
        Ok(Self { root: folder.display().to_string(), ranges: Arc::new(Folder(folder)), named: Some(named) })
    }

    /// A folder, or an address: `file://`, `s3://`, `gs://`, `az://`, `http://`, `https://`. `settings` are those of the
    /// object store, by the names of its environment variables; others are passed over.
    pub fn open(
        place: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ArchiveError> {
        let root = place.to_owned();
        if REMOTE.iter().any(|scheme| place.starts_with(scheme)) {
            #[cfg(feature = "object-store")]
            return Ok(Self { ranges: object::open(place, settings)?, root, named: None });
            #[cfg(not(feature = "object-store"))]
            {
                drop(settings);
                return Err(ArchiveError::Feature { url: root });
            }
        }
        let path = match place.strip_prefix("file://") {
            Some(path) => path,
            None if place.contains("://") => {
                let why = "addresses begin with file://, s3://, gs://, az://, http:// or https://".to_owned();
                return Err(ArchiveError::Url { url: root, why });
            }
            None => place,
        };
        if !Path::new(path).is_dir() {
            return Err(ArchiveError::List { root, why: "there is no such folder".to_owned() });
        }
        Ok(Self { ranges: Arc::new(Folder(path.into())), root, named: None })
    }

    /// As it was named.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Its Parquet files, by name.
    pub fn files(&self) -> Result<Vec<ArchiveFile>, ArchiveError> {
        let mut files = self.ranges.list()?;
        if let Some(named) = &self.named {
            files.retain(|file| named.contains(&file.name));
            let there: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
            if let Some(lost) = named.iter().find(|name| !there.contains(name.as_str())) {
                return Err(ArchiveError::File(format!(
                    "`{lost}` is named by the database and is not in the data folder"
                )));
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// Opens a file: reads its end, and checks that its columns are those of the archive.
    pub fn read(&self, file: &ArchiveFile) -> Result<ArchiveReader, ArchiveError> {
        let bytes = BytesOf::new(Arc::clone(&self.ranges), file)?;
        let scan = Scan::over(bytes.clone())?;
        if let Some((wanted, found)) = scan.misplaced() {
            let found = found.map_or_else(|| "nothing".to_owned(), |name| format!("`{name}`"));
            return Err(ArchiveError::File(format!(
                "it has {found} where the column `{wanted}` of the archive's files is"
            )));
        }
        Ok(ArchiveReader { scan, bytes })
    }
}

/// A file being read.
pub struct ArchiveReader {
    scan: Scan<BytesOf>,
    bytes: BytesOf,
}

impl std::fmt::Debug for ArchiveReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveReader").finish_non_exhaustive()
    }
}

impl ArchiveReader {
    pub fn groups(&self) -> Vec<RowGroup> {
        let of = |(number, group): (usize, &parquet::file::metadata::RowGroupMetaData)| RowGroup {
            number,
            rows: u64::try_from(group.num_rows()).unwrap_or(0),
            span: time_span(group),
        };
        self.scan.groups().iter().enumerate().map(of).collect()
    }

    /// The rows of a group with a time of `from` to before `to`, by their number in it: each a fix, or the rule that
    /// it breaks. The bytes of the columns are asked for at once.
    pub fn rows(&self, group: usize, from: Instant, to: Instant) -> Result<Rows, ArchiveError> {
        let columns = self.scan.groups().get(group).map(|group| group.columns()).unwrap_or_default();
        let ranges = columns.iter().take(COLUMNS_READ.len()).map(|column| {
            let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
            let (start, length) = (u64::try_from(start), u64::try_from(column.compressed_size()));
            match (start, length) {
                (Ok(start), Ok(length)) => Ok(start..start.saturating_add(length)),
                _ => Err(ArchiveError::File("a column chunk begins before the file".to_owned())),
            }
        });
        self.bytes.hold(ranges.collect::<Result<_, _>>()?)?;
        let to = Instant::from_micros(to.micros().saturating_sub(1));
        let rows = self.scan.group(group, Wanted { from, to, mmsi: None });
        self.bytes.let_go();
        Ok(rows?)
    }
}
