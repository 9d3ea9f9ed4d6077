//! A decoded message as one JSON object in a line: as transmitted under gpsd's names, or in field units with
//! null for "not available". Writes into the caller's buffer, which can be used again.

mod binary;

use std::fmt::Write;

use bitacora_ais::messages::Fix;
use bitacora_ais::{Body, FieldValue, Message, Payload, Quality, Span};

use super::Decoded;

/// Every field as transmitted, names as in gpsd's AIVDM description. Ends without line feed.
pub fn write_raw(decoded: &Decoded<'_>, out: &mut String) {
    let message = decoded.message;
    head(decoded, out);
    message.fields(|name, value| {
        if holds_another(message, name) {
            return;
        }
        key(name, out);
        match (name, &message.body) {
            ("name", Body::AidToNavigation(m, extension)) => string(m.full_name(extension).as_str(), out),
            _ => plain(value, out),
        }
    });
    additions(message, out);
    let doubts = binary::write(decoded, false, out);
    tail(decoded, doubts, out);
}

/// Whether the bits of a field hold another one in this message, which [`additions`] gives.
fn holds_another(message: &Message, name: &str) -> bool {
    match &message.body {
        Body::StaticB(m) => name.starts_with("to_") && m.mothership_mmsi(message.mmsi).is_some(),
        Body::ChannelManagement(m) => m.addressed && (name.starts_with("ne_") || name.starts_with("sw_")),
        _ => false,
    }
}

/// What lies in the bits of other fields or beyond them.
fn additions(message: &Message, out: &mut String) {
    match &message.body {
        Body::StaticB(m) => {
            if let Some(mmsi) = m.mothership_mmsi(message.mmsi) {
                key("mothership_mmsi", out);
                number(i64::from(mmsi), out);
            }
        }
        Body::ChannelManagement(m) => {
            if let Some((first, second)) = m.stations() {
                key("dest1", out);
                number(i64::from(first), out);
                key("dest2", out);
                number(i64::from(second), out);
            }
        }
        // An extension after a short name is no part of the name (M.1371-5 Annex 8, Message 21), but it was sent.
        Body::AidToNavigation(m, extension) if m.full_name(extension).as_str() == m.name.as_str() => {
            if let Some(text) = extension.get() {
                key("name_extension", out);
                string(text, out);
            }
        }
        _ => {}
    }
}

/// Degrees, knots, metres; null where the message says "not available". Ends without line feed.
pub fn write_units(decoded: &Decoded<'_>, out: &mut String) {
    let message = decoded.message;
    head(decoded, out);
    let place = match message.fix() {
        Some(Fix::At { lat, lon }) => (Some(lon), Some(lat)),
        _ => (None, None),
    };
    message.fields(|name, value| {
        if holds_another(message, name) {
            return;
        }
        key(name, out);
        match (name, value) {
            ("name", _) if matches!(message.body, Body::AidToNavigation(..)) => {
                if let Body::AidToNavigation(m, extension) = &message.body {
                    text_or_null(m.full_name(extension).as_str(), out);
                }
            }
            ("lon", _) if message.fix().is_some() => decimal(place.0, 7, out),
            ("lat", _) if message.fix().is_some() => decimal(place.1, 7, out),
            (_, FieldValue::Text(text)) => text_or_null(text, out),
            (_, FieldValue::Number(raw)) => in_units(name, raw, &message.body, out),
        }
    });
    additions(message, out);
    let doubts = binary::write(decoded, true, out);
    tail(decoded, doubts, out);
}

/// One number in the unit that officers use.
fn in_units(name: &str, raw: i64, body: &Body, out: &mut String) {
    let coarse = matches!(body, Body::LongRange(_));
    let tenth = |available: bool| available.then(|| raw as f64 / 10.0);
    let whole = |available: bool| available.then_some(raw);
    match name {
        "speed" if coarse => optional(whole(raw < 63), out),
        "speed" if matches!(body, Body::SarAircraft(_)) => optional(whole(raw < 1023), out),
        "speed" => decimal(tenth(raw < 1023), 1, out),
        "course" if coarse => optional(whole(raw < 360), out),
        "course" => decimal(tenth(raw < 3600), 1, out),
        "heading" => optional(whole(raw < 360), out),
        "turn" => {
            let rate = match body {
                Body::PositionA(m) => m.turn_deg_per_min(),
                _ => None,
            };
            decimal(rate.map(f64::from), 1, out);
        }
        "status" => optional(whole(raw < 15), out),
        "second" => optional(whole(raw < 60), out),
        "minute" => optional(whole(raw < 60), out),
        "hour" => optional(whole(raw < 24), out),
        "year" | "month" | "day" | "imo" | "shiptype" => optional(whole(raw != 0), out),
        "draught" => decimal(tenth(raw != 0), 1, out),
        "alt" => optional(whole(raw < 4095), out),
        // Corners of an area in tenths of a minute (Messages 22 and 23); 181 and 91 degrees are "not available".
        "ne_lon" | "sw_lon" => decimal((raw.abs() <= 180 * 600).then(|| raw as f64 / 600.0), 7, out),
        "ne_lat" | "sw_lat" => decimal((raw.abs() <= 90 * 600).then(|| raw as f64 / 600.0), 7, out),
        _ if is_flag(name) => out.push_str(if raw == 0 { "false" } else { "true" }),
        _ => number(raw, out),
    }
}

fn is_flag(name: &str) -> bool {
    matches!(
        name,
        "accuracy"
            | "raim"
            | "dte"
            | "assigned"
            | "off_position"
            | "virtual_aid"
            | "cs"
            | "display"
            | "dsc"
            | "band"
            | "msg22"
            | "gnss"
            | "transmission_ctl"
    )
}

fn head(decoded: &Decoded<'_>, out: &mut String) {
    let message = decoded.message;
    let _ = write!(
        out,
        "{{\"type\":{},\"repeat\":{},\"mmsi\":{}",
        message.message_type, message.repeat, message.mmsi
    );
}

/// Where the message came from, what is left as bits, and the doubts.
fn tail(decoded: &Decoded<'_>, doubts: Quality, out: &mut String) {
    if let Some(span) = decoded.message.free_text() {
        let mut text = String::new();
        span.text(decoded.payload, &mut text);
        key("text", out);
        string(&text, out);
    }
    if let Some(span) = decoded.message.data() {
        key("data", out);
        bits(span, decoded.payload, out);
    }
    let _ = write!(out, ",\"line\":{},\"lines\":[", decoded.place.line);
    for (i, line) in decoded.lines.iter().enumerate() {
        let _ = write!(out, "{}{line}", if i == 0 { "" } else { "," });
    }
    out.push_str("],\"channel\":");
    match decoded.channel {
        Some(channel) => string(char::from(channel).encode_utf8(&mut [0; 4]), out),
        None => out.push_str("null"),
    }
    let address = decoded.address.map(char::from);
    let (talker, formatter) = address.split_at(2);
    key("talker", out);
    string(&talker.iter().collect::<String>(), out);
    key("formatter", out);
    string(&formatter.iter().collect::<String>(), out);
    key("time", out);
    match decoded.time {
        Some(time) => {
            let _ = write!(out, "\"{time}\"");
        }
        None => out.push_str("null"),
    }
    key("station", out);
    text_or_null(decoded.station.get().unwrap_or(""), out);
    key("quality", out);
    out.push('[');
    let quality = decoded.quality.with(doubts);
    if quality != Quality::GOOD {
        for (i, code) in quality.codes().enumerate() {
            let _ = write!(out, "{}\"{code}\"", if i == 0 { "" } else { "," });
        }
    }
    out.push_str("]}");
}

fn key(name: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

/// `"length:hex"`, as gpsd gives data that it does not take apart.
fn bits(span: Span, payload: &Payload, out: &mut String) {
    let _ = write!(out, "\"{}:", span.len);
    for byte in span.bytes(payload) {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('"');
}

fn plain(value: FieldValue<'_>, out: &mut String) {
    match value {
        FieldValue::Number(raw) => number(raw, out),
        FieldValue::Text(text) => string(text, out),
    }
}

fn number(value: i64, out: &mut String) {
    let _ = write!(out, "{value}");
}

fn optional(value: Option<i64>, out: &mut String) {
    match value {
        Some(value) => number(value, out),
        None => out.push_str("null"),
    }
}

fn decimal(value: Option<f64>, digits: usize, out: &mut String) {
    match value {
        Some(value) => {
            let _ = write!(out, "{value:.digits$}");
        }
        None => out.push_str("null"),
    }
}

fn text_or_null(text: &str, out: &mut String) {
    if text.is_empty() {
        out.push_str("null");
    } else {
        string(text, out);
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
