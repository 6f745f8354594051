#!/bin/sh
# Everything that has to hold before a change goes in.
set -eu
cd "$(dirname "$0")/.."

say() {
    printf '\n==> %s\n' "$*" >&2
}

sh scripts/require-rust.sh

say "Formatting"
cargo fmt --all --check

say "Lints"
cargo clippy --locked --workspace --all-targets -- -D warnings

if sh scripts/fetch-openzeppelin.sh; then
    PACTWARD_OPENZEPPELIN=$PWD/tools/openzeppelin/node_modules/@openzeppelin/contracts
    export PACTWARD_OPENZEPPELIN
fi

say "Tests (generated documentation is compared with the rules by one of them)"
cargo test --locked --workspace
