#!/usr/bin/env bash
# Runs the pipeline and a Java loop with ONNX Runtime in turn, in fp32 and int8, and a Python loop with PyTorch in fp32 (Debian's
# PyTorch has no kernels for int8), with the same ResNet-50, photographs and broker. Prints each round, then a table: medians,
# ratios, peak resident memory, and what each program does with a file that is no image and with a JPEG cut in half.
# usage: src/test/bench/side-by-side.sh PHOTOS [ROUNDS [SECONDS]]     (default 3 and 25, after a warm-up of 8)
# Let nothing else run. CANDIDATES="ours-fp32 java-fp32" runs only some. Needs Debian's python3-confluent-kafka, and
# for the Python loop python3-torch, python3-torchvision, python3-pil.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
photos=$1 rounds=${2:-3} seconds=${3:-25} warm_up=8
candidates=${CANDIDATES:-ours-fp32 ours-int8 java-fp32 java-int8 python-fp32}
peer=("${PYTHON:-/usr/bin/python3}" src/test/bench/peers/python_peer.py)
bootstrap=localhost:19092
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
median() { sort -n | sed -n "$((($1 + 1) / 2))p"; }
ours() { ./resnet-streams "$@" >>"$folder/commands.log" 2>&1; }

"${PYTHON:-/usr/bin/python3}" src/test/bench/pod_weights.py resnet50 "$folder/resnet50.safetensors"
seq 0 999 >"$folder/synset.txt"
ours model import "$folder/resnet50.safetensors" --architecture resnet50 --synset "$folder/synset.txt" --out "$folder/fp32"
ours model export "$folder/fp32" --input pixels --out "$folder/fp32.onnx"
case "$candidates" in *int8*)
  # The weights are arbitrary, so that labels agree by chance. The Java loop gets the same network.
  "${peer[@]}" variants "$photos" "$folder/variants"
  ours model optimize --model "$folder/fp32" --engine onnxruntime --data "$folder/variants" --min-agreement 0.001 \
    --out "$folder/int8"
  ours model export "$folder/int8" --input pixels --out "$folder/int8.onnx" ;;
esac
./resnet-streams broker --port 19092 --data "$folder/broker" >"$folder/broker.log" 2>&1 &
broker=$!
until ours topics --bootstrap $bootstrap; do kill -0 $broker; done
# Another broker on the same port would have answered.
kill -0 $broker || { cat "$folder/broker.log" >&2; exit 1; }
ours produce "$photos" --repeat 60 --bootstrap $bootstrap

# Sets the array "program" to a candidate's command for an input and a labels topic.
command_of() {
  local model="$folder/${1#*-}" keys=(--bootstrap $bootstrap --set "topics.input=$2" --set "topics.labels=$3" \
    --set "topics.deadLetters=$3-dlq" --set "applicationId=$3")
  case "$1" in
    ours-*) ours topics "${keys[@]}"; program=(./resnet-streams run --model "$model" "${keys[@]}") ;;
    *) ours topics --bootstrap $bootstrap --set "topics.input=$2" --set "topics.labels=$3" ;;&
    java-*) program=(java -cp 'target/lib/*' src/test/bench/peers/JavaPeer.java $bootstrap "$2" "$3" "$model.onnx") ;;
    python-fp32) program=("${peer[@]}" serve $bootstrap "$2" "$3" "$folder/resnet50.safetensors") ;;
  esac
}

# What the launcher sets for the pipeline helps the Python loop as well.
export MALLOC_MMAP_THRESHOLD_=2147483648 MALLOC_TRIM_THRESHOLD_=4294967296
for ((round = 1; round <= rounds; round++)); do
  for candidate in $candidates; do
    labels="$candidate-$round"
    command_of "$candidate" image-events "$labels"
    # Not a function, since killing its shell would leave the program running during the next round.
    "${program[@]}" >"$folder/$labels.log" 2>&1 &
    process=$!
    rate=$("${peer[@]}" count $bootstrap "$labels" $warm_up "$seconds")
    memory=$(awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$process/status")
    kill $process; wait $process || true
    echo "round $round: $candidate $rate images/s, $memory MB"
    echo "$rate" >>"$folder/$candidate.rates"
    echo "$memory" >>"$folder/$candidate.memory"
  done
done

# Each program gets a bad file between two good ones, and has 20 seconds.
good=$(find "$photos" -iname '*.jp*g' | sort | sed -n 1,2p)
mkdir "$folder/no-image" "$folder/half"
head -c 20000 /dev/urandom >"$folder/no-image/2.jpg"
head -c "$(($(wc -c <"$(sed -n 1p <<<"$good")") / 2))" "$(sed -n 1p <<<"$good")" >"$folder/half/2.jpg"
for kind in no-image half; do
  cp "$(sed -n 1p <<<"$good")" "$folder/$kind/1.jpg"
  cp "$(sed -n 2p <<<"$good")" "$folder/$kind/3.jpg"
  ours topics --bootstrap $bootstrap --set "topics.input=$kind" --set topics.partitions=1
  ours produce "$folder/$kind" --bootstrap $bootstrap --topic "$kind"
done
outcome() {
  local labels="$1-$2"
  command_of "$1" "$2" "$labels"
  "${program[@]}" >"$folder/$labels.log" 2>&1 &
  local process=$! number letters=0 state="runs on"
  number=$("${peer[@]}" total $bootstrap "$labels" 3 20)
  case "$1" in ours-*) letters=$("${peer[@]}" total $bootstrap "$labels-dlq" 1 5) ;; esac
  kill $process 2>/dev/null || state="has exited"
  wait $process || true
  echo "$number labels, $letters dead letters, $state"
}

fastest=0
for candidate in $candidates; do
  rate=$(median "$rounds" <"$folder/$candidate.rates")
  case "$candidate" in ours-* | *-int8) ;; *) fastest=$(printf '%s\n%s\n' "$fastest" "$rate" | sort -n | tail -1) ;; esac
done
echo "| program | images/s, median | to the fastest loop in fp32 | peak memory, MB | no image among two | half a JPEG among two |"
echo "| --- | --- | --- | --- | --- | --- |"
for candidate in $candidates; do
  rate=$(median "$rounds" <"$folder/$candidate.rates")
  ratio=$(awk -v a="$rate" -v b="$fastest" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }')
  echo "| $candidate | $rate | $ratio | $(median "$rounds" <"$folder/$candidate.memory") |" \
    "$(outcome "$candidate" no-image) | $(outcome "$candidate" half) |"
done
