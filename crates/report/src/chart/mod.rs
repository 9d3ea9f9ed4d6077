//! Drawings as SVG, the same for paper and page: curves with gaps and intervals, and fans of revisions. Never draws a
//! line through a year without a figure and never cuts the axis above zero.

mod axis;
mod curves;
mod fan;
mod labels;
mod svg;

pub(crate) use curves::lines;
pub(crate) use fan::fan;
pub(crate) use svg::escape;

/// How one method looks: colour, dash and marker say the same thing three times.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) colour: &'static str,
    pub(crate) dash: &'static str,
    pub(crate) shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Square,
    Circle,
    Triangle,
    Diamond,
}

/// The three series colours of the page by day, then three more of its inks; far apart in grey as well.
const COLOURS: [&str; 6] = ["#1f4e79", "#9a4a00", "#5b3a8c", "#0b5d44", "#47555f", "#a4001c"];
const DASHES: [&str; 4] = ["", "5 2.5", "1.5 2", "7 2 1.5 2"];

pub(crate) const INK: &str = "#10212b";
pub(crate) const INK_2: &str = "#47555f";
pub(crate) const LINE: &str = "#c9d3d9";
pub(crate) const EDGE: &str = "#70808b";
pub(crate) const HULL: &str = "#dde4e8";
pub(crate) const PAPER: &str = "#ffffff";

/// By the method's place in the list.
pub(crate) fn style(place: usize) -> Style {
    let shapes = [Shape::Square, Shape::Circle, Shape::Triangle, Shape::Diamond];
    Style {
        colour: COLOURS.get(place % COLOURS.len()).copied().unwrap_or(INK),
        dash: DASHES.get(place % DASHES.len()).copied().unwrap_or(""),
        shape: shapes.get(place % shapes.len()).copied().unwrap_or(Shape::Square),
    }
}

/// The words and looks that a drawing needs.
pub(crate) struct Named<'a> {
    pub(crate) place: usize,
    pub(crate) short: &'a str,
}
