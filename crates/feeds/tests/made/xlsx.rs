//! A small .xlsx writer for tests: a zip of the few parts that a workbook needs, each sheet's cells given as XML.

use std::io::Write as _;

use flate2::Crc;
use flate2::write::DeflateEncoder;

/// A zip archive of these parts, deflated.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut crc = Crc::new();
        crc.update(bytes);
        let mut packer = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        let offset = u32::try_from(out.len()).unwrap();
        let mut common = Vec::new();
        common.extend_from_slice(&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        for number in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        common.extend_from_slice(&(name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&packed);
        list.extend_from_slice(b"PK\x01\x02\x14\x00");
        list.extend_from_slice(&common);
        list.extend_from_slice(&[0; 10]);
        list.extend_from_slice(&offset.to_le_bytes());
        list.extend_from_slice(name.as_bytes());
    }
    let offset = u32::try_from(out.len()).unwrap();
    out.extend_from_slice(&list);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    let count = (parts.len() as u16).to_le_bytes();
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&(list.len() as u32).to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Style 1 is a date, 2 a share in percent, 3 a number with grouping and a text, 4 a custom date.
const STYLES: &str = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"#,##0 &quot;ha de coca&quot;\"/>\
    <numFmt numFmtId=\"165\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
    <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
    <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs>";

pub struct Book<'a> {
    /// Name, state, the inner XML of the worksheet.
    pub sheets: Vec<(&'a str, &'a str, String)>,
    pub strings: Vec<&'a str>,
    pub from_1904: bool,
}

impl Book<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let mut parts: Vec<(String, String)> = Vec::new();
        let relation = |id: &str, kind: &str, target: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
        };
        let relations = |inner: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
            )
        };
        parts.push(("_rels/.rels".into(), relations(&relation("r1", "officeDocument", "xl/workbook.xml"))));
        let mut inner =
            relation("s", "styles", "styles.xml") + &relation("t", "sharedStrings", "/xl/sharedStrings.xml");
        let mut listed = String::new();
        for (at, (name, state, xml)) in self.sheets.iter().enumerate() {
            inner += &relation(&format!("rId{at}"), "worksheet", &format!("worksheets/sheet{at}.xml"));
            listed += &format!(
                "<sheet name=\"{name}\" sheetId=\"{}\" state=\"{state}\" r:id=\"rId{at}\"/>",
                at + 1
            );
            parts.push((
                format!("xl/worksheets/sheet{at}.xml"),
                format!("<?xml version=\"1.0\"?><worksheet xmlns=\"{MAIN}\">{xml}</worksheet>"),
            ));
        }
        parts.push(("xl/_rels/workbook.xml.rels".into(), relations(&inner)));
        parts.push((
            "xl/workbook.xml".into(),
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><workbookPr date1904=\"{}\"/><sheets>{listed}</sheets></workbook>",
                u8::from(self.from_1904)
            ),
        ));
        parts.push(("xl/styles.xml".into(), format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>")));
        let strings: String = self.strings.iter().map(|text| format!("<si>{text}</si>")).collect();
        parts.push(("xl/sharedStrings.xml".into(), format!("<sst xmlns=\"{MAIN}\">{strings}</sst>")));
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        zip(&parts)
    }
}

/// One visible sheet of these rows.
pub fn book(xml: String) -> Vec<u8> {
    Book { sheets: vec![("Hoja1", "visible", xml)], strings: Vec::new(), from_1904: false }.bytes()
}

/// Rows of cells, each as `cell` writes it, from A1 on.
pub fn rows(rows: &[Vec<String>]) -> String {
    let mut out = String::from("<sheetData>");
    for (at, cells) in rows.iter().enumerate() {
        out += &format!("<row r=\"{}\">{}</row>", at + 1, cells.concat());
    }
    out + "</sheetData>"
}

pub fn text(text: &str) -> String {
    if text.is_empty() { "<c/>".into() } else { format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>") }
}

pub fn number(number: &str) -> String {
    format!("<c><v>{number}</v></c>")
}

pub fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| text(cell)).collect()
}
