//! Why a coastline file is refused, and where in it.

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CoastError {
    #[error("polygon at byte {offset}: header needs 44 bytes, {left} are left")]
    ShortHeader { offset: usize, left: usize },
    #[error("polygon at byte {offset}: {points} points do not fit into the {left} bytes left")]
    ShortPoints { offset: usize, points: i32, left: usize },
    #[error("polygon at byte {offset}: format version {version}, 7 and later are read")]
    Version { offset: usize, version: u8 },
    #[error("polygon at byte {offset}: level {level} is none of 1 to 6")]
    Level { offset: usize, level: u8 },
    #[error(
        "point at byte {offset}: longitude {lon} latitude {lat}, millionths of a degree, is off the globe"
    )]
    Point { offset: usize, lon: i32, lat: i32 },
    #[error("file has no polygon")]
    Empty,
    #[error(transparent)]
    TooLarge(#[from] bitacora_sea::behaviour::integrity::land::TooLarge),
}
