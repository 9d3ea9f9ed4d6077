//! Messages to VDM sentences (IEC 61162-1, 8.3.91): armoured payload, fragments and checksum.

use super::checksum::checksum;
use crate::armour::armour;
use crate::messages::{EncodeError, Message, encode};

/// Longest payload of one sentence, so that the whole keeps within 82 characters.
const MAX_CHARS: usize = 60;

/// The sentences of a message, without line end, such as `!AIVDM,1,1,,A,...,0*5C`. `talker` is the five letters
/// after the `!`, such as `AIVDM`; `sequence` 0-9 joins the fragments of one message and is written only when
/// there are several.
pub fn encode_sentences(
    message: &Message,
    talker: &str,
    channel: char,
    sequence: u8,
) -> Result<Vec<String>, EncodeError> {
    let (chars, fill_bits) = armour(&encode(message)?);
    let fragments: Vec<&[u8]> = chars.chunks(MAX_CHARS).collect();
    let count = fragments.len();
    let sequence = if count > 1 { (sequence % 10).to_string() } else { String::new() };
    Ok(fragments
        .iter()
        .enumerate()
        .map(|(i, fragment)| {
            let number = i + 1;
            let fill = if number == count { fill_bits } else { 0 };
            let payload: String = fragment.iter().copied().map(char::from).collect();
            let body = format!("{talker},{count},{number},{sequence},{channel},{payload},{fill}");
            format!("!{body}*{:02X}", checksum(body.as_bytes()))
        })
        .collect())
}
