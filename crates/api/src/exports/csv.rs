//! RFC 4180 with `snake_case` headers and units in the names. The first column is the id. A cell that a
//! spreadsheet would take for a formula is written with a leading apostrophe.

use serde_json::Value;

use super::rows::Table;

pub(super) fn render(table: &Table) -> Vec<u8> {
    let mut out = String::from("id,observed_at,lat_deg,lon_deg");
    let names: Vec<&str> =
        table.rows.first().map(|row| row.fields.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
    for name in &names {
        out.push(',');
        out.push_str(name);
    }
    out.push_str(",marking\r\n");
    for row in &table.rows {
        cell(&mut out, &row.id);
        out.push(',');
        cell(&mut out, &row.at);
        match row.place {
            Some((lat, lon)) => out.push_str(&format!(",{lat},{lon}")),
            None => out.push_str(",,"),
        }
        for (_, value) in &row.fields {
            out.push(',');
            match value {
                Value::Null => {}
                Value::String(text) => cell(&mut out, text),
                Value::Number(number) => out.push_str(&number.to_string()),
                other => cell(&mut out, &other.to_string()),
            }
        }
        out.push(',');
        out.push_str(table.marking);
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn cell(out: &mut String, text: &str) {
    let guard = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if guard || text.contains(['"', ',', '\n', '\r']) {
        out.push('"');
        if guard {
            out.push('\'');
        }
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ship_named_like_a_formula_is_disarmed() {
        let mut out = String::new();
        cell(&mut out, "=HYPERLINK(\"x\")");
        assert_eq!(out, "\"'=HYPERLINK(\"\"x\"\")\"");
        out.clear();
        cell(&mut out, "MAR, AZUL");
        assert_eq!(out, "\"MAR, AZUL\"");
    }
}
