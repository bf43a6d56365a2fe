#!/usr/bin/env bash
# What containers share, without an engine: a network of their own and names. Started in a new mount and network name space;
# answers for the names given until it is ended.
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
