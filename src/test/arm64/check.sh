#!/usr/bin/env bash
# Runs the distribution in QEMU as on Linux on arm64, with Debian's Java, and compares its labels with those of this machine.
# usage: src/test/arm64/check.sh [IMAGES]   (after 'mvn package', on Debian on x86_64 with the package qemu-user; a minute)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
images=${1:-20}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Packages for arm64, without changing this machine's package lists.
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/debs" "$folder/arm64"
: >"$folder/apt/status"
apt=(-q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Dir::Cache="$folder/apt/cache"
  -o Dir::State="$folder/apt" -o Dir::State::lists="$folder/apt/lists" -o Dir::State::status="$folder/apt/status")
apt-get "${apt[@]}" update >"$folder/apt.log" 2>&1 || { cat "$folder/apt.log" >&2; exit 1; }
(cd "$folder/debs" && apt-get "${apt[@]}" download openjdk-17-jre-headless libc6 libstdc++6 libgcc-s1 zlib1g liblcms2-2 \
  libjpeg62-turbo libharfbuzz0b libfreetype6 libpng16-16 libglib2.0-0 libgraphite2-3 libpcre2-8-0 libbrotli1 >/dev/null)
for package in "$folder"/debs/*.deb; do dpkg -x "$package" "$folder/arm64"; done

# ONNX Runtime reads the processor's features from these files and crashes if they describe an x86_64 processor.
mkdir -p "$folder/arm64/proc" "$folder/arm64/sys/devices/system/cpu"
printf '%s\n' 'processor : 0' 'Features : fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid' 'CPU implementer : 0x41' \
  'CPU architecture: 8' 'CPU variant : 0x0' 'CPU part : 0xd08' 'CPU revision : 3' | sed 's/ :/\t:/' \
  >"$folder/arm64/proc/cpuinfo"
echo 0 | tee "$folder/arm64/sys/devices/system/cpu/possible" >"$folder/arm64/sys/devices/system/cpu/present"

mkdir "$folder/product"
tar -xzf target/resnet-streams-*-bin.tar.gz -C "$folder/product" --strip-components 1
product=$folder/product
sample=$product/models/resnet20-fashion-mnist/samples
find "$sample" -name '*.png' | sort | sed -n "1,${images}p" >"$folder/files"

classify() {
  local libraries=$1
  shift
  "$@" -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx512m -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 \
    -DDJL_CACHE_DIR="$folder/$libraries" -Dorg.bytedeco.javacpp.cachedir="$folder/$libraries" \
    -cp "$product/lib/*:$product/lib/$libraries/*" io.resnetstreams.cli.Main \
    classify --files-from "$folder/files" --model "$product/models/resnet20-fashion-mnist" --engine onnxruntime
}

classify linux-x86_64 "${JAVA_HOME:+$JAVA_HOME/bin/}java" >"$folder/expected"
SECONDS=0
classify linux-arm64 qemu-aarch64 -cpu cortex-a72 -L "$folder/arm64" \
  "$folder/arm64/usr/lib/jvm/java-17-openjdk-arm64/bin/java" >"$folder/found"
# The last digit of a percentage may differ.
first_labels() { grep -A 1 '^[^ ].*\.png' "$1" | sed 's/ *[0-9.]*%/ /'; }
diff <(first_labels "$folder/expected") <(first_labels "$folder/found")
grep -c '^[^ ].*\.png' "$folder/found" | sed "s/\$/ images have the same labels on arm64 as on x86_64, in $SECONDS s/"
