//! Fragments find each other whatever clock sentences stand around them.

use bitacora_ais::sentence::checksum;
use bitacora_feeds::ais::{Options, Reader, Sink};
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

#[derive(Default)]
struct Seen {
    statics: usize,
    refused: Vec<Refusal>,
}

impl Sink for Seen {
    fn report(&mut self, report: Report) {
        self.statics += usize::from(matches!(report, Report::Static(_)));
    }
    fn refused(&mut self, refusal: Refusal) {
        self.refused.push(refusal);
    }
}

fn tagged(tag: &str, sentence: &str) -> String {
    let sum = |text: &str| checksum(text.as_bytes());
    let tag = if tag.is_empty() { String::new() } else { format!("\\{tag}*{:02X}\\", sum(tag)) };
    let (start, body) = sentence.split_at(1);
    format!("{tag}{start}{body}*{:02X}\r\n", sum(body))
}

#[test]
fn an_old_clock_sentence_does_not_part_two_fragments() {
    let (one, two) = (
        "!AIVDM,2,1,2,B,57FphQ@2;<Qo5c333404h8u84q@60498ThDp4016?Hb<=40HtJ0C50H3@DP0,0",
        "!AIVDM,2,2,2,B,00000000000,2",
    );
    let recording = [
        tagged("s:QUILLA2,c:1773446407", "$GPZDA,000007.00,14,03,2026,00,00"),
        tagged("g:1-2-1212,s:CAYOARENA1,c:1773446424", one),
        tagged("g:2-2-1212", two),
    ]
    .concat();
    let mut seen = Seen::default();
    let mut reader = Reader::new(SourceId::of(&[b"t"]), Options::default());
    reader.push(recording.as_bytes(), None, &mut seen);
    reader.finish(&mut seen);
    assert_eq!(seen.refused, []);
    assert_eq!(seen.statics, 1);
}
