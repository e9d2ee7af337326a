#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""calls.py CALLS NONE_DESTROY NOOP_DESTROY: what our hook costs in the daemon, call by call, compared with a hook that does nothing.

What that one costs is half of the difference that it makes to `virsh destroy`, which makes two calls: most of it is the daemon's own fork. What ours
costs more is measured around each call. The intervals have the median of the paired differences with at least 95 % certainty."""
import math
import statistics
import sys

OPERATIONS = ("prepare", "start", "started", "stopped", "release")
GOALS = {"prepare": 2.0}


def interval(values):
    """Median and bounds by the sign test's ranks, rounded outwards."""
    values = sorted(values)
    skip = max(1, int((len(values) - 1.96 * math.sqrt(len(values))) / 2))
    return statistics.median(values), values[skip - 1], values[-skip]


def read(path):
    with open(path, encoding="ascii") as file:
        return [line.split() for line in file]


def main():
    calls = {}
    for kind, operation, wall, cpu in read(sys.argv[1]):
        calls.setdefault((kind, operation), []).append((int(wall), int(cpu)))
    destroys = [[int(line[0]) for line in read(path)] for path in sys.argv[2:4]]
    base = interval([(noop - none) / 2 for none, noop in zip(*destroys)])
    print("a call of a hook that does nothing, in the daemon: %.2f ms, %.2f to %.2f" % tuple(value / 1000 for value in base))
    print("%-10s %10s %22s %22s %7s %5s  %s" % ("our calls", "processor", "more of it than no-op", "more wall clock", "ratio", "goal", "met"))
    for operation in OPERATIONS:
        pairs = list(zip(calls["noop", operation], calls["ours", operation]))
        cpu = interval([ours[1] - noop[1] for noop, ours in pairs])
        wall = interval([ours[0] - noop[0] for noop, ours in pairs])
        # The bounds that are worst for us and best for us; base[1] is not positive where the machine was too busy.
        goal = GOALS.get(operation, 1.15)
        high = 1 + wall[2] / base[1] if base[1] > 0 else math.inf
        low = 1 + wall[1] / base[2] if base[2] > 0 else 0
        met = "yes" if high <= goal else "no" if low > goal else "not known"
        print("%-10s %7.2f ms %6.2f, %5.2f to %5.2f %7.2f, %5.2f to %5.2f %7.2f %5.2f  %s" % (
            operation, statistics.median(ours[1] for _, ours in pairs) / 1000, *(value / 1000 for value in cpu + wall),
            1 + wall[0] / base[0] if base[0] > 0 else math.inf, goal, met))


main()
