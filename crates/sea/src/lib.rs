//! From contacts to tracks to behaviour events. Pure: the same reports in the same order give the same events.

pub mod contacts;
