//! Where the time of a message comes from. docs/ais.md, "Time", gives the order and its reasons.

use bitacora_ais::sentence::{Sentence, checksum, digits, epoch_micros};
use bitacora_primitives::{Duration, Instant};

/// Sources of time, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimeSource {
    /// `c` of a TAG block.
    Tag,
    /// What the receiver wrote before the sentence.
    Prefix,
    /// What the receiver wrote after the checksum.
    Trailer,
    /// `$PGHP` right before the sentence.
    Pghp,
    /// The feed's own: when the bytes came in, live.
    Received,
    /// `c` of a TAG block whose checksum is wrong.
    TagUnvouched,
    /// The last `RMC` or `ZDA` in the recording.
    Receiver,
    /// The start and rate that a person gave.
    Estimated,
}

impl TimeSource {
    pub const ALL: [Self; 7] =
        [Self::Tag, Self::Prefix, Self::Trailer, Self::Pghp, Self::Received, Self::Receiver, Self::Estimated];

    /// Stable code for summaries.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Prefix => "prefix",
            Self::Trailer => "trailer",
            Self::Pghp => "pghp",
            Self::Received => "received",
            Self::TagUnvouched => "tag_unvouched",
            Self::Receiver => "receiver",
            Self::Estimated => "estimated",
        }
    }
    /// The time is unvouched for, belongs to a neighbouring line, or was not written down at all.
    pub const fn is_estimate(self) -> bool {
        matches!(self, Self::TagUnvouched | Self::Receiver | Self::Estimated)
    }
}

/// A time and whence it is.
pub(super) type Stamp = (Instant, TimeSource);

/// What other sentences of the recording last said about the time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecordingClock {
    receiver: Option<Instant>,
    /// What a line of its own said of the sentence that follows it.
    announced: Option<Stamp>,
}

/// 1990 and 2100: AIS is younger than the first.
fn plausible(time: Instant) -> bool {
    (631_152_000_000_000..4_102_444_800_000_000).contains(&time.micros())
}

impl RecordingClock {
    /// Listens to a sentence that is no VDM.
    pub(super) fn listen(&mut self, body: &[u8]) {
        let [b'$', address @ ..] = body else { return };
        match address {
            [b'P', b'G', b'H', b'P', b',', ..] => {
                let time = fields(body).and_then(|f| pghp(&f));
                self.announced = time.map(|time| (time, TimeSource::Pghp));
            }
            [_, _, b'R', b'M', b'C', b',', ..] => {
                self.receiver = fields(body).and_then(|f| rmc(&f)).or(self.receiver);
            }
            [_, _, b'Z', b'D', b'A', b',', ..] => {
                self.receiver = fields(body).and_then(|f| zda(&f)).or(self.receiver);
            }
            _ => {}
        }
    }

    /// A TAG block in a line of its own, as DMA's loggers write it (AisLib, comment blocks), tells the time of the next
    /// sentence.
    pub(super) const fn tag(&mut self, micros: Option<i64>) {
        if let Some(micros) = micros {
            self.announced = Some((Instant::from_micros(micros), TimeSource::Tag));
        }
    }

    /// What was announced of the sentence in hand. It speaks of one sentence or, where that is a fragment, of its companions
    /// as well: with a sentence that ends its message, or has a time of its own, it is used up.
    pub(super) const fn announced(&mut self, used_up: bool) -> Option<Stamp> {
        let stamp = self.announced;
        if used_up {
            self.announced = None;
        }
        stamp
    }
    pub(super) fn receiver(&self) -> Option<Instant> {
        self.receiver
    }
}

/// Time and station that stand around one sentence.
#[inline]
pub(super) fn stamp_of(sentence: &Sentence<'_>) -> Option<Stamp> {
    if let Some(micros) = sentence.tag.micros {
        return Some((Instant::from_micros(micros), TimeSource::Tag));
    }
    if !sentence.prefix.is_empty()
        && let Some(time) = prefix_time(sentence.prefix)
    {
        return Some((time, TimeSource::Prefix));
    }
    if !sentence.trailer.is_empty()
        && let Some(time) = trailer_time(sentence.trailer)
    {
        return Some((time, TimeSource::Trailer));
    }
    None
}

/// Epoch digits in any unit, or RFC 3339 with or without zone, with brackets and commas around it.
fn prefix_time(prefix: &[u8]) -> Option<Instant> {
    let text = std::str::from_utf8(prefix).ok()?;
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if let Some(micros) = epoch_micros(text.as_bytes()) {
        return Some(Instant::from_micros(micros));
    }
    // A bare number that was no time above is a counter.
    if !text.contains(['-', ':']) {
        return None;
    }
    Instant::parse(text).ok().filter(|time| plausible(*time))
}

/// The first field after the checksum that is a time: USCG NAIS writes `,r003669987,1152921693`, and loggers add
/// their own, later or badly set, behind it.
fn trailer_time(trailer: &[u8]) -> Option<Instant> {
    trailer.split(|byte| *byte == b',').find_map(epoch_micros).map(Instant::from_micros)
}

/// The receiving station of a USCG NAIS line without TAG block: `r` or `b` and its number.
pub(super) fn trailer_station(trailer: &[u8]) -> &[u8] {
    trailer
        .rsplit(|byte| *byte == b',')
        .find(|field| matches!(field, [b'r' | b'b', b'0'..=b'9' | b'a'..=b'z', _, _, ..]))
        .unwrap_or(&[])
}

const MAX_FIELDS: usize = 16;

/// The comma-separated fields of a sentence whose checksum is right.
fn fields(body: &[u8]) -> Option<[&[u8]; MAX_FIELDS]> {
    let star = memchr::memchr(b'*', body)?;
    let (inside, sum) = (body.get(1..star)?, body.get(star + 1..star + 3)?);
    let sum = u8::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if sum != checksum(inside) {
        return None;
    }
    let mut out = [&[][..]; MAX_FIELDS];
    for (to, from) in out.iter_mut().zip(inside.split(|byte| *byte == b',')) {
        *to = from;
    }
    Some(out)
}

/// Instant of a civil time in UTC; `None` when there is no such time.
fn civil(date: (i64, i64, i64), time: (i64, i64, i64), micros: i64) -> Option<Instant> {
    let ((year, month, day), (hour, minute, second)) = (date, time);
    let valid = (1990..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !valid {
        return None;
    }
    // Days since 1970 of the proleptic Gregorian calendar, the year taken to begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let secs = days * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Instant::from_secs(secs) + Duration::from_micros(micros))
}

/// `hhmmss` with an optional fraction, as hour, minute, second and microseconds.
fn clock_time(field: &[u8]) -> Option<((i64, i64, i64), i64)> {
    let whole = digits(field.get(..6)?)?;
    let micros = match field.get(6..) {
        Some([b'.', fraction @ ..]) => {
            fraction.iter().chain(b"000000").take(6).try_fold(0, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
            })?
        }
        _ => 0,
    };
    Some(((whole / 10_000, whole / 100 % 100, whole % 100), micros))
}

/// `$--RMC,hhmmss.ss,A,...,ddmmyy`: valid data only. Two-digit years are of this century.
fn rmc(fields: &[&[u8]; MAX_FIELDS]) -> Option<Instant> {
    let [_, time, b"A", _, _, _, _, _, _, date, ..] = fields else { return None };
    let date = digits(date.get(..6)?)?;
    let (time, micros) = clock_time(time)?;
    civil((2000 + date % 100, date / 100 % 100, date / 10_000), time, micros)
}

/// `$--ZDA,hhmmss.ss,dd,mm,yyyy`.
fn zda(fields: &[&[u8]; MAX_FIELDS]) -> Option<Instant> {
    let [_, time, day, month, year, ..] = fields;
    let (time, micros) = clock_time(time)?;
    civil((digits(year)?, digits(month)?, digits(day)?), time, micros)
}

/// `$PGHP,1,year,month,day,hour,minute,second,millisecond,...` (Gatehouse).
fn pghp(fields: &[&[u8]; MAX_FIELDS]) -> Option<Instant> {
    let [_, b"1", year, month, day, hour, minute, second, millis, ..] = fields else { return None };
    let date = (digits(year)?, digits(month)?, digits(day)?);
    let time = (digits(hour)?, digits(minute)?, digits(second)?);
    civil(date, time, digits(millis).filter(|millis| *millis < 1000)? * 1000)
}

#[cfg(test)]
mod tests {
    use bitacora_ais::sentence::{Line, parse};

    use super::*;

    fn stamp(line: &str) -> Option<(String, TimeSource)> {
        match parse(line.as_bytes()) {
            Ok(Line::Sentence(s)) => stamp_of(&s).map(|(time, source)| (time.to_string(), source)),
            other => panic!("{other:?}"),
        }
    }
    const PLAIN: &str = "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C";

    #[test]
    fn times_around_a_sentence_are_read() {
        use TimeSource::*;
        for (line, want) in [
            (format!("\\c:1420030798*00\\{PLAIN}"), Some(("2014-12-31T12:59:58Z", Tag))),
            (format!("1550303566167726840 {PLAIN}"), Some(("2019-02-16T07:52:46.167726Z", Prefix))),
            (format!("1550303566.5: {PLAIN}"), Some(("2019-02-16T07:52:46.5Z", Prefix))),
            (format!("[2019-02-16T07:52:46.250Z] {PLAIN}"), Some(("2019-02-16T07:52:46.25Z", Prefix))),
            (format!("2019-02-16 07:52:46,{PLAIN}"), Some(("2019-02-16T07:52:46Z", Prefix))),
            (format!("{PLAIN},r003669987,1152921693"), Some(("2006-07-15T00:01:33Z", Trailer))),
            (
                format!("{PLAIN},s28855,d-094,T41.88,1152921693,1152921699"),
                Some(("2006-07-15T00:01:33Z", Trailer)),
            ),
            (format!("12 {PLAIN},daasd"), None),
            (PLAIN.to_owned(), None),
        ] {
            assert_eq!(stamp(&line), want.map(|(time, source)| (time.to_owned(), source)), "{line}");
        }
    }

    #[test]
    fn a_station_after_the_checksum_is_read() {
        assert_eq!(trailer_station(b",x259906,s28320,d-098,T33.71,r003669973,1152921694"), b"r003669973");
        assert_eq!(trailer_station(b",rb03660465,1152921694"), b"rb03660465");
        assert_eq!(trailer_station(b",1152921694"), b"");
    }

    #[test]
    fn clocks_of_the_recording_are_heard() {
        let mut clock = RecordingClock::default();
        clock.listen(b"$GPRMC,074109.000,A,5420.4738,N,01330.3948,E,0.11,63.77,300613,,,A*5B");
        assert_eq!(clock.receiver().unwrap().to_string(), "2013-06-30T07:41:09Z");
        clock.listen(b"$GPRMC,074110.000,A,5420.4738,N,01330.3948,E,0.11,63.77,300613,,,A*5B");
        assert_eq!(clock.receiver().unwrap().to_string(), "2013-06-30T07:41:09Z", "wrong checksum");
        clock.listen(b"$PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1,2B*5B");
        let (time, source) = clock.announced(true).unwrap();
        assert_eq!((time.to_string().as_str(), source), ("2010-06-11T11:46:11.39Z", TimeSource::Pghp));
        assert_eq!(clock.announced(true), None, "it speaks of one sentence");
    }

    #[test]
    fn calendar_days_are_right() {
        let day = |y, m, d| civil((y, m, d), (0, 0, 0), 0).map(|t| t.to_string());
        assert_eq!(day(2000, 2, 29).unwrap(), "2000-02-29T00:00:00Z");
        assert_eq!(day(2024, 12, 31).unwrap(), "2024-12-31T00:00:00Z");
        assert_eq!(day(2026, 3, 1).unwrap(), "2026-03-01T00:00:00Z");
        assert_eq!(day(2026, 13, 1), None);
        assert_eq!(clock_time(b"0741"), None);
    }
}
