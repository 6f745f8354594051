#!/bin/sh
# Builds pactward, checks the demo contracts and a real library, and shows one finding.
set -eu
cd "$(dirname "$0")/.."

say() {
    printf '\n==> %s\n' "$*" >&2
}

# Runs a check and stops only when it could not be done: findings are what a demo is for.
check() {
    status=0
    "$pactward" check "$@" || status=$?
    if [ "$status" -gt 1 ]; then
        exit "$status"
    fi
    say "exit code $status: $([ "$status" -eq 0 ] && echo 'nothing at or above the gate' || echo 'findings at or above the gate')"
}

say "1/4 Building (the first time takes some minutes, later seconds)"
sh scripts/require-rust.sh
cargo build --locked
pactward=${CARGO_TARGET_DIR:-target}/debug/pactward

say "2/4 Checking small Solidity, Go and Rust contracts: fixtures/demo"
check --format concise fixtures/demo

say "3/4 Checking a real library: OpenZeppelin contracts 5.7"
if sh scripts/fetch-openzeppelin.sh; then
    check --format concise tools/openzeppelin/node_modules/@openzeppelin/contracts
else
    say "left out"
fi

say "4/4 One finding in full: what is wrong, why, how to mend it, and the path through the code"
check fixtures/demo/solidity/vault

say "Next: $pactward check YOUR-FOLDER, or $pactward explain state-after-call"
