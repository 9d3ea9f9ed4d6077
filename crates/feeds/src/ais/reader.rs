//! The reader: chunks of bytes in, reports and refusals out, in the order of the lines. Knows where every line
//! stands, so that each report leads back to it.

use bitacora_ais::armour::{ArmourError, unarmour};
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Label, Line, Sentence, SentenceError, parse_all};
use bitacora_ais::{Message, Payload, Quality, decode};
use bitacora_primitives::{Duration, EvidenceRef, Instant, SourceId};
use bitacora_sea::contacts::Report;

use super::clock::{RecordingClock, Stamp, TimeSource, stamp_of, trailer_station};
use super::convert::{PositionOutcome, Setting, identity, position, statics};
use super::counts::Counts;
use super::duplicates::{Duplicates, hash};
use super::heard::{Heard, Hearing, Reception, Transmission};
use super::lines::{Lines, RawLine};
use crate::positions::RowColumns;
use crate::refusal::{Reason, Refusal};

/// How a source is read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Options {
    /// Time of the first line, for a recording in which nothing tells the time.
    pub start: Option<Instant>,
    /// Lines a second from there on.
    pub rate: f64,
    /// One report for a transmission heard by several stations or feeds within half a minute.
    pub dedupe: bool,
    /// With `dedupe`: every hearing of a transmission is told at once to [`Sink::reception`].
    pub receptions: bool,
    /// With `dedupe`: who else heard a transmission is gathered for [`Sink::heard`].
    pub stations: bool,
    /// Position and static reports are wanted. Without them a message needs no time and no valid identity.
    pub reports: bool,
    /// Multi-fragment messages that may be open at once.
    pub slots: usize,
    pub window: Window,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            start: None,
            rate: 1.0,
            dedupe: true,
            receptions: false,
            stations: false,
            reports: true,
            slots: 256,
            window: Window::default(),
        }
    }
}

/// Where the reader's output goes.
pub trait Sink {
    fn report(&mut self, report: Report);
    fn refused(&mut self, refusal: Refusal);
    /// A good row of decoded positions, before its report.
    fn row(&mut self, _row: &RowColumns<'_>) {}
    /// Every message, before it becomes reports, duplicates included.
    fn message(&mut self, _decoded: &Decoded<'_>) {}
    /// One station's hearing of a transmission, as its line is read and before its report: of the kept one, then of each
    /// copy. Which line gives which hearing depends on the lines before it alone, so that reading again from the
    /// beginning gives the same.
    fn reception(&mut self, _reception: &Reception) {}
    /// Who heard a transmission, the kept hearing first, once the window for duplicates has closed on it: after its report,
    /// which does not wait for it. Comes for every transmission that is not itself a duplicate.
    fn heard(&mut self, _heard: &Heard<'_>) {}
}

/// A message with all that is known about its coming.
#[derive(Clone, Copy, Debug)]
pub struct Decoded<'a> {
    pub message: &'a Message,
    /// The bits, for what the message keeps as bits.
    pub payload: &'a Payload,
    pub quality: Quality,
    pub time: Option<Instant>,
    pub time_source: Option<TimeSource>,
    /// The line that completed it.
    pub place: EvidenceRef,
    /// The lines of all fragments, in the order of their numbers.
    pub lines: &'a [u64],
    pub channel: Option<u8>,
    /// Talker and formatter, such as `AIVDM`.
    pub address: [u8; 5],
    /// The station that received it, where the line says so.
    pub station: Label,
}

/// What is kept of a fragment while its companions are awaited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Context {
    offset: u64,
    stamp: Option<Stamp>,
    station: Label,
    address: [u8; 5],
    count: u8,
    number: u8,
    sequence: Option<u8>,
    channel: Option<u8>,
}

/// Reads one source from its first byte to its last.
#[derive(Debug)]
pub struct Reader {
    lines: Lines,
    state: State,
}

/// All but the splitting into lines.
#[derive(Debug)]
struct State {
    source: SourceId,
    options: Options,
    assembler: Assembler<Context>,
    payload: Payload,
    clock: RecordingClock,
    duplicates: Option<Duplicates>,
    received: Option<Instant>,
    latest: Option<Instant>,
    counts: Counts,
}

/// A live feed's sentence may claim to be at most this much younger or older than its reception.
const LIVE_AHEAD: Duration = Duration::from_mins(1);
const LIVE_BEHIND: Duration = Duration::from_hours(24);
/// How far a time that nothing vouches for may lie from the latest seen.
const UNVOUCHED_WITHIN: Duration = Duration::from_hours(1);
/// A clock that goes back by more than this is counted: below it, networks merely reorder.
const BACKWARDS: Duration = Duration::from_mins(1);

impl Reader {
    pub fn new(source: SourceId, options: Options) -> Self {
        let state = State {
            source,
            options,
            assembler: Assembler::new(options.slots, options.window),
            payload: Payload::new(),
            clock: RecordingClock::default(),
            duplicates: (options.dedupe && options.reports)
                .then(|| Duplicates::new(options.receptions, options.stations)),
            received: None,
            latest: None,
            counts: Counts::default(),
        };
        Self { lines: Lines::default(), state }
    }

    /// Takes the next bytes of the source, cut anywhere. `received` is when they came, for a live feed.
    pub fn push(&mut self, bytes: &[u8], received: Option<Instant>, sink: &mut impl Sink) {
        let state = &mut self.state;
        state.received = received;
        if let (Some(now), Some(duplicates)) = (received, &mut state.duplicates) {
            duplicates.expire(now, &mut |heard| sink.heard(heard));
        }
        self.lines.push(bytes, |line| state.line(line, sink));
    }

    /// The source is over: its last line counts even without line end, and fragments that wait are refused.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        let state = &mut self.state;
        self.lines.finish(|line| state.line(line, sink));
        let (source, counts) = (state.source, &mut state.counts);
        state.assembler.finish(&mut |arrival| refuse_fragment(source, &arrival, counts, sink));
        if let Some(duplicates) = &mut state.duplicates {
            duplicates.finish(&mut |heard| sink.heard(heard));
        }
    }

    pub fn counts(&self) -> &Counts {
        &self.state.counts
    }

    /// Lines taken so far; one whose end has not come is not among them.
    pub fn line(&self) -> u64 {
        self.lines.count()
    }
}

impl State {
    #[inline]
    fn line(&mut self, line: RawLine<'_>, sink: &mut impl Sink) {
        self.counts.lines += 1;
        if line.too_long {
            self.refuse(&line, Reason::LineTooLong, line.bytes, sink);
            return;
        }
        parse_all(line.bytes, |rest, read| match read {
            Ok(Line::Sentence(sentence)) => self.sentence(&line, rest, sentence, sink),
            Ok(Line::Other { body, .. }) => {
                self.counts.other_sentences += 1;
                self.clock.listen(body);
            }
            Ok(Line::Tag(tag)) => {
                self.counts.other_sentences += 1;
                self.clock.tag(tag.micros);
            }
            Ok(Line::Comment) => self.counts.comments += 1,
            Ok(Line::Blank) => self.counts.blank += 1,
            Err(error) => self.refuse(&line, reason_of(*error), rest, sink),
        });
    }

    fn refuse(&mut self, line: &RawLine<'_>, reason: Reason, raw: &[u8], sink: &mut impl Sink) {
        self.counts.refused.add(reason);
        sink.refused(Refusal::new(self.place(line.number, line.offset), reason, raw));
    }

    fn place(&self, line: u64, offset: u64) -> EvidenceRef {
        EvidenceRef { source: self.source, line, offset: Some(offset) }
    }

    #[inline(always)]
    fn sentence(&mut self, line: &RawLine<'_>, raw: &[u8], sentence: &Sentence<'_>, sink: &mut impl Sink) {
        self.counts.sentences += 1;
        let own = stamp_of(sentence);
        let announced = self.clock.announced(own.is_some() || sentence.number == sentence.count);
        let unvouched =
            || Some((Instant::from_micros(sentence.tag.unvouched_micros?), TimeSource::TagUnvouched));
        let stamp = own.or(announced).or_else(unvouched);
        let station = if !sentence.tag.source.is_empty() {
            sentence.tag.source
        } else if sentence.trailer.is_empty() {
            &[]
        } else {
            trailer_station(sentence.trailer)
        };
        if sentence.count == 1 {
            if let Err(error) = unarmour(sentence.payload, sentence.fill_bits, &mut self.payload) {
                self.refuse(line, reason_of_armour(error), raw, sink);
                return;
            }
            self.message(
                line,
                raw,
                sentence,
                sentence.quality,
                stamp,
                Label::of(station),
                &[line.number],
                sink,
            );
        } else {
            self.fragment(line, raw, sentence, stamp, Label::of(station), sink);
        }
    }

    #[inline(never)]
    fn fragment(
        &mut self,
        line: &RawLine<'_>,
        raw: &[u8],
        sentence: &Sentence<'_>,
        stamp: Option<Stamp>,
        station: Label,
        sink: &mut impl Sink,
    ) {
        let context = Context {
            offset: line.offset,
            stamp,
            station,
            address: sentence.address,
            count: sentence.count,
            number: sentence.number,
            sequence: sentence.sequence,
            channel: sentence.channel,
        };
        // Not the recording's own receiver clock: of two fragments one may carry its time and the other not, and
        // the last clock sentence can be older than both. Live, the reception is a clock that both have.
        let when = self.received.or(stamp.map(|(time, _)| time));
        let micros = when.map(Instant::micros);
        let arrival = Arrival { line: line.number, micros, context };
        let (source, counts) = (self.source, &mut self.counts);
        let mut lost = |arrival: Arrival<Context>| refuse_fragment(source, &arrival, counts, sink);
        match self.assembler.push(sentence, station.key(), arrival, &mut self.payload, &mut lost) {
            Ok(Assembled::Waiting | Assembled::Single) => {}
            Ok(Assembled::Whole(whole)) => {
                let mut numbers = [0; 9];
                for (to, from) in numbers.iter_mut().zip(whole.arrivals()) {
                    *to = from.line;
                }
                let numbers = numbers.get(..whole.arrivals().len()).unwrap_or(&[]);
                let contexts = || whole.arrivals().iter().map(|arrival| &arrival.context);
                // The best clock of any fragment, the first fragment's where two are as good.
                let stamp = contexts().filter_map(|context| context.stamp).min_by_key(|(_, source)| *source);
                let station = contexts().map(|context| context.station).find(|station| !station.is_empty());
                let station = station.unwrap_or_default();
                self.message(line, raw, sentence, whole.quality, stamp, station, numbers, sink);
            }
            Err(error) => self.refuse(line, reason_of_armour(error), raw, sink),
        }
    }

    /// The payload is complete.
    #[inline(always)]
    #[expect(
        clippy::too_many_arguments,
        reason = "one call for whole sentences and one for fragments, nothing kept"
    )]
    fn message(
        &mut self,
        line: &RawLine<'_>,
        raw: &[u8],
        sentence: &Sentence<'_>,
        quality: Quality,
        stamp: Option<Stamp>,
        station: Label,
        lines: &[u64],
        sink: &mut impl Sink,
    ) {
        let (message, doubts) = match decode(&mut self.payload) {
            Ok(decoded) => decoded,
            Err(_) => {
                self.refuse(line, Reason::PayloadTooShort, raw, sink);
                return;
            }
        };
        let quality = quality.with(doubts);
        let stamp = self.time(stamp, line.number);
        self.counts.messages += 1;
        if let Some(count) = self.counts.by_type.get_mut(usize::from(message.message_type)) {
            *count += 1;
        }
        self.counts.doubtful += u64::from(quality != Quality::GOOD);
        let place = self.place(line.number, line.offset);
        sink.message(&Decoded {
            message: &message,
            payload: &self.payload,
            quality,
            time: stamp.map(|(time, _)| time),
            time_source: stamp.map(|(_, source)| source),
            place,
            lines,
            channel: sentence.channel,
            address: sentence.address,
            station,
        });
        if self.options.reports {
            self.reports(line, raw, &message, quality, stamp, station, sink);
        }
    }

    /// The best time for a message; counts where it came from.
    #[inline(always)]
    fn time(&mut self, stamp: Option<Stamp>, line: u64) -> Option<Stamp> {
        // A time that nothing vouches for must at least fit what the recording said before.
        let stamp = stamp.filter(|(time, source)| {
            *source != TimeSource::TagUnvouched
                || self.received.is_none()
                    && self.latest.is_none_or(|latest| {
                        *time < latest + UNVOUCHED_WITHIN && *time > latest - UNVOUCHED_WITHIN
                    })
        });
        let stamp = match (stamp, self.received) {
            (Some((time, source)), Some(received)) => {
                if time > received + LIVE_AHEAD || time < received - LIVE_BEHIND {
                    self.counts.clock_implausible += 1;
                    Some((received, TimeSource::Received))
                } else {
                    Some((time, source))
                }
            }
            (Some(stamp), None) => Some(stamp),
            (None, Some(received)) => Some((received, TimeSource::Received)),
            (None, None) => match (self.clock.receiver(), self.options.start) {
                (Some(time), _) => Some((time, TimeSource::Receiver)),
                (None, Some(start)) => {
                    let since = (line.saturating_sub(1)) as f64 / self.options.rate.max(1e-9);
                    Some((start + Duration::from_secs_f64(since), TimeSource::Estimated))
                }
                (None, None) => None,
            },
        };
        if let Some((time, source)) = stamp {
            if let Some(count) = self.counts.by_time_source.get_mut(source as usize) {
                *count += 1;
            }
            match self.latest {
                Some(latest) if time < latest => {
                    self.counts.clock_backwards += u64::from(latest - time > BACKWARDS);
                }
                _ => self.latest = Some(time),
            }
        }
        stamp
    }

    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one call, nothing kept")]
    fn reports(
        &mut self,
        line: &RawLine<'_>,
        raw: &[u8],
        message: &Message,
        quality: Quality,
        stamp: Option<Stamp>,
        station: Label,
        sink: &mut impl Sink,
    ) {
        let Some((observed, source)) = stamp else {
            self.refuse(line, Reason::NoTime, raw, sink);
            return;
        };
        let place = self.place(line.number, line.offset);
        if let Some(duplicates) = &mut self.duplicates {
            let about = Transmission {
                first: place,
                mmsi: message.mmsi,
                message_type: message.message_type,
                observed,
            };
            let hearing = Hearing { station, at: observed, line: line.number, times: 1 };
            let out = &mut |heard: &Heard<'_>| sink.heard(heard);
            let payload = hash(self.payload.packed());
            let kept = duplicates.heard(payload, about, hearing, self.received, out);
            if self.options.receptions {
                let (first, observed) = kept.unwrap_or((line.number, observed));
                let Transmission { mmsi, message_type, .. } = about;
                let (at, heard_line) = (hearing.at, line.number);
                sink.reception(&Reception {
                    source: self.source,
                    observed,
                    mmsi,
                    message_type,
                    line: first,
                    station,
                    at,
                    heard_line,
                    offset: place.offset,
                    payload,
                });
            }
            if kept.is_some() {
                self.counts.duplicates += 1;
                return;
            }
        }
        let setting = Setting {
            observed,
            received: self.received.unwrap_or(observed),
            estimated: source.is_estimate(),
            evidence: place,
            quality,
        };
        let mmsi = match identity(message) {
            Ok(mmsi) => mmsi,
            Err(reason) => {
                self.refuse(line, reason, raw, sink);
                return;
            }
        };
        match position(message, mmsi, &setting) {
            PositionOutcome::None => {}
            PositionOutcome::NotAvailable => self.counts.position_not_available += 1,
            PositionOutcome::Refused(reason) => self.refuse(line, reason, raw, sink),
            PositionOutcome::Contact(contact) => {
                self.counts.positions += 1;
                sink.report(Report::Position(contact));
            }
        }
        if let Some(report) = statics(message, mmsi, &setting) {
            self.counts.statics += 1;
            sink.report(Report::Static(report));
        }
    }
}

/// A fragment that waited in vain. Its excerpt is rebuilt from what was kept of it.
fn refuse_fragment(source: SourceId, arrival: &Arrival<Context>, counts: &mut Counts, sink: &mut impl Sink) {
    let context = &arrival.context;
    counts.refused.add(Reason::FragmentsMissing);
    let mut head = vec![b'!'];
    head.extend_from_slice(&context.address);
    let sequence = context.sequence.map_or(String::new(), |sequence| sequence.to_string());
    head.extend_from_slice(format!(",{},{},{sequence},", context.count, context.number).as_bytes());
    head.extend(context.channel);
    let place = EvidenceRef { source, line: arrival.line, offset: Some(context.offset) };
    sink.refused(Refusal::new(place, Reason::FragmentsMissing, &head));
}

fn reason_of(error: SentenceError) -> Reason {
    match error {
        SentenceError::NotASentence => Reason::NotASentence,
        SentenceError::TagBlock => Reason::TagBlock,
        SentenceError::Form => Reason::SentenceForm,
        SentenceError::FragmentNumbers => Reason::FragmentNumbers,
        SentenceError::ChecksumMissing => Reason::ChecksumMissing,
        SentenceError::Checksum => Reason::Checksum,
    }
}

fn reason_of_armour(error: ArmourError) -> Reason {
    match error {
        ArmourError::Character => Reason::PayloadCharacter,
        ArmourError::TooLong => Reason::PayloadTooLong,
    }
}
