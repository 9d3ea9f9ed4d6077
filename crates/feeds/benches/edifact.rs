//! Typed reading of 20,000 CODECO messages in one interchange, beside the tokenizer on the same bytes: into segments, as
//! its users read it, and its bare tokens, which are kept nowhere. Processor time, the runs taken in turn, best of 15.
//! `EDI=/path/file.edi` names another interchange. Prints figures; asserts the counts, nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, files and its environment"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bitacora_feeds::containers::edifact::{self, Content};
use bitacora_port::screening::container::check_remainder;
use bitacora_primitives::SourceId;
use edifact_rs::{ServiceStringAdvice, Tokenizer};

const MESSAGES: u64 = 20_000;
const BAR: f64 = 1.5;

/// Processor time of this process where the system tells it (Linux), else the wall clock.
fn clock(epoch: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| epoch.elapsed(), Duration::from_nanos)
}

struct Numbers(u64);

impl Numbers {
    /// SplitMix64, below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// One interchange of gate-in reports, one box a message: D.95B as ITIGG's guide has it, with seal, gross and verified
/// mass, vessel, booking and truck.
fn interchange() -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut text = String::from("UNA:+.? 'UNB+UNOA:2+TERMINAL:ZZZ+ADUANA:ZZZ+260701:0900+1'");
    for message in 1..=MESSAGES {
        let owner = ["MSKU", "MSCU", "CMAU", "HLBU", "SUDU"][numbers.below(5) as usize];
        let first = format!("{owner}{:06}", numbers.below(1_000_000));
        let digit = check_remainder(first.as_bytes().try_into().unwrap()).unwrap() % 10;
        let (seal, booking, truck) =
            (numbers.below(100_000_000), numbers.below(10_000_000), numbers.below(10_000));
        let (day, hour, minute) = (1 + numbers.below(28), numbers.below(24), numbers.below(60));
        let verified = 8000 + numbers.below(18_000);
        let gross = verified + numbers.below(200) - 100;
        write!(
            text,
            "UNH+{message}+CODECO:D:95B:UN:ITG14'BGM+34+GI{message:09}+9'\
             TDT+20+226W+1++MSK:172:20+++9321483:146::EXAMPLE ?+ VESSEL'NAD+CF+MSK:160:166'\
             EQD+CN+{first}{digit}+45R1:102:5++2+5'RFF+BN:2GO{booking:07}'\
             DTM+7:202607{day:02}{hour:02}{minute:02}:203'LOC+165+ECGYE:139:6+TERMINAL:TER:ZZZ'LOC+11+NLRTM:139:6'\
             MEA+AAE+G+KGM:{gross}'MEA+AAE+VGM+KGM:{verified}'SEL+EC{seal:08}+SH'\
             TDT+1++3++:172:87+++TRK{truck:04}:146'CNT+16:1'UNT+15+{message}'"
        )
        .unwrap();
    }
    write!(text, "UNZ+{MESSAGES}+1'").unwrap();
    text.into_bytes()
}

fn main() {
    let given = std::env::var_os("EDI");
    let bytes = given.as_ref().map_or_else(interchange, |path| std::fs::read(path).unwrap());
    let source = SourceId::of(&[b"bench"]);
    let characters = ServiceStringAdvice::from_bytes(&bytes).unwrap();
    let read = edifact::read(&bytes, source);
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(read.batch.defects, []);
    if given.is_none() {
        let typed = read.messages.iter().filter(|one| matches!(one.content, Content::Typed { .. })).count();
        // A gate-in and the verified mass it repeats, of each.
        assert_eq!((typed as u64, read.batch.items.len() as u64), (MESSAGES, 2 * MESSAGES));
    }
    println!("{} bytes, {} segments, {} events", bytes.len(), read.counts().0, read.batch.items.len());
    drop(read);
    let epoch = Instant::now();
    // What was read is given back, so that taking it down again is not timed.
    fn timed<T>(epoch: Instant, work: impl FnOnce() -> T) -> Duration {
        let start = clock(epoch);
        let done = black_box(work());
        let time = clock(epoch) - start;
        drop(done);
        time
    }
    let mut best = [Duration::MAX; 4];
    for _ in 0..15 {
        let runs = [
            timed(epoch, || {
                for token in Tokenizer::new(black_box(&bytes), characters) {
                    black_box(&token.unwrap());
                }
            }),
            timed(epoch, || {
                for segment in edifact_rs::from_bytes(black_box(&bytes)) {
                    black_box(segment.unwrap());
                }
            }),
            timed(epoch, || edifact::read(black_box(&bytes), source)),
            timed(epoch, || edifact::read(black_box(&bytes), source).to_bytes()),
        ];
        for (least, run) in best.iter_mut().zip(runs) {
            *least = run.min(*least);
        }
    }
    let rate = |time: Duration| bytes.len() as f64 / time.as_secs_f64() / 1e6;
    let [tokens, segments, typed, back] = best.map(rate);
    println!("tokenizer's bare tokens  {tokens:7.1} MB/s");
    println!("tokenizer's segments     {segments:7.1} MB/s");
    println!("read as events           {typed:7.1} MB/s");
    println!("read and written back    {back:7.1} MB/s");
    // The tokenizer's users get segments; its bare tokens are the floor below.
    let (of_segments, of_tokens) = (segments / typed, tokens / typed);
    println!(
        "typed reading costs {of_segments:.2} of the tokenizer's segments, {of_tokens:.2} of its bare tokens"
    );
    println!("figure|port edifact, tokenizer's tokens, MB/s|{tokens:.1}||");
    println!("figure|port edifact, tokenizer's segments, MB/s|{segments:.1}||");
    println!("figure|port edifact, read as events, MB/s|{typed:.1}||");
    println!("figure|port edifact, cost over bare tokens|{of_tokens:.3}||");
    println!(
        "figure|port edifact, cost over the tokenizer|{of_segments:.3}|at most {BAR}|{:.3}",
        of_segments / BAR
    );
}
