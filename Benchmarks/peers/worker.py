#!/usr/bin/env python3
"""One rival in a process of its own, timed sample by sample on demand.

usage: worker.py CONTESTANT OPERATION FOLDER THREADS CONCENTRATION

Reads FOLDER/points.npy (and targets.npy), writes the result to FOLDER/CONTESTANT.npy, says "ready DESCRIPTION" and
answers every line on stdin with the seconds of one evaluation: the mean of as many calls as last a millisecond, after one
call that warms up. A contestant that cannot take part says "skipped: WHY".
"""

import importlib
import sys
import time
from pathlib import Path

SAMPLE_SECONDS = 1e-3
# A call that takes longer than this warms up by itself.
WARM_UP_SECONDS = 0.1


class Skipped(Exception):
    """Why a contestant does not take part."""


class Rival:
    """What a module of rivals/ gives back.

    run() evaluates once and returns what finish(output) turns into the array that is compared, outside the time.
    """

    def __init__(self, description, run, finish=None):
        self.description = description
        self.run = run
        self.finish = finish or (lambda output: output)


class Input:
    """The operands of an operation."""

    def __init__(self, folder, threads, concentration):
        import numpy

        self.points = numpy.load(folder / "points.npy")
        targets = folder / "targets.npy"
        self.targets = numpy.load(targets) if targets.exists() else None
        self.threads = threads
        self.concentration = concentration


def seconds(run, calls=1):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def main():
    contestant, operation, folder, threads, concentration = sys.argv[1:]
    folder = Path(folder)
    library = contestant.split("-")[0]
    try:
        module = importlib.import_module(f"rivals.{library}_rivals")
        rival = module.rival(contestant, operation, Input(folder, int(threads), float(concentration)))
    except ImportError as error:
        print(f"skipped: {library} is not installed ({error})", flush=True)
        return
    except Skipped as reason:
        print(f"skipped: {reason}", flush=True)
        return

    import numpy

    numpy.save(folder / f"{contestant}.npy", numpy.asarray(rival.finish(rival.run())))
    warm = seconds(rival.run) if operation != "group" else WARM_UP_SECONDS
    calls = max(1, round(SAMPLE_SECONDS / warm + 0.5))
    print(f"ready {rival.description}", flush=True)
    for _ in sys.stdin:
        if warm < WARM_UP_SECONDS:
            rival.run()
        print(repr(seconds(rival.run, calls)), flush=True)


if __name__ == "__main__":
    # The modules of rivals/ import Rival and Skipped from here, not from a second copy under another name.
    sys.modules["worker"] = sys.modules["__main__"]
    main()
