#![no_main]

use libfuzzer_sys::fuzz_target;
use pactward_base::Language;
use pactward_fuzz::front_end;

fuzz_target!(|bytes: &[u8]| {
    front_end!(bytes, Language::Solidity, "f.sol", pactward_solidity);
});
