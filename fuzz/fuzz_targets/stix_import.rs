#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bitacora_fuzz::stix::stix_import(bytes));
