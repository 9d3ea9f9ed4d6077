//! `bitacora decode`: AIS messages as JSON lines in the order in which they complete; nothing is stored.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use bitacora_feeds::ais::{Decoded, Options, Reader, Sink, json};
use bitacora_feeds::open;
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

use crate::cli::DecodeArgs;
use crate::error::NodeError;
use crate::intake::ais_tallies;
use crate::summary::{Summary, print};
use crate::words::Words;

struct Printer<'a> {
    out: &'a mut dyn Write,
    raw: bool,
    summary: bool,
    line: String,
    failure: Option<std::io::Error>,
}

impl Sink for Printer<'_> {
    fn report(&mut self, _report: Report) {}

    fn refused(&mut self, refusal: Refusal) {
        if !self.summary {
            eprintln!("{refusal}");
        }
    }

    fn message(&mut self, decoded: &Decoded<'_>) {
        if self.summary || self.failure.is_some() {
            return;
        }
        self.line.clear();
        if self.raw {
            json::write_raw(decoded, &mut self.line);
        } else {
            json::write_units(decoded, &mut self.line);
        }
        self.line.push('\n');
        self.failure = self.out.write_all(self.line.as_bytes()).err();
    }
}

pub(crate) fn run(args: &DecodeArgs, words: Words) -> Result<ExitCode, NodeError> {
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).map_err(NodeError::file(path, "created"))?),
        None => Box::new(std::io::stdout().lock()),
    };
    let mut out = BufWriter::with_capacity(1 << 18, &mut out);
    for file in &args.files {
        let path = Path::new(file);
        let mut opened = open::open(path)?;
        let options = Options { dedupe: false, reports: false, ..Options::default() };
        let mut reader = Reader::new(SourceId::of(&[file.as_bytes()]), options);
        let mut printer = Printer {
            out: &mut out,
            raw: args.raw,
            summary: args.summary,
            line: String::new(),
            failure: None,
        };
        let mut chunk = vec![0; 256 * 1024];
        loop {
            match opened.reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => reader.push(chunk.get(..count).unwrap_or_default(), None, &mut printer),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(NodeError::file(path, "read on")(error)),
            }
        }
        reader.finish(&mut printer);
        if let Some(error) = printer.failure {
            // Whoever reads our output has closed it, as `head` does: that is no error.
            return if error.kind() == std::io::ErrorKind::BrokenPipe {
                Ok(ExitCode::SUCCESS)
            } else {
                Err(NodeError::Output(error))
            };
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
    match out.flush() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(NodeError::Output(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}
