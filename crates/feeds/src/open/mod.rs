//! Where input comes from: a file or standard input, plain, gzip or zstd, and what kind of input it is. The only module
//! here that opens anything; it never interprets a line.

mod sniff;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use sniff::{Format, sniff};

/// Enough of the beginning to tell the formats apart: some seconds of NMEA, a header and its first rows.
const HEAD: u64 = 8 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot open `{path}`")]
    Open {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is a folder; name the files in it")]
    Folder { path: PathBuf },
    #[error("cannot read `{name}`")]
    Read {
        name: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "`{name}` is Parquet, which is read from its end: give it as an uncompressed file, not as a stream"
    )]
    ParquetStream { name: String },
}

/// An input, ready to be read from its first byte.
pub struct Opened {
    /// The path as given, or `-`.
    pub name: String,
    /// The decompressed bytes.
    pub reader: Box<dyn Read + Send>,
    pub format: Format,
    pub compressed: bool,
    /// Bytes as stored, for the progress of a file; a stream has no known length.
    pub bytes_total: Option<u64>,
    pub progress: Progress,
    /// The file itself where the format needs to seek in it (Parquet).
    pub file: Option<File>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("name", &self.name)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// Bytes read so far as they are stored, that is before decompression. Cheap to copy to another thread.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
    pub fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.progress.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Opens a path; `-` is standard input.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let name = path.display().to_string();
    if name == "-" {
        return stream(name, io::stdin());
    }
    let at = |source| OpenError::Open { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(at)?;
    let metadata = file.metadata().map_err(at)?;
    if metadata.is_dir() {
        return Err(OpenError::Folder { path: path.to_owned() });
    }
    // A pipe or a device has no length worth showing and cannot be wound back.
    if !metadata.is_file() {
        return stream(name, file);
    }
    let bytes_total = Some(metadata.len());
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic).map_err(at)?;
    file.seek(SeekFrom::Start(0)).map_err(at)?;
    if sniff(&magic, &name) == Format::Parquet && magic == sniff::PARQUET_MAGIC {
        let twin = file.try_clone().map_err(at)?;
        let progress = Progress::default();
        let reader: Box<dyn Read + Send> = Box::new(file);
        let format = Format::Parquet;
        return Ok(Opened {
            name,
            reader,
            format,
            compressed: false,
            bytes_total,
            progress,
            file: Some(twin),
        });
    }
    let mut opened = stream(name, file)?;
    opened.bytes_total = bytes_total;
    Ok(opened)
}

/// Any reader as an input of a given name: decompresses it and looks at how it begins.
pub fn stream(name: String, reader: impl Read + Send + 'static) -> Result<Opened, OpenError> {
    let progress = Progress::default();
    let mut stored = Counted { inner: reader, progress: progress.clone() };
    let failed = |source| OpenError::Read { name: name.clone(), source };
    let mut magic = Vec::new();
    (&mut stored).take(4).read_to_end(&mut magic).map_err(failed)?;
    let compression = sniff::compression(&magic);
    let stored = Cursor::new(magic).chain(stored);
    let (mut plain, compressed): (Box<dyn Read + Send>, bool) = match compression {
        sniff::Compression::Gzip => (Box::new(flate2::read::MultiGzDecoder::new(stored)), true),
        sniff::Compression::Zstd => {
            (Box::new(zstd::stream::read::Decoder::new(stored).map_err(failed)?), true)
        }
        sniff::Compression::None => (Box::new(stored), false),
    };
    let mut head = Vec::new();
    (&mut plain).take(HEAD).read_to_end(&mut head).map_err(failed)?;
    let format = sniff(&head, &name);
    if format == Format::Parquet {
        return Err(OpenError::ParquetStream { name });
    }
    let reader: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(plain));
    Ok(Opened { name, reader, format, compressed, bytes_total: None, progress, file: None })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const LINE: &str = "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24\r\n";

    fn read(mut opened: Opened) -> Vec<u8> {
        let mut bytes = Vec::new();
        opened.reader.read_to_end(&mut bytes).unwrap();
        bytes
    }
    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn the_same_bytes_come_out_plain_gzip_and_zstd() {
        let text = LINE.repeat(1000).into_bytes();
        // Two gzip members and two zstd frames, as rotated logs are concatenated.
        let (one, two) = text.split_at(20_000);
        let zipped = [gzip(one), gzip(two)].concat();
        let zstd = [zstd::encode_all(one, 1).unwrap(), zstd::encode_all(two, 1).unwrap()].concat();
        for (stored, compressed) in [(text.clone(), false), (zipped, true), (zstd, true)] {
            let size = stored.len() as u64;
            let opened = stream("x".into(), Cursor::new(stored)).unwrap();
            assert_eq!((opened.compressed, opened.format), (compressed, Format::Nmea));
            let progress = opened.progress.clone();
            assert_eq!(read(opened), text);
            assert_eq!(progress.bytes(), size);
        }
    }

    #[test]
    fn a_damaged_archive_is_an_error_after_its_good_part() {
        let text = LINE.repeat(5000);
        let mut stored = gzip(text.as_bytes());
        stored.truncate(stored.len() - 20);
        let mut opened = stream("x.gz".into(), Cursor::new(stored)).unwrap();
        let mut bytes = Vec::new();
        assert!(opened.reader.read_to_end(&mut bytes).is_err());
        assert!(text.as_bytes().starts_with(&bytes) && bytes.len() > HEAD as usize);
    }

    #[test]
    fn what_cannot_be_opened_says_so() {
        assert!(matches!(open(Path::new("/no/such/file")), Err(OpenError::Open { .. })));
        assert!(matches!(open(Path::new("/")), Err(OpenError::Folder { .. })));
        let parquet = stream("p".into(), Cursor::new(b"PAR1....".to_vec()));
        assert!(matches!(parquet, Err(OpenError::ParquetStream { .. })));
        assert_eq!(read(stream("empty".into(), io::empty()).unwrap()), b"");
    }
}
