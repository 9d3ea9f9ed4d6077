//! A live feed is a recording being written: every line goes to `DIR/raw/`, with the moment it came before it,
//! and is read from there. What is synced to the spool is acknowledged; after a crash the spool is read again by
//! the same code and gives the same facts.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bitacora_primitives::{Instant, SourceId};

use crate::error::NodeError;

/// A line longer than this is cut: it is no sentence, and must not fill the memory.
const MAX_LINE: usize = 8 * 1024;

#[derive(Debug)]
pub(crate) struct Spool {
    pub(crate) source: SourceId,
    pub(crate) path: PathBuf,
    pub(crate) day: i64,
    out: BufWriter<File>,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl Spool {
    /// The spool of a feed for one UTC day, continued where it stands. A line torn by a crash is closed; it was
    /// never acknowledged and will be refused as what it is.
    pub(crate) fn open(data: &Path, feed: &str, day: i64) -> Result<Self, NodeError> {
        let folder = data.join("raw");
        std::fs::create_dir_all(&folder).map_err(NodeError::file(&folder, "created"))?;
        let source = SourceId::of(&[b"live", feed.as_bytes(), &day.to_be_bytes()]);
        let path = folder.join(format!("{source}.nmea"));
        let failed = || NodeError::file(&path, "opened");
        let mut file =
            OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(failed())?;
        let length = file.metadata().map_err(failed())?.len();
        if length > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).map_err(failed())?;
            if last != *b"\n" {
                file.write_all(b"\n").map_err(failed())?;
            }
        }
        Ok(Self { source, path, day, out: BufWriter::with_capacity(1 << 16, file), rest: Vec::new() })
    }

    /// Takes bytes as they came, cut anywhere; returns the complete lines as they now stand in the spool.
    pub(crate) fn write(
        &mut self,
        bytes: &[u8],
        ends_line: bool,
        received: Instant,
    ) -> Result<Vec<u8>, NodeError> {
        let mut lines = Vec::with_capacity(bytes.len() + 256);
        let stamp = format!("{} ", received.micros());
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MAX_LINE.saturating_sub(self.rest.len());
            let complete = piece.ends_with(b"\n");
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            self.rest.extend_from_slice(text.get(..text.len().min(room)).unwrap_or_default());
            if complete {
                self.close_line(&stamp, &mut lines);
            }
        }
        if ends_line && !self.rest.is_empty() {
            self.close_line(&stamp, &mut lines);
        }
        self.out.write_all(&lines).map_err(NodeError::file(&self.path, "written"))?;
        Ok(lines)
    }

    fn close_line(&mut self, stamp: &str, lines: &mut Vec<u8>) {
        // Blank lines and comments have no moment, and with a stamp before them would be neither.
        let first = self.rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | 0));
        if first.is_some_and(|byte| *byte != b'#') {
            lines.extend_from_slice(stamp.as_bytes());
        }
        lines.append(&mut self.rest);
        lines.push(b'\n');
    }

    /// Everything written so far survives a crash when this returns.
    pub(crate) fn sync(&mut self) -> Result<(), NodeError> {
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_data())
            .map_err(NodeError::file(&self.path, "written"))
    }
}

/// A spool read from its beginning, line by line with the moment each came.
#[derive(Debug)]
pub(crate) struct Reading {
    path: PathBuf,
    input: BufReader<File>,
    /// The line at which it stands, empty at the end.
    pub(crate) line: Vec<u8>,
    /// When it came; a line without a stamp of its own came with the one before.
    pub(crate) received: Option<Instant>,
}

impl Reading {
    /// Stands at the first line.
    pub(crate) fn of(path: &Path) -> Result<Self, NodeError> {
        let file = File::open(path).map_err(NodeError::file(path, "opened"))?;
        let input = BufReader::with_capacity(1 << 18, file);
        let mut reading = Self { path: path.to_owned(), input, line: Vec::new(), received: None };
        reading.next_line()?;
        Ok(reading)
    }

    pub(crate) fn next_line(&mut self) -> Result<(), NodeError> {
        self.line.clear();
        self.input.read_until(b'\n', &mut self.line).map_err(NodeError::file(&self.path, "read"))?;
        let stamp = self.line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let micros = std::str::from_utf8(stamp).ok().and_then(|text| text.parse().ok());
        self.received = micros.map(Instant::from_micros).or(self.received);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_closed_and_reading_gives_back_what_was_written() {
        let data = std::env::temp_dir().join(format!("bitacora-spool-{}", std::process::id()));
        let at = Instant::from_micros(1_700_000_000_000_001);
        let mut spool = Spool::open(&data, "tcp://x:1", 3).unwrap();
        assert_eq!(
            spool.write(b"!AIVDM,one\r\n!AIV", false, at).unwrap(),
            b"1700000000000001 !AIVDM,one\r\n"
        );
        assert_eq!(spool.write(b"DM,two", false, at).unwrap(), b"");
        assert_eq!(spool.write(b"\n", false, at).unwrap(), b"1700000000000001 !AIVDM,two\n");
        assert_eq!(spool.write(b"datagram", true, at).unwrap(), b"1700000000000001 datagram\n");
        spool.sync().unwrap();
        OpenOptions::new().append(true).open(&spool.path).unwrap().write_all(b"1700000 !torn").unwrap();
        let again = Spool::open(&data, "tcp://x:1", 3).unwrap();
        let mut lines = Vec::new();
        let mut reading = Reading::of(&again.path).unwrap();
        while !reading.line.is_empty() {
            lines.push((String::from_utf8(reading.line.clone()).unwrap(), reading.received));
            reading.next_line().unwrap();
        }
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[1], ("1700000000000001 !AIVDM,two\n".to_owned(), Some(at)));
        assert_eq!(lines[3].0, "1700000 !torn\n");
        std::fs::remove_dir_all(&data).unwrap();
    }

    #[test]
    fn an_endless_line_stays_bounded() {
        let data = std::env::temp_dir().join(format!("bitacora-spool-long-{}", std::process::id()));
        let mut spool = Spool::open(&data, "tcp://x:2", 3).unwrap();
        for _ in 0..100 {
            spool.write(&[b'A'; 4096], false, Instant::from_secs(1)).unwrap();
        }
        assert!(spool.rest.len() <= MAX_LINE);
        std::fs::remove_dir_all(&data).unwrap();
    }
}
