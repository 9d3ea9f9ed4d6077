//! AIS sentences made bit by bit from ITU-R M.1371 Annex 8 and IEC 61162-1, without the product's own encoder.

/// MMSI of no country: 999 is allocated to none.
pub const SHIP: u32 = 999_000_001;
/// A fixed moment, 2026-03-14T00:00:00Z.
pub const START: i64 = 1_773_446_400;

#[derive(Debug, Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, width: u32, value: i64) -> &mut Self {
        self.0.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// Armoured payload and its fill bits.
    fn armoured(&self) -> (String, usize) {
        let fill = (6 - self.0.len() % 6) % 6;
        let payload = self
            .0
            .chunks(6)
            .map(|six| {
                let value =
                    (0..6).fold(0_u8, |sum, i| sum << 1 | u8::from(six.get(i).copied().unwrap_or(false)));
                char::from(if value < 40 { value + 48 } else { value + 56 })
            })
            .collect();
        (payload, fill)
    }
}

/// A sentence with its checksum.
pub fn closed(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("!{body}*{sum:02X}")
}

/// A position report of any type number, laid out as types 1 to 3. Degrees may be impossible.
pub fn report(kind: u8, mmsi: u32, lat: f64, lon: f64) -> String {
    let minutes = |degrees: f64| (degrees * 600_000.0).round() as i64;
    let mut bits = Bits::default();
    bits.put(6, i64::from(kind))
        .put(2, 0)
        .put(30, i64::from(mmsi))
        .put(4, 0)
        .put(8, 128)
        .put(10, 52)
        .put(1, 1);
    bits.put(28, minutes(lon)).put(27, minutes(lat)).put(12, 900).put(9, 90).put(6, 30);
    bits.put(2, 0).put(3, 0).put(1, 0).put(19, 0);
    let (payload, fill) = bits.armoured();
    closed(&format!("AIVDM,1,1,,A,{payload},{fill}"))
}

pub fn position(mmsi: u32, lat: f64, lon: f64) -> String {
    report(1, mmsi, lat, lon)
}

/// What a vessel of class A says of itself (type 5), in its two sentences. No call sign, type, size, draught or destination.
pub fn static_data(mmsi: u32, imo: u32, name: &str) -> [String; 2] {
    let mut bits = Bits::default();
    bits.put(6, 5).put(2, 0).put(30, i64::from(mmsi)).put(2, 0).put(30, i64::from(imo)).put(42, 0);
    for place in 0..20 {
        bits.put(6, name.as_bytes().get(place).map_or(0, |letter| i64::from(letter & 0x3F)));
    }
    bits.put(8, 0).put(30, 0).put(4, 1).put(20, 24 << 6 | 60).put(8, 0);
    for _ in 0..20 {
        bits.put(6, 0);
    }
    bits.put(2, 0);
    let (payload, fill) = bits.armoured();
    let (first, second) = payload.split_at(60);
    [
        closed(&format!("AIVDM,2,1,{},A,{first},0", mmsi % 10)),
        closed(&format!("AIVDM,2,2,{},A,{second},{fill}", mmsi % 10)),
    ]
}

/// The sentence with a TAG block of station and time before it.
pub fn heard(station: &str, seconds: i64, sentence: &str) -> String {
    let block = format!("s:{station},c:{seconds}");
    let sum = block.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("\\{block}*{sum:02X}\\{sentence}\r\n")
}

/// One of `count` fragments with right checksum.
pub fn fragment(count: u8, number: u8, sequence: u8) -> String {
    closed(&format!(
        "AIVDM,{count},{number},{sequence},A,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0"
    ))
}

/// The sentence with the receiver's time before it.
pub fn at(seconds: i64, sentence: &str) -> String {
    format!("{seconds} {sentence}\n")
}

/// The `index`th fix of a ship going east at some 12 knots, ten seconds apart.
pub fn fix(mmsi: u32, index: usize) -> String {
    position(mmsi, 14.5, -75.0 + index as f64 * 0.0006)
}

/// A sound recording of one ship.
pub fn voyage(mmsi: u32, fixes: usize) -> String {
    (0..fixes).map(|index| at(START + 10 * index as i64, &fix(mmsi, index))).collect()
}
