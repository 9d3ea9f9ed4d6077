//! A recording as a source: its id comes from how it begins, so that the same recording read twice, or from
//! another folder, is the same source and gives the same facts once.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use bitacora_feeds::open::{Format, Opened};
use bitacora_primitives::SourceId;
use bitacora_store::{RawLines, Source, Store};

use crate::clock;
use crate::error::NodeError;

/// How much of the beginning names a recording.
const NAMED_BY: u64 = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) source: SourceId,
    pub(crate) name: String,
    /// Where its lines can be read again by offset; `None` for Parquet, whose rows are no lines.
    lines: Option<PathBuf>,
    /// What has to be written there while reading, because the input cannot be read again: compressed or a stream.
    copy_to: Option<PathBuf>,
}

impl Recording {
    /// `told` is what a person said of how to read it. Read otherwise, it is another source: what the first
    /// reading could not use must not count as stored.
    pub(crate) fn register(
        store: &Store,
        opened: &Opened,
        path: &Path,
        told: &str,
    ) -> Result<Self, NodeError> {
        let name =
            path.file_name().map_or_else(|| opened.name.clone(), |name| name.to_string_lossy().into_owned());
        let is_stream = opened.bytes_total.is_none();
        let source = if is_stream {
            // A stream has no beginning to look at twice: each reading is a source of its own.
            SourceId::of(&[
                b"stream",
                &clock::now().micros().to_be_bytes(),
                &std::process::id().to_be_bytes(),
            ])
        } else {
            let mut head = Vec::new();
            File::open(path)
                .and_then(|file| file.take(NAMED_BY).read_to_end(&mut head))
                .map_err(NodeError::file(path, "read"))?;
            let parts: [&[u8]; 3] = [b"recording", &head, told.as_bytes()];
            SourceId::of(if told.is_empty() { parts.get(..2).unwrap_or(&parts) } else { &parts })
        };
        let copy = (opened.compressed || is_stream) && opened.format != Format::Parquet;
        let copy_to = copy.then(|| store.folder().join("raw").join(format!("{source}.txt")));
        let whole = std::path::absolute(path).map_err(NodeError::file(path, "located"))?;
        let lines = copy_to.clone().or_else(|| (opened.format != Format::Parquet).then(|| whole.clone()));
        store.register_source(&Source {
            id: source,
            kind: if opened.format == Format::Nmea { "ais" } else { "positions" }.to_owned(),
            name: name.clone(),
            location: if is_stream { opened.name.clone() } else { whole.display().to_string() },
            raw_path: lines.as_ref().map(|path| path.display().to_string()),
            first_seen: clock::now(),
        })?;
        Ok(Self { source, name, lines, copy_to })
    }

    /// Opens the raw lines for evidence. For a copy that is still to be written the file is made here.
    pub(crate) fn lines(&self) -> Result<RawLines, NodeError> {
        if let Some(path) = &self.copy_to {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
            }
            File::create(path).map_err(NodeError::file(path, "created"))?;
        }
        Ok(self.lines.as_deref().map_or_else(|| Ok(RawLines::none()), RawLines::of)?)
    }

    /// Passes the input through, keeping the copy that evidence will be read from.
    pub(crate) fn keeping(&self, reader: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>, NodeError> {
        let Some(path) = &self.copy_to else { return Ok(reader) };
        let file = File::options().append(true).open(path).map_err(NodeError::file(path, "opened"))?;
        Ok(Box::new(Keeping { reader, copy: BufWriter::with_capacity(1 << 18, file) }))
    }
}

struct Keeping {
    reader: Box<dyn Read + Send>,
    copy: BufWriter<File>,
}

impl Read for Keeping {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.copy.write_all(buffer.get(..count).unwrap_or_default())?;
        // Evidence may be asked for before the next read, so the copy is never behind the reader.
        self.copy.flush()?;
        Ok(count)
    }
}
