//! Chunks of bytes to lines with number and byte offset, in constant memory whatever the input holds.

/// Longest line taken, in bytes. A sentence has 82 characters, TAG blocks and receivers' additions a few
/// hundred.
pub const MAX_LINE: usize = 4096;

/// One line without its line feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RawLine<'a> {
    pub number: u64,
    pub offset: u64,
    pub bytes: &'a [u8],
    /// Longer than [`MAX_LINE`]: `bytes` is its beginning only.
    pub too_long: bool,
}

/// Where the input stands between two chunks.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line that goes on in the next chunk, never more than [`MAX_LINE`] bytes.
    carry: Vec<u8>,
    /// The line in `carry` has grown too long: what comes up to the next line feed is skipped.
    overlong: bool,
    pending: bool,
    number: u64,
    /// Offset of the first byte not yet seen, and of the line that goes on.
    at: u64,
    started: u64,
}

impl Lines {
    /// Lines given so far. A line that goes on in the next chunk is not among them: what is committed up to here
    /// must hold nothing that is still to come.
    pub(super) fn count(&self) -> u64 {
        self.number
    }

    pub(super) fn push(&mut self, chunk: &[u8], mut each: impl FnMut(RawLine<'_>)) {
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let piece = chunk.get(from..end).unwrap_or(&[]);
            let offset = self.at + from as u64;
            if self.pending {
                self.extend(piece);
                self.take(&mut each);
            } else {
                self.number += 1;
                let too_long = piece.len() > MAX_LINE;
                let bytes = if too_long { piece.get(..MAX_LINE).unwrap_or(&[]) } else { piece };
                each(RawLine { number: self.number, offset, bytes, too_long });
            }
            from = end + 1;
        }
        let rest = chunk.get(from..).unwrap_or(&[]);
        if !rest.is_empty() {
            if !self.pending {
                self.pending = true;
                self.started = self.at + from as u64;
            }
            self.extend(rest);
        }
        self.at += chunk.len() as u64;
    }

    /// The input is over; a last line without line feed is a line.
    pub(super) fn finish(&mut self, mut each: impl FnMut(RawLine<'_>)) {
        if self.pending {
            self.take(&mut each);
        }
    }

    fn extend(&mut self, piece: &[u8]) {
        let room = MAX_LINE - self.carry.len().min(MAX_LINE);
        self.overlong |= piece.len() > room;
        self.carry.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    fn take(&mut self, each: &mut impl FnMut(RawLine<'_>)) {
        self.number += 1;
        each(RawLine {
            number: self.number,
            offset: self.started,
            bytes: &self.carry,
            too_long: self.overlong,
        });
        self.carry.clear();
        self.overlong = false;
        self.pending = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(input: &[u8], chunk: usize) -> Vec<(u64, u64, Vec<u8>, bool)> {
        let mut lines = Lines::default();
        let mut out = Vec::new();
        let mut each =
            |line: RawLine<'_>| out.push((line.number, line.offset, line.bytes.to_vec(), line.too_long));
        for piece in input.chunks(chunk) {
            lines.push(piece, &mut each);
        }
        lines.finish(&mut each);
        assert_eq!(lines.count(), out.len() as u64);
        out
    }

    #[test]
    fn the_lines_do_not_depend_on_the_chunks() {
        let mut input = b"one\r\n\ntwo\n".to_vec();
        input.extend(vec![b'x'; MAX_LINE]);
        input.push(b'\n');
        input.extend(vec![b'y'; 3 * MAX_LINE]);
        input.extend(b"\nlast");
        let whole = split(&input, input.len());
        assert_eq!(whole.len(), 6);
        assert_eq!(whole[0], (1, 0, b"one\r".to_vec(), false));
        assert_eq!(whole[2], (3, 6, b"two".to_vec(), false));
        assert!(!whole[3].3 && whole[4].3);
        assert_eq!((whole[5].0, whole[5].2.as_slice()), (6, &b"last"[..]));
        for (_, offset, bytes, _) in &whole {
            assert!(input[*offset as usize..].starts_with(bytes));
        }
        for chunk in [1, 2, 3, 7, 100, 4095, 4096, 4097] {
            assert_eq!(split(&input, chunk), whole, "{chunk}");
        }
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_one_line() {
        let mut lines = Lines::default();
        let junk = vec![b'z'; 1 << 16];
        for _ in 0..256 {
            lines.push(&junk, |_| panic!("no line ended"));
        }
        assert!(lines.carry.capacity() <= 2 * MAX_LINE);
        let mut seen = 0;
        lines.finish(|line| {
            assert!(line.too_long && line.bytes.len() == MAX_LINE);
            seen += 1;
        });
        assert_eq!(seen, 1);
    }
}
