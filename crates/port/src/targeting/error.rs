//! Why no day can be made or planned. Codes and numbers only.

use thiserror::Error;

use crate::draw::PlanError;
use crate::game::GameError;

#[derive(Debug, Error)]
pub enum TargetingError {
    #[error("the setting `{0}` is out of its bounds")]
    Setting(&'static str),
    #[error("no box in the yard has an hour left in which a scan helps")]
    NoBoxes,
    #[error("{given} capacities are given for {slots} slots")]
    Capacity { given: usize, slots: usize },
    #[error("`{0}` cannot stand in the list of a draw")]
    Label(String),
    #[error("the game is refused")]
    Game(#[from] GameError),
    #[error("the chances do not lie in the slots")]
    Plan(#[from] PlanError),
}

impl TargetingError {
    /// Stable, for the page.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Setting(_) => "setting",
            Self::NoBoxes => "no_boxes",
            Self::Capacity { .. } => "capacity",
            Self::Label(_) => "label",
            Self::Game(_) => "game",
            Self::Plan(_) => "plan",
        }
    }
}
