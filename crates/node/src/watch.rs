//! Watching live feeds: one thread a connection reads bytes, one thread spools, decodes and commits. Used by
//! `bitacora node` and by `bitacora ingest tcp://…`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration as Wait;

use bitacora_api::shapes::{ClockMode, Totals};
use bitacora_api::{FeedReport, Live};
use bitacora_feeds::ais::{Counts, Reader};
use bitacora_primitives::{Instant, SourceId};
use bitacora_store::{RawLines, Source, Store, Tallies};

use crate::clock;
use crate::error::NodeError;
use crate::feed_url::{Connection, FeedUrl, Got};
use crate::intake::{Intake, ais_tallies, stored};
use crate::pipeline::{Pipeline, QuarantineFile};
use crate::spool::{Reading, Spool};
use crate::summary::Summary;

/// Facts and the spool are made durable this often, and at once when there is a finding.
const COMMIT_EVERY: bitacora_primitives::Duration = bitacora_primitives::Duration::from_secs(2);
/// Synced spool is what is acknowledged, so it is synced more often.
const SYNC_EVERY: bitacora_primitives::Duration = bitacora_primitives::Duration::from_micros(500_000);
/// A vanished feed is tried again after this long.
const RETRY: Wait = Wait::from_secs(3);
/// Chunks in flight between a connection and the pipeline; a full queue slows the sender down.
const QUEUE: usize = 256;

enum Heard {
    Bytes { feed: usize, bytes: Vec<u8>, ends_line: bool, received: Instant },
    Connected { feed: usize, connected: bool },
    Ended { feed: usize },
}

/// One feed on one UTC day.
struct Watched {
    url: String,
    spool: Spool,
    reader: Reader,
    quarantine: QuarantineFile,
    connected: bool,
    ended: bool,
    last_received: Option<Instant>,
    /// Line up to which the spool is synced: the commit mark that is served.
    acknowledged: u64,
    lines_a_minute_ago: (Instant, u64),
    per_minute: f64,
}

/// Reads the feeds until they end (`until_closed`) or `stop` is set. `on_mark` is told each new commit mark.
/// Returns what came of each feed.
pub(crate) fn watch(
    store: &Arc<Store>,
    live: Option<&Arc<Live>>,
    mut pipeline: Pipeline,
    feeds: &[FeedUrl],
    until_closed: bool,
    stop: &Arc<AtomicBool>,
    mut on_mark: impl FnMut(&str, u64),
) -> Result<Vec<Summary>, NodeError> {
    let mut watched = reopen(store, &mut pipeline, feeds, clock::now())?;
    let (to, from) = sync_channel(QUEUE);
    for (index, feed) in feeds.iter().enumerate() {
        let first = until_closed.then(|| feed.connect()).transpose()?;
        listen(index, feed.clone(), first, until_closed, to.clone(), Arc::clone(stop));
    }
    drop(to);
    let outcome = run(store, live, &mut pipeline, &mut watched, &from, stop, &mut on_mark);
    if until_closed {
        pipeline.finish()?;
    }
    // Whatever ended the watch, what was heard is made durable.
    commit_all(&mut watched, &mut pipeline, &mut on_mark)?;
    outcome?;
    Ok(watched.iter().map(|one| one.summary(&pipeline)).collect())
}

/// Opens today's spools and reads again what yesterday's and today's hold, so that the picture stands where it
/// stood.
fn reopen(
    store: &Store,
    pipeline: &mut Pipeline,
    feeds: &[FeedUrl],
    now: Instant,
) -> Result<Vec<Watched>, NodeError> {
    let mut yesterdays = Vec::new();
    for url in feeds.iter().map(FeedUrl::text) {
        let yesterday = Spool::open(store.folder(), &url, now.day() - 1)?;
        if std::fs::metadata(&yesterday.path).is_ok_and(|file| file.len() > 0) {
            yesterdays.push(Watched::on(store, pipeline, url, yesterday)?);
        } else {
            std::fs::remove_file(&yesterday.path).map_err(NodeError::file(&yesterday.path, "removed"))?;
        }
    }
    read_again(&mut yesterdays, pipeline)?;
    commit_all(&mut yesterdays, pipeline, &mut |_, _| {})?;
    let mut todays = Vec::with_capacity(feeds.len());
    for url in feeds.iter().map(FeedUrl::text) {
        let today = Spool::open(store.folder(), &url, now.day())?;
        todays.push(Watched::on(store, pipeline, url, today)?);
    }
    read_again(&mut todays, pipeline)?;
    Ok(todays)
}

/// Reads spools from their beginning, all feeds together in the order in which the lines came: one feed after
/// the other, the second would be late for the picture.
fn read_again(watched: &mut [Watched], pipeline: &mut Pipeline) -> Result<(), NodeError> {
    let mut readings =
        watched.iter().map(|one| Reading::of(&one.spool.path)).collect::<Result<Vec<_>, _>>()?;
    loop {
        let left = watched.iter_mut().zip(&mut readings).filter(|(_, reading)| !reading.line.is_empty());
        let Some((one, reading)) = left.min_by_key(|(_, reading)| reading.received) else { break };
        let mut intake = Intake::new(pipeline, &mut one.quarantine);
        one.reader.push(&reading.line, reading.received, &mut intake);
        intake.result()?;
        reading.next_line()?;
        if pipeline.is_full() {
            commit_all(watched, pipeline, &mut |_, _| {})?;
        }
    }
    for one in watched {
        one.acknowledged = one.reader.line();
        one.lines_a_minute_ago.1 = one.acknowledged;
    }
    Ok(())
}

/// Every spool before the first commit: an event of two feeds stands on lines of both.
fn commit_all(
    watched: &mut [Watched],
    pipeline: &mut Pipeline,
    on_mark: &mut impl FnMut(&str, u64),
) -> Result<(), NodeError> {
    for one in watched.iter_mut() {
        one.sync(clock::now())?;
    }
    watched.iter_mut().try_for_each(|one| one.commit(pipeline, on_mark))
}

fn run(
    store: &Arc<Store>,
    live: Option<&Arc<Live>>,
    pipeline: &mut Pipeline,
    watched: &mut [Watched],
    from: &Receiver<Heard>,
    stop: &AtomicBool,
    on_mark: &mut impl FnMut(&str, u64),
) -> Result<(), NodeError> {
    let (mut committed, mut synced) = (clock::now(), clock::now());
    while !stop.load(Ordering::Relaxed) {
        let heard = match from.recv_timeout(Wait::from_millis(100)) {
            Ok(heard) => Some(heard),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        match heard {
            Some(Heard::Bytes { feed, bytes, ends_line, received }) => {
                if let Some(one) = watched.get_mut(feed) {
                    one.take(store, pipeline, &bytes, ends_line, received)?;
                }
            }
            Some(Heard::Connected { feed, connected }) => {
                if let Some(one) = watched.get_mut(feed) {
                    one.connected = connected;
                    one.close_line(store, pipeline)?;
                }
            }
            Some(Heard::Ended { feed }) => {
                if let Some(one) = watched.get_mut(feed) {
                    (one.connected, one.ended) = (false, true);
                    one.close_line(store, pipeline)?;
                }
            }
            None => {}
        }
        let now = clock::now();
        if now - synced >= SYNC_EVERY {
            synced = now;
            for one in watched.iter_mut() {
                one.sync(now)?;
                if let Some(live) = live {
                    live.report_feed(one.report(pipeline));
                }
            }
        }
        if now - committed >= COMMIT_EVERY || pipeline.has_findings() {
            committed = now;
            pipeline.advance(now)?;
            commit_all(watched, pipeline, on_mark)?;
        }
        if let Some(live) = live {
            live.set_clock(ClockMode::Live, 1.0, now);
        }
    }
    Ok(())
}

impl Watched {
    fn on(store: &Store, pipeline: &mut Pipeline, url: String, spool: Spool) -> Result<Self, NodeError> {
        store.register_source(&Source {
            id: spool.source,
            kind: "ais".to_owned(),
            name: url.clone(),
            location: url.clone(),
            raw_path: Some(spool.path.display().to_string()),
            first_seen: clock::now(),
        })?;
        pipeline.add_source(spool.source, RawLines::of(&spool.path)?);
        let reader = Reader::new(spool.source, stored());
        let quarantine = QuarantineFile::of(store.folder(), spool.source);
        Ok(Self {
            url,
            spool,
            reader,
            quarantine,
            connected: false,
            ended: false,
            last_received: None,
            acknowledged: 0,
            lines_a_minute_ago: (clock::now(), 0),
            per_minute: 0.0,
        })
    }

    fn take(
        &mut self,
        store: &Store,
        pipeline: &mut Pipeline,
        bytes: &[u8],
        ends_line: bool,
        received: Instant,
    ) -> Result<(), NodeError> {
        if received.day() != self.spool.day {
            self.turn_the_page(store, pipeline, received)?;
        }
        let lines = self.spool.write(bytes, ends_line, received)?;
        let mut intake = Intake::new(pipeline, &mut self.quarantine);
        self.reader.push(&lines, Some(received), &mut intake);
        if !bytes.is_empty() {
            self.last_received = Some(received);
        }
        intake.result()
    }

    /// The connection broke off: half a line is no beginning of the next connection's first.
    fn close_line(&mut self, store: &Store, pipeline: &mut Pipeline) -> Result<(), NodeError> {
        self.take(store, pipeline, &[], true, clock::now())
    }

    /// A new UTC day is a new recording of the same feed; the picture goes on.
    fn turn_the_page(
        &mut self,
        store: &Store,
        pipeline: &mut Pipeline,
        now: Instant,
    ) -> Result<(), NodeError> {
        let mut intake = Intake::new(pipeline, &mut self.quarantine);
        self.reader.finish(&mut intake);
        intake.result()?;
        self.commit(pipeline, &mut |_, _| {})?;
        let next = Spool::open(store.folder(), &self.url, now.day())?;
        let next = Self::on(store, pipeline, self.url.clone(), next)?;
        *self = Self { connected: self.connected, last_received: self.last_received, ..next };
        Ok(())
    }

    fn sync(&mut self, now: Instant) -> Result<(), NodeError> {
        self.spool.sync()?;
        self.quarantine.flush()?;
        self.acknowledged = self.reader.line();
        let (since, before) = self.lines_a_minute_ago;
        let passed = (now - since).secs_f64();
        if passed >= 5.0 {
            self.per_minute = (self.acknowledged.saturating_sub(before)) as f64 * 60.0 / passed;
            self.lines_a_minute_ago = (now, self.acknowledged);
        }
        Ok(())
    }

    fn commit(
        &mut self,
        pipeline: &mut Pipeline,
        on_mark: &mut impl FnMut(&str, u64),
    ) -> Result<(), NodeError> {
        // The spool first: no fact may be stored that stands on a line that is not.
        self.quarantine.take_over(pipeline)?;
        self.sync(clock::now())?;
        let line = self.reader.line();
        pipeline.commit(self.spool.source, line, None, ais_tallies(self.reader.counts()))?;
        on_mark(&self.url, line);
        Ok(())
    }

    fn summary(&self, pipeline: &Pipeline) -> Summary {
        let counts = self.reader.counts();
        Summary {
            name: self.url.clone(),
            tallies: pipeline.with_picture(self.spool.source, ais_tallies(counts)),
            mark: self.acknowledged,
            usable: counts.usable(),
            quarantine: self.quarantine.path().map(Path::to_owned),
            ..Summary::default()
        }
    }

    fn report(&self, pipeline: &Pipeline) -> FeedReport {
        let counts = self.reader.counts();
        FeedReport {
            source: self.spool.source,
            kind: "ais".to_owned(),
            name: self.url.clone(),
            connected: self.connected,
            ended: self.ended,
            last_received: self.last_received,
            lines: counts.lines,
            per_minute: self.per_minute,
            commit_line: self.acknowledged,
            totals: totals(counts, pipeline, self.spool.source),
        }
    }
}

pub(crate) fn totals(counts: &Counts, pipeline: &Pipeline, source: SourceId) -> Totals {
    let of_picture = pipeline.with_picture(source, Tallies::new());
    let refused = of_picture.iter().filter(|(code, _)| code.starts_with("refused:"));
    Totals {
        lines: counts.lines,
        messages: counts.messages,
        ignored: counts.ignored(),
        refused: counts.refused.total() + refused.map(|(_, count)| count).sum::<u64>(),
        late: of_picture.get("late").copied().unwrap_or(0),
    }
}

/// Reads one connection on its own thread; connects again when it breaks, unless the feed is read `until_closed`.
fn listen(
    feed: usize,
    url: FeedUrl,
    mut connection: Option<Connection>,
    until_closed: bool,
    to: SyncSender<Heard>,
    stop: Arc<AtomicBool>,
) {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while !stop.load(Ordering::Relaxed) {
            let mut open = match connection.take().map_or_else(|| url.connect(), Ok) {
                Ok(open) => open,
                Err(error) => {
                    tracing::warn!(%error, feed = %url.text(), "feed cannot be reached, trying again");
                    thread::sleep(RETRY);
                    continue;
                }
            };
            if to.send(Heard::Connected { feed, connected: true }).is_err() {
                return;
            }
            while !stop.load(Ordering::Relaxed) {
                match open.read(&mut buffer) {
                    Ok(Got::Bytes(count)) => {
                        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                        let heard = Heard::Bytes {
                            feed,
                            bytes,
                            ends_line: open.ends_lines(),
                            received: clock::now(),
                        };
                        if to.send(heard).is_err() {
                            return;
                        }
                    }
                    Ok(Got::Silence) => {}
                    Ok(Got::Closed) => break,
                    Err(error) => {
                        tracing::warn!(%error, feed = %url.text(), "feed broke off");
                        break;
                    }
                }
            }
            let last = if until_closed {
                Heard::Ended { feed }
            } else {
                Heard::Connected { feed, connected: false }
            };
            if to.send(last).is_err() || until_closed {
                return;
            }
            thread::sleep(RETRY);
        }
    });
}
