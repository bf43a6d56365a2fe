#!/usr/bin/env bash
# Compares one backfill process with the offline evaluation, alternating, on the same images. Prints each round and the
# ratio of the medians.
# usage: src/test/bench/backfill-vs-evaluate.sh [ROUNDS]     (default 3)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
rounds=${1:-3}
samples=models/resnet20-fashion-mnist/samples
work=$(mktemp -d)
# shellcheck disable=SC2064  # Expands the folder now, not when the trap runs.
trap 'kill "${pid:-}" 2>/dev/null || true; wait; rm -rf "'"$work"'"' EXIT
rate() { grep -o '"imagesPerSecond":[0-9.]*' | cut -d: -f2; }
median() { printf '%s\n' "$@" | sort -n | sed -n "$(($# / 2 + 1))p"; }

./resnet-streams broker --data "$work/broker" --port 0 >"$work/broker.log" 2>&1 & pid=$!
until grep -q ready "$work/broker.log"; do sleep 0.5; done
broker=(--bootstrap "$(head -1 "$work/broker.log")")
./resnet-streams topics "${broker[@]}" >/dev/null
./resnet-streams produce "$samples" --repeat 25 "${broker[@]}" >/dev/null
evaluations=() backfills=()
for ((round = 1; round <= rounds; round++)); do
  evaluation=$(./resnet-streams model evaluate --data "$samples" --repeat 25 --json 2>/dev/null | rate)
  backfill=$(./resnet-streams backfill --from beginning --to now --output "new-$round" --run "round-$round" --json \
    "${broker[@]}" 2>/dev/null | rate)
  echo "round $round: evaluate $evaluation images/s, backfill $backfill images/s"
  evaluations+=("$evaluation") backfills+=("$backfill")
done
e=$(median "${evaluations[@]}") b=$(median "${backfills[@]}")
awk -v b="$b" -v e="$e" 'BEGIN { printf "medians: evaluate %s, backfill %s, ratio %.3f\n", e, b, b / e }'
