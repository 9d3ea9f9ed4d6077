//! Containers: their journeys and the rules that screen them, the inspection game, and draws that nobody can predict,
//! steer or deny. Pure: the same inputs give the same alerts, plans and picks on every machine.

pub mod draw;
pub mod game;
pub mod inspection;
pub mod record;
pub mod screening;
pub mod targeting;
