//! KML 2.2 (OGC 07-147r2) with `gx:Track` for a track. No network link, styles inline, everything escaped.

use super::rows::Table;

pub(super) fn render(table: &Table) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\" \
         xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n<Document>\n",
    );
    out.push_str(&format!(
        "<name>Bitácora {}</name>\n<description>{} · {} · {}</description>\n",
        escape(&format!("{:?}", table.what).to_lowercase()),
        escape(&table.node),
        escape(&table.made),
        table.marking
    ));
    if table.is_line {
        line(&mut out, table);
    } else {
        points(&mut out, table);
    }
    out.push_str("</Document>\n</kml>\n");
    out.into_bytes()
}

fn points(out: &mut String, table: &Table) {
    for row in &table.rows {
        out.push_str(&format!("<Placemark id=\"{}\"><name>{}</name>", escape(&row.id), escape(&row.label)));
        out.push_str(&format!("<TimeStamp><when>{}</when></TimeStamp><ExtendedData>", escape(&row.at)));
        for (name, value) in row.fields.iter().filter(|(_, value)| !value.is_null()) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            out.push_str(&format!("<Data name=\"{name}\"><value>{}</value></Data>", escape(&text)));
        }
        out.push_str("</ExtendedData>");
        if let Some((lat, lon)) = row.place {
            out.push_str(&format!("<Point><coordinates>{lon},{lat}</coordinates></Point>"));
        }
        out.push_str("</Placemark>\n");
    }
}

fn line(out: &mut String, table: &Table) {
    let label = table.rows.first().map_or("", |row| row.label.as_str());
    out.push_str(&format!("<Placemark><name>{}</name><gx:Track>\n", escape(label)));
    for row in &table.rows {
        out.push_str(&format!("<when>{}</when>\n", escape(&row.at)));
    }
    for (lat, lon) in table.rows.iter().filter_map(|row| row.place) {
        out.push_str(&format!("<gx:coord>{lon} {lat} 0</gx:coord>\n"));
    }
    out.push_str("</gx:Track></Placemark>\n");
}

fn escape(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .flat_map(|c| {
            let entity = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&apos;",
                _ => "",
            };
            entity.chars().chain(entity.is_empty().then_some(c))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out() {
        assert_eq!(escape("A<b>&\"c\"\u{0}"), "A&lt;b&gt;&amp;&quot;c&quot;");
    }
}
