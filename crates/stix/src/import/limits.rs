//! Bounds of the reader. Every one is checked before memory is set aside for what lies beyond it.

/// What a document may at most be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: usize,
    /// Objects in it; those beyond are counted and refused together.
    pub objects: usize,
    /// Bytes of one object.
    pub object_bytes: usize,
    /// Nesting of one object.
    pub depth: usize,
    /// JSON values in the document: each takes up to about a hundred bytes of memory, however short its text is.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 << 20,
            objects: 50_000,
            object_bytes: 1 << 20,
            depth: 32,
            values: 2_000_000,
        }
    }
}
