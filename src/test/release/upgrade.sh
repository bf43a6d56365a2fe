#!/usr/bin/env bash
# Builds an older commit. UpgradeIT then replaces its instances with instances of this tree while events flow, and rolls one
# back.
# usage: src/test/release/upgrade.sh COMMIT     (in a tree in which 'mvn -Dquick -Dmaven.test.skip package' works)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
commit=$(git rev-parse --verify "${1:?usage: upgrade.sh COMMIT}^{commit}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone -q --no-checkout . "$folder/before"
git -C "$folder/before" checkout -q "$commit"
(cd "$folder/before" && mvn -B -q -Dquick -Dmaven.test.skip package)
mvn -B -q -Pfull -Dquick -Dupgrade.from="$folder/before" -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=UpgradeIT verify
grep -h -A1 'Tests run' target/failsafe-reports/*UpgradeIT.txt
echo "from $(git rev-parse --short "$commit") to $(git rev-parse --short HEAD): nothing lost, duplicated or out of order"
