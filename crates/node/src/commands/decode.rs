//! `bitacora decode`: AIS messages in the order in which they complete, as JSON lines or as a table; nothing is stored.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use bitacora_feeds::ais::table::{CsvTable, ParquetTable, Units, row};
use bitacora_feeds::ais::{Decoded, Options, Reader, Sink, json};
use bitacora_feeds::open;
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

use crate::cli::{DecodeArgs, DecodeFormat};
use crate::error::NodeError;
use crate::intake::ais_tallies;
use crate::summary::{Summary, print};
use crate::words::Words;

type Out = Box<dyn Write + Send>;

/// Where messages go.
enum Printed {
    Nothing,
    Json(BufWriter<Out>, String),
    Csv(Box<CsvTable<BufWriter<Out>>>),
    Parquet(Box<ParquetTable<BufWriter<Out>>>),
}

impl Printed {
    fn new(args: &DecodeArgs) -> Result<Self, NodeError> {
        if args.summary {
            return Ok(Self::Nothing);
        }
        let out: Out = match &args.out {
            Some(path) => Box::new(File::create(path).map_err(NodeError::file(path, "created"))?),
            None => Box::new(io::stdout()),
        };
        let out = BufWriter::with_capacity(1 << 18, out);
        Ok(match args.format {
            DecodeFormat::Json => Self::Json(out, String::new()),
            DecodeFormat::Csv => Self::Csv(Box::new(CsvTable::new(out).map_err(NodeError::Output)?)),
            DecodeFormat::Parquet => {
                Self::Parquet(Box::new(ParquetTable::new(out).map_err(NodeError::Output)?))
            }
        })
    }

    fn message(&mut self, decoded: &Decoded<'_>, units: Units) -> io::Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Json(out, line) => {
                line.clear();
                match units {
                    Units::Raw => json::write_raw(decoded, line),
                    Units::Field => json::write_units(decoded, line),
                }
                line.push('\n');
                out.write_all(line.as_bytes())
            }
            Self::Csv(table) => table.push(&row(decoded, units)),
            Self::Parquet(table) => table.push(row(decoded, units)),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Json(mut out, _) => out.flush(),
            Self::Csv(mut table) => table.finish(),
            Self::Parquet(table) => table.finish(),
        }
    }
}

struct Printer<'a> {
    printed: &'a mut Printed,
    units: Units,
    failure: Option<io::Error>,
}

impl Sink for Printer<'_> {
    fn report(&mut self, _report: Report) {}

    fn refused(&mut self, refusal: Refusal) {
        if !matches!(self.printed, Printed::Nothing) {
            eprintln!("{refusal}");
        }
    }

    fn message(&mut self, decoded: &Decoded<'_>) {
        if self.failure.is_none() {
            self.failure = self.printed.message(decoded, self.units).err();
        }
    }
}

pub(crate) fn run(args: &DecodeArgs, words: Words) -> Result<ExitCode, NodeError> {
    let mut printed = Printed::new(args)?;
    let units = if args.raw { Units::Raw } else { Units::Field };
    for file in &args.files {
        let path = Path::new(file);
        let mut opened = open::open(path)?;
        let options = Options { dedupe: false, reports: false, ..Options::default() };
        let mut reader = Reader::new(SourceId::of(&[file.as_bytes()]), options);
        let mut printer = Printer { printed: &mut printed, units, failure: None };
        let mut chunk = vec![0; 256 * 1024];
        loop {
            match opened.reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => reader.push(chunk.get(..count).unwrap_or_default(), None, &mut printer),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(NodeError::file(path, "read on")(error)),
            }
        }
        reader.finish(&mut printer);
        if let Some(error) = printer.failure {
            return ended(Err(error));
        }
        if args.summary {
            let name =
                path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
            print(
                &Summary { name, tallies: ais_tallies(reader.counts()), ..Summary::default() },
                args.json,
                words,
            )?;
        }
    }
    ended(printed.finish())
}

/// Whoever reads our output has closed it, as `head` does: that is no error.
fn ended(outcome: io::Result<()>) -> Result<ExitCode, NodeError> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(NodeError::Output(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}
