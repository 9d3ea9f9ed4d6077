//! All that the typesetter can reach: one template, one file of data, the fonts in the binary. No package, no file, no
//! clock.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Coverage, Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

const TEMPLATE: &str = include_str!("report.typ");
/// Origin and licence of each in `fonts/NOTICE.md`.
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../../fonts/DejaVuSans-marks.ttf"),
];

pub(super) fn fonts() -> Vec<Font> {
    FONTS.iter().filter_map(|bytes| Font::new(Bytes::new(*bytes), 0)).collect()
}

/// The characters that text is printed in. Both weights have the same ones; a character of another font is not counted,
/// because marks may be stacked on it that the other font lacks.
pub(super) fn coverage(fonts: &[Font]) -> Option<&Coverage> {
    fonts.first().map(|font| &font.info().coverage)
}

#[derive(Debug)]
pub(super) struct Paper {
    standard: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: (FileId, Bytes),
}

/// None of these names can fail to parse: they are constants, and a test typesets with them.
fn file(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl Paper {
    pub(super) fn new(fonts: Vec<Font>, data: Vec<u8>) -> Option<Self> {
        Some(Self {
            standard: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(file("report.typ")?, TEMPLATE.to_owned()),
            data: (file("report.json")?, Bytes::new(data)),
        })
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.standard
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }
    fn main(&self) -> FileId {
        self.template.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_can_print_every_word_of_both_languages() {
        let fonts = fonts();
        assert_eq!(fonts.len(), FONTS.len());
        let [regular, bold] = [0, 1].map(|at| &fonts[at].info().coverage);
        assert!(regular.iter().eq(bold.iter()));
        let signs = "≥≤−–—…·«»“”‹›[],.%+0123456789\u{a0}";
        for lang in [crate::Lang::Es, crate::Lang::En] {
            let words = format!("{:?}", crate::words::of(lang));
            for one in words.chars().chain(signs.chars()).filter(|one| !one.is_control()) {
                assert!(regular.contains(u32::from(one)), "{one:?}");
            }
        }
        for mark in crate::page::Mark::ALL {
            let glyph = mark.glyph().chars().next().unwrap();
            assert!(fonts[3].info().coverage.contains(u32::from(glyph)), "{glyph}");
        }
    }
}
