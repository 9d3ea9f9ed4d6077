//! A recording again, later: so that a repetition of it is not merged away as heard twice.

use bitacora_ais::sentence::checksum;
use memchr::{memchr, memmem};

/// Between repetitions of the Coast Guard recording, which itself lasts 33 s.
pub const SHIFT_S: i64 = 60;

/// The line with `c` of its TAG block moved and the block's checksum made right again. A block whose checksum was
/// wrong is left as it is, so that what is refused stays refused.
pub fn shifted(line: &[u8], seconds: i64, out: &mut Vec<u8>) {
    let moved = (|| {
        let block = line.strip_prefix(b"\\")?;
        let end = memchr(b'\\', block)?;
        let (fields, sum) = block.get(..end)?.split_last_chunk::<3>()?;
        let right = format!("*{:02X}", checksum(fields));
        (sum.as_slice() == right.as_bytes()).then_some(())?;
        let at = memmem::find(fields, b"c:").filter(|at| *at == 0 || fields[at - 1] == b',')?;
        let digits = fields[at + 2..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let time: i64 = std::str::from_utf8(&fields[at + 2..at + 2 + digits]).ok()?.parse().ok()?;
        // Seconds have ten digits, milliseconds thirteen.
        let step = if digits > 10 { seconds * 1000 } else { seconds };
        let fields =
            [&fields[..at + 2], (time + step).to_string().as_bytes(), &fields[at + 2 + digits..]].concat();
        Some((fields, &block[end..]))
    })();
    match moved {
        Some((fields, rest)) => {
            out.push(b'\\');
            out.extend_from_slice(&fields);
            out.extend_from_slice(format!("*{:02X}", checksum(&fields)).as_bytes());
            out.extend_from_slice(rest);
        }
        None => out.extend_from_slice(line),
    }
}
