#!/usr/bin/env bash
# Checks ONNX Runtime on a machine with an NVIDIA GPU that has no network, no Java and no CUDA: only the driver.
# usage: src/test/gpu/check.sh prepare FOLDER   where Maven, a JDK and pip are: fills FOLDER with files of at most 50 MB
#        FOLDER/check.sh run                    where the GPU is: prints a table; exit code 1 if a check failed, 2 without GPU
set -euo pipefail

fail() { printf '%s\n' "$@" >&2; exit 2; }

prepare() {
  local folder=$1 project version jar
  [ ! -e "$folder" ] || fail "$folder already exists."
  project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  work=$(mktemp -d "$folder.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cd "$project"

  ls target/resnet-streams-*-bin.tar.gz >/dev/null 2>&1 || mvn -B -q -Dmaven.test.skip package
  mkdir "$work/product"
  tar -xzf target/resnet-streams-*-bin.tar.gz -C "$work/product" --strip-components 1
  rm -rf "$work"/product/lib/macos-* "$work/product/lib/linux-arm64"
  jlink --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.zipfs,jdk.jartool \
    --strip-debug --no-header-files --no-man-pages --compress=2 --output "$work/java"

  version=$(sed -n 's/^ARG ONNXRUNTIME_VERSION=//p' Dockerfile.gpu)
  jar="onnxruntime_gpu-$version.jar"
  mkdir "$work/gpu"
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get -Dtransitive=false \
    -Dartifact="com.microsoft.onnxruntime:onnxruntime_gpu:$version:jar" -Dmaven.repo.local="$work/repository"
  mv "$work/repository/com/microsoft/onnxruntime/onnxruntime_gpu/$version/$jar" "$work/gpu"
  rm -rf "$work/repository"
  echo "$(sed -n 's/^ARG ONNXRUNTIME_SHA256=//p' Dockerfile.gpu)  $work/gpu/$jar" | sha256sum -c --quiet
  zip -q -d "$work/gpu/$jar" 'ai/onnxruntime/native/win-x64/*'
  python3 -m pip download -q --no-cache-dir --no-deps --only-binary :all: --require-hashes --python-version 3.11 \
    --platform manylinux2014_x86_64 --platform manylinux_2_27_x86_64 -d "$work/gpu" -r deploy/cuda-requirements.txt

  java -cp "$work/product/lib/*:$work/product/lib/linux-x86_64/*" src/test/gpu/WriteInputs.java "$work/inputs" \
    "$work/product/models/resnet20-fashion-mnist"
  mv "$work/product/models/resnet20-fashion-mnist" "$work/inputs/resnet20"

  tar -c -C "$work" product java gpu inputs | split -b 50M -a 3 - "$folder/piece-"
  cp "$project/src/test/gpu/check.sh" "$folder/check.sh"
  (cd "$folder" && sha256sum piece-* >SHA256SUMS)
  echo "$folder: $(du -sh "$folder" | cut -f1), $(find "$folder" -name 'piece-*' | wc -l) pieces"
}

unpack() {
  sha256sum -c --quiet SHA256SUMS
  mkdir -p unpacked.partial
  cat piece-* | tar -x -C unpacked.partial
  local archive
  mkdir unpacked.partial/libraries unpacked.partial/archives
  for archive in unpacked.partial/gpu/*; do
    (cd unpacked.partial/archives && ../java/bin/jar -xf "../gpu/$(basename "$archive")")
    rm "$archive"
  done
  find unpacked.partial/archives -name '*.so*' -exec mv {} unpacked.partial/libraries ';'
  rm -r unpacked.partial/archives
  ln -s libcudart.so.12 unpacked.partial/libraries/libcudart.so
  mv unpacked.partial unpacked
}

product() { timeout "${LIMIT:-300}" unpacked/product/bin/resnet-streams "$@"; }

row() { printf '%-44s %-6s %s\n' "$1" "$2" "$3" >>results/table; }

# Prints each file with its first label.
first_labels() {
  awk '/^[^ ].*\([0-9]+×[0-9]+\)$/ { file = $1 } /^  .*%/ && file { $1 = $2 = ""; print file, $0; file = "" }' "$1"
}

# Classifies on the CPU and on the GPU, and compares. arguments: title, model, images, then options for the GPU
compare() {
  local title=$1 model=$2 images=$3 name same all distinct peak start watcher
  name=${title//[^a-z0-9]/-}
  shift 3
  product classify "$images" --model "$model" --engine onnxruntime --set device=cpu >"results/$name.cpu" \
    2>"results/$name.cpu.errors" || true
  watch_memory "results/$name.memory" &
  watcher=$!
  start=$(date +%s%N)
  if product classify "$images" --model "$model" --engine onnxruntime --set device=gpu "$@" >"results/$name.gpu" \
    2>"results/$name.gpu.errors"; then
    start=$((($(date +%s%N) - start) / 1000000))
    stop "$watcher"
    peak=$(sort -n "results/$name.memory" 2>/dev/null | tail -1)
    first_labels "results/$name.cpu" >"results/$name.cpu.labels"
    first_labels "results/$name.gpu" >"results/$name.gpu.labels"
    distinct=$(cut -d ' ' -f 2- "results/$name.cpu.labels" | sort -u | wc -l)
    all=$(wc -l <"results/$name.cpu.labels")
    same=$(comm -12 <(sort "results/$name.cpu.labels") <(sort "results/$name.gpu.labels") | wc -l)
    local verdict=failed
    # A label may differ where two classes are almost as probable.
    if [ "$distinct" -gt 1 ] && [ $((same * 100)) -ge $((all * 95)) ]; then verdict=ok; fi
    row "$title" "$verdict" "$same of $all labels ($distinct different) as on the CPU, $start ms, ${peak:-?} MiB of GPU memory"
  else
    stop "$watcher"
    row "$title" failed "$(tail -1 "results/$name.gpu.errors")"
  fi
}

# Writes the memory in use on the GPUs, every 100 ms.
watch_memory() {
  while nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits; do sleep 0.1; done >"$1" 2>/dev/null
}

stop() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# Runs a command that must fail with one line. arguments: title, part of the line, command
refused() {
  local title=$1 part=$2 line
  shift 2
  if product "$@" >results/refused 2>results/refused.errors; then
    row "$title" failed "was not refused"
  else
    line=$(grep -F -m 1 -e "$part" results/refused.errors || true)
    if [ -n "$line" ]; then row "$title" ok "$line"; else row "$title" failed "$(tail -1 results/refused.errors)"; fi
  fi
}

run() {
  cd "$(dirname "${BASH_SOURCE[0]}")"
  [ -d unpacked ] || unpack
  rm -rf results
  mkdir results
  JAVA_HOME=$PWD/unpacked/java
  ONNXRUNTIME_LIBRARY_PATH=$PWD/unpacked/libraries
  LD_LIBRARY_PATH=$ONNXRUNTIME_LIBRARY_PATH${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  RESNET_STREAMS_CACHE=$PWD/cache
  export JAVA_HOME ONNXRUNTIME_LIBRARY_PATH LD_LIBRARY_PATH RESNET_STREAMS_CACHE
  local inputs=unpacked/inputs samples title
  samples=$inputs/resnet20/samples
  product --version | tee results/version
  if ! product classify "$inputs/images/00.jpg" --model $inputs/resnet20 --engine onnxruntime --set device=gpu \
    >results/first 2>results/first.errors; then
    if grep -q 'no GPU can be used' results/first.errors; then fail "no GPU: $(tail -1 results/first.errors)"; fi
  fi
  for title in resnet20 resnet20-fp16; do compare "$title" "$inputs/$title" "$samples"; done
  for title in resnet50 resnet50-fp16; do compare "$title" "$inputs/$title" "$inputs/images"; done
  compare "resnet50, at most 512 MiB" $inputs/resnet50 $inputs/images --set onnxruntime.maxGpuMemoryBytes=512MiB
  refused "resnet50, at most 64 MiB" "Failed to allocate memory" classify $inputs/images --model $inputs/resnet50 \
    --engine onnxruntime --set device=gpu --set onnxruntime.maxGpuMemoryBytes=64MiB
  if [ -e unpacked/libraries/libnvinfer.so.10 ]; then
    LIMIT=1800 compare "resnet50, TensorRT" $inputs/resnet50 $inputs/images --set onnxruntime.providers=tensorrt,cuda
    compare "resnet50, TensorRT, kept engine" $inputs/resnet50 $inputs/images --set onnxruntime.providers=tensorrt,cuda
  else
    refused "TensorRT is missing" libnvinfer.so.10 classify $inputs/images --model $inputs/resnet50 \
      --engine onnxruntime --set device=gpu --set onnxruntime.providers=tensorrt,cuda
  fi
  if product bench --help | grep -q -e --device; then
    if LIMIT=900 product bench ceiling pipeline --engine onnxruntime --device gpu >results/bench 2>results/bench.errors; then
      row "bench ceiling pipeline" ok "see results/bench"
    else
      row "bench ceiling pipeline" failed "$(tail -1 results/bench.errors)"
    fi
  fi
  cat results/bench 2>/dev/null || true
  nvidia-smi --query-gpu=name,compute_cap,driver_version --format=csv,noheader || true
  cat results/table
  ! grep -q ' failed ' results/table
}

case "${1:-} ${2:-}" in
  "prepare "?*) prepare "$2" ;;
  "run ") run ;;
  *) fail "usage: check.sh prepare FOLDER, or FOLDER/check.sh run" ;;
esac
