#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bitacora_fuzz::containers::events_csv(bytes));
