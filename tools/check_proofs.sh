#!/usr/bin/env bash
# Proves for all requests, with cedar-policy-symcc and the solver cvc5, what crates/policy/examples/dump_claims claims of every
# template of a clause, every suspension and every amendment; and has altered sets caught. With arguments, of the agreement
# files named as well:
#   tools/check_proofs.sh DATA/colombia/agreements/CO-US-MAR.json
# Needs cvc5: on the PATH (Debian package cvc5), or named by the variable CVC5. The solver and the prover are checks alone:
# nothing of them is in the product. The prover is compiled once, into the target folder.
set -euo pipefail
files=()
for file in "$@"; do files+=("$(realpath "$file")"); done
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
command -v "${CVC5:-cvc5}" >/dev/null || { echo "no cvc5: install the Debian package cvc5" >&2; exit 2; }

cargo build --quiet --release --locked -p bitacora-policy --example dump_claims
started=$SECONDS
# A folder of its own: with the workspace's it would share no artefact, since Cedar has other features here.
CARGO_TARGET_DIR=$target/proofs cargo build --quiet --locked --manifest-path tools/proofs/Cargo.toml
echo "the prover is compiled, in $((SECONDS - started)) s"
"$target/release/examples/dump_claims" "${files[@]}" | "$target/proofs/debug/bitacora-proofs"
