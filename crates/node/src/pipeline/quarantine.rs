//! Every refused line with its place and reason, one CSV file a source under `DIR/quarantine/`, so that nothing
//! bad is lost and anyone can read it. The store keeps counts and samples of the same.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bitacora_feeds::refusal::{Refusal, excerpt};
use bitacora_primitives::{EvidenceRef, SourceId};

use super::Pipeline;
use crate::error::NodeError;

#[derive(Debug)]
pub(crate) struct QuarantineFile {
    source: SourceId,
    path: PathBuf,
    /// Opened at the first refusal: a clean source leaves no file.
    out: Option<BufWriter<File>>,
}

impl QuarantineFile {
    pub(crate) fn of(data: &Path, source: SourceId) -> Self {
        Self { source, path: data.join("quarantine").join(format!("{source}.csv")), out: None }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.out.as_ref().map(|_| self.path.as_path())
    }

    pub(crate) fn add(&mut self, refusal: &Refusal) -> Result<(), NodeError> {
        self.write(refusal.place, refusal.reason.code(), &refusal.excerpt)
    }

    /// Takes over what the picture refused of this source.
    pub(crate) fn take_over(&mut self, pipeline: &mut Pipeline) -> Result<(), NodeError> {
        for refused in pipeline.take_refused(self.source) {
            self.write(refused.place, refused.reason, &excerpt(&refused.raw))?;
        }
        Ok(())
    }

    fn write(&mut self, place: EvidenceRef, reason: &str, excerpt: &str) -> Result<(), NodeError> {
        let out = match &mut self.out {
            Some(out) => out,
            None => {
                if let Some(folder) = self.path.parent() {
                    std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
                }
                let file = File::create(&self.path).map_err(NodeError::file(&self.path, "created"))?;
                let mut out = BufWriter::new(file);
                out.write_all(b"line,offset,reason,excerpt\r\n")
                    .map_err(NodeError::file(&self.path, "written"))?;
                self.out.insert(out)
            }
        };
        let offset = place.offset.map(|offset| offset.to_string()).unwrap_or_default();
        let excerpt = excerpt.replace('"', "\"\"");
        write!(out, "{},{offset},{reason},\"{excerpt}\"\r\n", place.line)
            .map_err(NodeError::file(&self.path, "written"))
    }

    pub(crate) fn flush(&mut self) -> Result<(), NodeError> {
        match &mut self.out {
            Some(out) => out.flush().map_err(NodeError::file(&self.path, "written")),
            None => Ok(()),
        }
    }
}
