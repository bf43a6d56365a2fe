#!/usr/bin/env bash
# Measures the cost of open pages: in one running demo, periods with PAGES open pages alternate with periods without. The
# script reads a page as a browser does: the events, and each picture they name. It does not measure rendering.
# usage: src/test/bench/page-open.sh [ROUNDS] [SECONDS] [PAGES]     (default: 10 rounds of 2 × 20 s, 1 page)
#        ADDRESS=http://127.0.0.1:PORT PID=N measures an instance that is already running under load.
# On a busy machine the ratio is not reliable. On Linux the script also prints the processor time of the threads that serve
# the page, as a share of the instance's processor time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
rounds=${1:-10} seconds=${2:-20} pages=${3:-1}
address=${ADDRESS:-} demo=${PID:-}
if [ -z "$address" ]; then
  log=$(mktemp)
  ./resnet-streams demo --repeat 100000 >"$log" 2>&1 &
  demo=$!
  trap 'kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null; rm -f "$log"' EXIT
  until address=$(grep -o 'http://[^/]*' "$log" | head -1) && [ -n "$address" ]; do
    kill -0 "$demo" || { cat "$log" >&2; exit 1; }
    sleep 1
  done
  sleep 30
fi
python3 - "$address" "$rounds" "$seconds" "$pages" "$demo" <<'PYTHON'
import glob, json, statistics, sys, threading, time, urllib.request
address, rounds, seconds, pages = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
process = sys.argv[5]
SERVING = ('page', 'web-', 'HTTP-Dispatcher', 'backfill-watch')

def ticks():
    """Returns the processor time of the threads that serve pages, and of all threads."""
    serving = total = 0
    for path in glob.glob(f'/proc/{process}/task/*/stat') if process else []:
        try:
            stat = open(path).read()
        except OSError:
            continue  # the thread has exited
        name, fields = stat[stat.index('(') + 1:stat.rindex(')')], stat[stat.rindex(')') + 2:].split()
        total += int(fields[11]) + int(fields[12])
        serving += (int(fields[11]) + int(fields[12])) * name.startswith(SERVING)
    return serving, total

def labels():
    text = urllib.request.urlopen(address + '/metrics', timeout=60).read().decode()
    return next(float(line.split()[-1]) for line in text.splitlines()
                if line.startswith('resnet_streams_events_total{outcome="label"}'))

def page(end, read):
    instance = None
    with urllib.request.urlopen(address + '/events', timeout=60) as events:
        for line in events:
            if line.startswith(b'data: '):
                news = json.loads(line[6:])
                instance = news.get('instance', instance)
                for label in news['labels']:
                    if label['picture']:
                        try:
                            urllib.request.urlopen(f"{address}/pictures/{label['number']}-{instance}", timeout=60).read()
                            read.append(1)
                        except urllib.error.HTTPError:
                            pass  # the picture has been evicted
            if time.time() > end:
                return

def rate(open_pages):
    read, start, before = [], time.time(), labels()
    threads = [threading.Thread(target=page, args=(start + seconds, read)) for _ in range(open_pages)]
    for thread in threads:
        thread.start()
    time.sleep(max(0, start + seconds - time.time()))
    # Each value is read with its own clock, so a late response does not increase a rate.
    done, took = labels() - before, time.time() - start
    for thread in threads:
        thread.join()
    return done / took, len(read)

ratios, closed, spent = [], [], {'open': [0, 0], 'closed': [0, 0]}
for number in range(1, rounds + 1):
    # Alternates which comes first, so that drift favours neither.
    pair = {}
    for kind in ('closed', 'open') if number % 2 else ('open', 'closed'):
        before = ticks()
        pair[kind] = rate(pages if kind == 'open' else 0)
        spent[kind] = [sum + after - then for sum, after, then in zip(spent[kind], ticks(), before)]
    ratios.append(pair['open'][0] / pair['closed'][0])
    closed.append(pair['closed'][0])
    print(f"round {number}: closed {pair['closed'][0]:,.0f} images/s, open {pair['open'][0]:,.0f} images/s "
          f"({pair['open'][1]} pictures read), ratio {ratios[-1]:.3f}", flush=True)
print(f"median ratio {statistics.median(ratios):.3f}, from {min(ratios):.3f} to {max(ratios):.3f}; "
      f"closed only: from {min(closed):,.0f} to {max(closed):,.0f} images/s")
if spent['open'][1]:
    for kind, (serving, total) in spent.items():
        print(f"{kind}: the threads that serve pages took {10 * serving / rounds / seconds:.1f} ms per second, "
              f"{100 * serving / total:.2f} % of the instance's processor time")
PYTHON
