//! A sheet that SVG elements are written on. Every text is escaped here, coordinates have one decimal, and looks are
//! presentation attributes: no style element, no id, no script.

use bitacora_accounts::observation::Status;

use crate::legible::legible;

use super::{INK_2, PAPER, Shape, Style};

pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    body: String,
}

/// Where a text stands from its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The mean advance of a letter of the fonts used, as a share of its size; wide enough for digits.
const ADVANCE: f64 = 0.58;

pub(super) fn text_width(text: &str, size: f64) -> f64 {
    f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * size * ADVANCE
}

/// For text and attribute values of XML and HTML alike.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(one),
        }
    }
    out
}

fn written(text: &str) -> String {
    escape(&legible(text, |_| true))
}

impl Sheet {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, wide: f64, dash: &str) {
        let dash = dashed(dash);
        self.body.push_str(&format!(
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}" stroke-width="{wide}"{dash}/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    pub(super) fn path(&mut self, points: &[(f64, f64)], colour: &str, wide: f64, dash: &str) {
        if points.len() < 2 {
            return;
        }
        let dash = dashed(dash);
        self.body.push_str(&format!(
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="{wide}" stroke-linejoin="round"{dash}/>"#,
            joined(points)
        ));
    }

    pub(super) fn area(&mut self, points: &[(f64, f64)], fill: &str) {
        self.body.push_str(&format!(r#"<polygon points="{}" fill="{fill}"/>"#, joined(points)));
    }

    /// A box of slanted strokes: nothing is known here.
    pub(super) fn hatch(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let mut strokes = String::new();
        let mut at = -height;
        while at < width {
            // Each stroke rises from the lower edge; what would leave the box is cut.
            let (left, right) = (at.max(0.0), (at + height).min(width));
            if right > left {
                strokes.push_str(&format!(
                    "M{:.1} {:.1}L{:.1} {:.1}",
                    x + left,
                    y + height - (left - at),
                    x + right,
                    y + height - (right - at)
                ));
            }
            at += 3.5;
        }
        self.body
            .push_str(&format!(r#"<path d="{strokes}" fill="none" stroke="{INK_2}" stroke-width="0.7"/>"#));
        self.body.push_str(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="none" stroke="{INK_2}" stroke-width="0.5"/>"#
        ));
    }

    pub(super) fn text(
        &mut self,
        at: (f64, f64),
        text: &str,
        size: f64,
        anchor: Anchor,
        colour: &str,
        bold: bool,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { r#" font-weight="700""# } else { "" };
        self.body.push_str(&format!(
            r#"<text x="{:.1}" y="{:.1}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>{}</text>"#,
            at.0,
            at.1,
            written(text)
        ));
    }

    /// A measured figure is full, a claimed one hollow, a leaked one hollow and struck, a contested one hollow with a
    /// dot, one from third parties small.
    pub(super) fn marker(&mut self, at: (f64, f64), style: Style, status: Status, hollow: bool, size: f64) {
        let size = if status == Status::Tertiary { size * 0.6 } else { size };
        let full = matches!(status, Status::Measured | Status::Tertiary) && !hollow;
        let fill = if full { style.colour } else { PAPER };
        let (x, y, colour) = (at.0, at.1, style.colour);
        let look = format!(r#"fill="{fill}" stroke="{colour}" stroke-width="1.3""#);
        match style.shape {
            Shape::Square => self.body.push_str(&format!(
                r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" {look}/>"#,
                x - size,
                y - size,
                2.0 * size,
                2.0 * size
            )),
            Shape::Circle => {
                self.body
                    .push_str(&format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{:.1}" {look}/>"#, size * 1.1));
            }
            Shape::Triangle => self.polygon(
                &[(x, y - size * 1.3), (x + size * 1.2, y + size), (x - size * 1.2, y + size)],
                &look,
            ),
            Shape::Diamond => {
                let r = size * 1.35;
                self.polygon(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], &look);
            }
        }
        match status {
            Status::Leaked => self.line((x - 5.0, y + 5.0), (x + 5.0, y - 5.0), colour, 1.2, ""),
            Status::Contested => {
                self.body.push_str(&format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="1.2" fill="{colour}"/>"#));
            }
            Status::Measured | Status::Claimed | Status::Tertiary => {}
        }
    }

    fn polygon(&mut self, points: &[(f64, f64)], look: &str) {
        self.body.push_str(&format!(r#"<polygon points="{}" {look}/>"#, joined(points)));
    }

    /// The published interval.
    pub(super) fn bar(&mut self, x: f64, low: f64, high: f64, colour: &str) {
        self.line((x, low), (x, high), colour, 1.2, "");
        self.line((x - 3.0, low), (x + 3.0, low), colour, 1.2, "");
        self.line((x - 3.0, high), (x + 3.0, high), colour, 1.2, "");
    }

    /// The whole drawing; `title` and `described` are for those who do not see it.
    pub(super) fn close(self, title: &str, described: &str) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0} {:.0}" width="{:.0}" height="{:.0}" role="img" font-family="Noto Sans, system-ui, Segoe UI, Roboto, Arial, sans-serif"><title>{}</title><desc>{}</desc>{}</svg>"#,
            self.width,
            self.height,
            self.width,
            self.height,
            written(title),
            written(described),
            self.body
        )
    }
}

fn dashed(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) }
}

fn joined(points: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    pairs.join(" ")
}
