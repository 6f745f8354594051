#!/bin/sh
# Stops with a helpful message unless a Rust toolchain of the needed version is there.
set -eu

needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

if ! command -v cargo >/dev/null 2>&1 || ! command -v rustc >/dev/null 2>&1; then
    echo "Rust is missing. Install Rust $needed or newer with rustup, then run this again." >&2
    exit 2
fi

found=$(rustc --version | cut -d ' ' -f 2 | cut -d - -f 1)
oldest=$(printf '%s\n%s\n' "$needed" "$found" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)
if [ "$oldest" != "$needed" ]; then
    echo "Rust $found is too old: $needed or newer is needed. Run: rustup update stable" >&2
    exit 2
fi

if ! command -v cc >/dev/null 2>&1; then
    echo "A C compiler is missing (the grammars are C). Install gcc or clang, then run this again." >&2
    exit 2
fi
