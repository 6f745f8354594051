#![no_main]

use libfuzzer_sys::fuzz_target;
use pactward_fuzz::round_trip;

fuzz_target!(|text: &str| {
    for function in pactward_ir::parse_functions(text).unwrap_or_default() {
        round_trip(&function);
        let _ = pactward_ir::verify(&function);
    }
    let _ = pactward_ir::parse_unit(text);
});
