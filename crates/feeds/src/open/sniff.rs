//! Tells formats and compressions apart by how the bytes begin, and by the name only when the bytes do not say.

/// What an input holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Sentences, with whatever a receiver puts around them.
    Nmea,
    /// Rows of decoded positions behind a header.
    Csv,
    Parquet,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

pub(super) const PARQUET_MAGIC: &[u8] = b"PAR1";

/// RFC 1952 section 2.3.1; RFC 8878 sections 3.1.1 and 3.1.2 (a skippable frame may come first).
pub(super) const fn compression(magic: &[u8]) -> Compression {
    match magic {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        _ => Compression::None,
    }
}

/// The format of decompressed input from its first bytes and its name.
pub fn sniff(head: &[u8], name: &str) -> Format {
    if head.starts_with(PARQUET_MAGIC) {
        return Format::Parquet;
    }
    if has_sentence(head) {
        return Format::Nmea;
    }
    let lower = name.to_ascii_lowercase();
    let stem = [".gz", ".zst"].iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(&lower);
    if [".csv", ".tsv"].iter().any(|end| stem.ends_with(end)) {
        return Format::Csv;
    }
    if [".nmea", ".nm4", ".ais", ".aivdm"].iter().any(|end| stem.ends_with(end)) {
        return Format::Nmea;
    }
    if looks_like_header(head) { Format::Csv } else { Format::Nmea }
}

/// `!` or `$`, an address of five letters or digits, a comma: anywhere, since receivers put times before it.
fn has_sentence(head: &[u8]) -> bool {
    head.windows(7).any(|window| match window {
        [b'!' | b'$', address @ .., b','] => {
            address.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        }
        _ => false,
    })
}

/// A first line of four names or more.
fn looks_like_header(head: &[u8]) -> bool {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    let text = line.iter().all(|byte| !byte.is_ascii_control() || matches!(byte, b'\r' | b'\t'));
    let delimiters = [b',', b';', b'\t'].map(|d| line.iter().filter(|&&byte| byte == d).count());
    text && line.iter().any(u8::is_ascii_alphabetic) && delimiters.into_iter().any(|count| count >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_before_the_name() {
        assert_eq!(sniff(b"PAR1\x15\x04", "x.csv"), Format::Parquet);
        assert_eq!(sniff(b"1469664000 !AIVDM,1,1,,A,1,0*00\n", "x.csv"), Format::Nmea);
        assert_eq!(sniff(b"\\s:r,c:1*00\\!AIVDM,1,1,,A,1,0*00\n", "-"), Format::Nmea);
        assert_eq!(sniff(b"$GPRMC,1,2\n", "-"), Format::Nmea);
        assert_eq!(sniff(b"MMSI,BaseDateTime,LAT,LON\n1,2,3,4\n", "-"), Format::Csv);
        assert_eq!(sniff(b"# Timestamp;MMSI;Latitude;Longitude\n", "-"), Format::Csv);
        assert_eq!(sniff(b"a,b\n", "positions.CSV.gz"), Format::Csv);
        assert_eq!(sniff(b"", "empty"), Format::Nmea);
        assert_eq!(sniff(b"\x00\x01,,,,a\n", "noise"), Format::Nmea);
    }

    #[test]
    fn compressions_are_told_by_their_magic() {
        assert_eq!(compression(&[0x1f, 0x8b, 8, 0]), Compression::Gzip);
        assert_eq!(compression(&[0x28, 0xb5, 0x2f, 0xfd]), Compression::Zstd);
        assert_eq!(compression(&[0x51, 0x2a, 0x4d, 0x18]), Compression::Zstd);
        assert_eq!(compression(b"!AIV"), Compression::None);
        assert_eq!(compression(b""), Compression::None);
    }
}
