#!/usr/bin/env bash
# Measures live latency at 30 % of the network's capacity, without and with a concurrent backfill that yields. Prints p50
# and p99.
# usage: src/test/bench/backfill-beside-live.sh [SECONDS [THOUSANDS]]     (default: 60 s each, 100,000 events to relabel)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
seconds=${1:-60}
thousands=${2:-100}
samples=models/resnet20-fashion-mnist/samples
work=$(mktemp -d)
pids=()
# shellcheck disable=SC2064  # Expands the folder now, not when the trap runs.
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "'"$work"'"' EXIT
field() { grep -o "\"$1\":[0-9.]*" | cut -d: -f2; }

capacity=$(./resnet-streams model evaluate --data "$samples" --repeat 10 --json 2>/dev/null | field imagesPerSecond)
rate=$(awk -v c="$capacity" 'BEGIN { print int(c * 0.3) }')
repeat=$(awk -v r="$rate" -v s="$seconds" 'BEGIN { print int(r * s / 1000) + 1 }')
echo "the network processes $capacity images/s; live gets $rate events/s, $((repeat * 1000)) in all"

./resnet-streams broker --data "$work/broker" --port 0 >"$work/broker.log" 2>&1 & pids+=($!)
until grep -q ready "$work/broker.log"; do sleep 0.5; done
broker=(--bootstrap "$(head -1 "$work/broker.log")")
./resnet-streams topics "${broker[@]}" >/dev/null
./resnet-streams run "${broker[@]}" >"$work/run.log" 2>&1 & pids+=($!)
until grep -q -- '-> RUNNING' "$work/run.log"; do sleep 0.5; done
./resnet-streams produce "$samples" --repeat "$thousands" "${broker[@]}" >/dev/null   # The events to relabel; also a warm-up.
until ./resnet-streams check "${broker[@]}" >/dev/null; do sleep 1; done

round() {  # NAME: sends at the rate and prints the percentiles of the latencies, in seconds
  ./resnet-streams labels --count $((repeat * 1000)) "${broker[@]}" >"$work/$1.labels" 2>/dev/null & local reader=$!
  until [ -s "$work/$1.labels" ]; do sleep 0.5; done
  ./resnet-streams produce "$samples" --repeat "$repeat" --rate "$rate" "${broker[@]}" >/dev/null
  wait "$reader"
  grep -o '[0-9.]* s$' "$work/$1.labels" | cut -d' ' -f1 | sort -n | awk -v name="$1" '
    { v[NR] = $1 } END { printf "%s: p50 %.2f s, p99 %.2f s of %d\n", name, v[int(NR * 0.5)], v[int(NR * 0.99)], NR }'
}

round alone
./resnet-streams backfill --from beginning --to $((thousands * 160)) --output relabelled --run beside --yield-to-live --json "${broker[@]}" \
  >"$work/backfill.json" 2>"$work/backfill.log" & backfill=$!; pids+=("$backfill")
until grep -q -- '-> RUNNING' "$work/backfill.log"; do sleep 0.5; done
round beside
wait "$backfill" && echo "the backfill finished: $(field labels <"$work/backfill.json") labels, $(field imagesPerSecond <"$work/backfill.json") images/s"
