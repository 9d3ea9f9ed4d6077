//! ais
