#!/usr/bin/env bash
# Compares the pipeline with the offline evaluation, alternating, on the same images. Prints each round and the ratio of the
# medians.
# usage: src/test/bench/demo-vs-evaluate.sh [ROUNDS]     (default 5)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
rounds=${1:-5}
rate() { grep -o '"imagesPerSecond":[0-9.]*' | cut -d: -f2; }
median() { printf '%s\n' "$@" | sort -n | sed -n "$(($# / 2 + 1))p"; }
samples=models/resnet20-fashion-mnist/samples
demos=() evaluations=()
for ((round = 1; round <= rounds; round++)); do
  evaluation=$(./resnet-streams model evaluate --data "$samples" --repeat 25 --json 2>/dev/null | rate)
  demo=$(./resnet-streams demo --repeat 25 --json 2>/dev/null | rate)
  echo "round $round: evaluate $evaluation images/s, demo $demo images/s"
  evaluations+=("$evaluation") demos+=("$demo")
done
e=$(median "${evaluations[@]}") d=$(median "${demos[@]}")
awk -v d="$d" -v e="$e" 'BEGIN { printf "medians: evaluate %s, demo %s, ratio %.3f\n", e, d, d / e }'
