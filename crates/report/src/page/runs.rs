//! A line of words with marks and references in it. Text is data: no writer ever reads it as markup.

/// A shape that always stands beside its word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Mark {
    Tick,
    Cross,
    HalfDisc,
    Dot,
    Ring,
    Disc,
    Triangle,
    Diamond,
    HollowDiamond,
    HollowSquare,
    Arrows,
}

impl Mark {
    pub(crate) const ALL: [Self; 11] = [
        Self::Tick,
        Self::Cross,
        Self::HalfDisc,
        Self::Dot,
        Self::Ring,
        Self::Disc,
        Self::Triangle,
        Self::Diamond,
        Self::HollowDiamond,
        Self::HollowSquare,
        Self::Arrows,
    ];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::Cross => "cross",
            Self::HalfDisc => "half",
            Self::Dot => "dot",
            Self::Ring => "ring",
            Self::Disc => "disc",
            Self::Triangle => "triangle",
            Self::Diamond => "diamond",
            Self::HollowDiamond => "hollow-diamond",
            Self::HollowSquare => "hollow-square",
            Self::Arrows => "arrows",
        }
    }
    /// The character that is this shape, for the typesetter.
    pub(crate) const fn glyph(self) -> &'static str {
        match self {
            Self::Tick => "✓",
            Self::Cross => "✗",
            Self::HalfDisc => "◐",
            Self::Dot => "·",
            Self::Ring => "○",
            Self::Disc => "●",
            Self::Triangle => "▲",
            Self::Diamond => "◆",
            Self::HollowDiamond => "◇",
            Self::HollowSquare => "□",
            Self::Arrows => "⇄",
        }
    }
}

/// A tint that repeats what mark and word say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
    Open,
}

impl Tone {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Run {
    Text(String),
    Strong(String),
    Muted(String),
    /// A hash, a command, an id.
    Code(String),
    /// A title or an address as it stands, in no language.
    Verbatim(String),
    /// A printed number: it never breaks, and a reference follows it.
    Figure(String),
    /// Somebody's own words, in their language.
    Quote {
        text: String,
        lang: &'static str,
    },
    Mark(Mark, Tone),
    /// Links to source entries.
    Refs(Vec<usize>),
    /// A link to a section.
    Section(usize, String),
    Break,
}

pub(crate) type Runs = Vec<Run>;
