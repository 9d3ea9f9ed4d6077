//! The parts of a zip archive (PKWARE APPNOTE 6.3.10) by their names, stored or deflated. What a part unpacks to is
//! bounded while it is unpacked, whatever the archive promises.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::error::{NotAWorkbook, short};

const MOST_PARTS: usize = 4096;
/// Of one part, unpacked.
const MOST_PART: u64 = 128 << 20;
/// Of all parts that are read.
const MOST_TOTAL: u64 = 256 << 20;
/// The end record with the longest comment (4.3.16).
const END: usize = 22;
const MOST_END: usize = END + 0xffff;

pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    /// By their names in small letters, for part names compare so (ECMA-376 part 2, 6.2.2.3).
    parts: BTreeMap<String, Entry>,
    left: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    unpacked: u32,
    offset: u32,
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    pair.try_into().ok().map(u16::from_le_bytes)
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_le_bytes)
}

fn not_zip(why: &'static str) -> NotAWorkbook {
    NotAWorkbook::NotZip { why }
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, NotAWorkbook> {
        // Compound files hold .xls, and .xlsx behind a password (MS-CFB 2.2).
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Err(NotAWorkbook::Compound);
        }
        if !bytes.starts_with(b"PK") {
            return Err(not_zip("the bytes do not begin as a zip archive does"));
        }
        let tail = bytes.len().saturating_sub(MOST_END);
        let end = (tail..=bytes.len().saturating_sub(END)).rev().find(|at| {
            bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06"))
                && two(bytes, at + 20).is_some_and(|comment| at + END + usize::from(comment) == bytes.len())
        });
        let end = end.ok_or(not_zip("the archive has no end record; it may be cut off"))?;
        let cut = || not_zip("the end record is cut off");
        let count = usize::from(two(bytes, end + 10).ok_or_else(cut)?);
        let mut at = usize::try_from(four(bytes, end + 16).ok_or_else(cut)?).map_err(|_| cut())?;
        if count > MOST_PARTS {
            return Err(NotAWorkbook::too_much("archive", "parts", MOST_PARTS));
        }
        let mut parts = BTreeMap::new();
        for _ in 0..count {
            let broken = || not_zip("the list of parts is broken");
            let header = bytes.get(at..at + 46).filter(|header| header.starts_with(b"PK\x01\x02"));
            let header = header.ok_or_else(broken)?;
            let length = |place| two(header, place).map(usize::from).ok_or_else(broken);
            let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
            let raw = bytes.get(at + 46..at + 46 + name).ok_or_else(broken)?;
            let name_text = String::from_utf8_lossy(raw).replace('\\', "/").to_lowercase();
            let entry = Entry {
                flags: two(header, 8).ok_or_else(broken)?,
                method: two(header, 10).ok_or_else(broken)?,
                crc: four(header, 16).ok_or_else(broken)?,
                packed: four(header, 20).ok_or_else(broken)?,
                unpacked: four(header, 24).ok_or_else(broken)?,
                offset: four(header, 42).ok_or_else(broken)?,
            };
            if parts.insert(name_text.trim_start_matches('/').to_owned(), entry).is_some() {
                return Err(not_zip("two parts have one name"));
            }
            at += 46 + name + extra + comment;
        }
        Ok(Self { bytes, parts, left: MOST_TOTAL })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&name.to_lowercase())
    }

    /// The text of a part.
    pub(super) fn text(&mut self, name: &str) -> Result<String, NotAWorkbook> {
        let bytes = self.read(name)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        String::from_utf8(bytes).map_err(|_| NotAWorkbook::damaged(name, "not UTF-8"))
    }

    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, NotAWorkbook> {
        let missing = || NotAWorkbook::PartMissing { part: short(name) };
        let entry = *self.parts.get(&name.to_lowercase()).ok_or_else(missing)?;
        let damaged = |why| NotAWorkbook::damaged(name, why);
        if entry.flags & 1 != 0 {
            return Err(damaged("encrypted"));
        }
        if entry.packed == u32::MAX || entry.unpacked == u32::MAX || entry.offset == u32::MAX {
            return Err(damaged("a part of four gigabytes or more"));
        }
        let packed = self.packed(entry).ok_or(damaged("its local header is broken"))?;
        let most = MOST_PART.min(self.left);
        let mut bytes = Vec::new();
        match entry.method {
            0 => bytes.extend_from_slice(packed),
            8 => {
                let mut unpacked = DeflateDecoder::new(packed).take(most + 1);
                unpacked.read_to_end(&mut bytes).map_err(|_| damaged("its compression is broken"))?;
            }
            _ => return Err(damaged("neither stored nor deflated")),
        }
        if bytes.len() as u64 > most {
            let what = "unpacked bytes";
            return Err(NotAWorkbook::TooMuch { part: short(name), what, most });
        }
        self.left -= bytes.len() as u64;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() != entry.crc || bytes.len() as u64 != u64::from(entry.unpacked) {
            return Err(damaged("its checksum or length is wrong"));
        }
        Ok(bytes)
    }

    fn packed(&self, entry: Entry) -> Option<&'a [u8]> {
        let at = usize::try_from(entry.offset).ok()?;
        let header =
            self.bytes.get(at..at.checked_add(30)?).filter(|header| header.starts_with(b"PK\x03\x04"))?;
        let start = at + 30 + usize::from(two(header, 26)?) + usize::from(two(header, 28)?);
        self.bytes.get(start..start.checked_add(usize::try_from(entry.packed).ok()?)?)
    }
}
