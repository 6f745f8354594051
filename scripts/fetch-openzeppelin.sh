#!/bin/sh
# Puts @openzeppelin/contracts 5.7 under tools/, once. Exit code 3: it cannot be had here.
set -eu

dir=tools/openzeppelin
library=$dir/node_modules/@openzeppelin/contracts

if [ -f "$library/package.json" ]; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "npm is missing, so OpenZeppelin cannot be installed. Install Node.js to see it checked." >&2
    exit 3
fi
mkdir -p "$dir"
# A manifest of its own keeps npm from walking up into other projects.
[ -f "$dir/package.json" ] || echo '{"private": true}' >"$dir/package.json"
if ! npm install --prefix "$dir" --no-audit --no-fund --ignore-scripts --loglevel=error \
    '@openzeppelin/contracts@~5.7.0' >&2; then
    echo "OpenZeppelin could not be installed; is there a network?" >&2
    exit 3
fi
