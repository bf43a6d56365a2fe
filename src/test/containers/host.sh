#!/usr/bin/env bash
# Provides what containers share, without a container engine: a separate network and name resolution. Must be started in a
# new mount and network namespace. Resolves the given names until it is stopped.
# usage: host.sh FOLDER NAME...
set -euo pipefail
folder=$1
shift
ip link set lo up
echo "127.0.0.1 localhost $(uname -n)" >"$folder/hosts"
echo "nameserver 127.0.0.1" >"$folder/resolv.conf"
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/resolv.conf" /etc/resolv.conf
addresses=()
for name in "$@"; do addresses+=("--address=/$name/127.0.0.1"); done
exec dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user=root --no-resolv --no-hosts \
  --interface=lo --bind-interfaces "${addresses[@]}"
