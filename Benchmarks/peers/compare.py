"""Leads the rounds: ours, rival, ours, rival ...; started by `run`, which makes what is needed.

Every contestant is a process of its own that answers a line on stdin with the seconds of one evaluation. Only one works
at a time.
"""

import argparse
import csv
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS = [
    "family", "operation", "contestant", "n", "m", "d", "concentration", "threads", "median_ms", "min_ms", "error",
    "ratio_to_ours",
]
# What libraries in C are called here; all others are Python modules of rivals/.
NATIVE = {"openblas-sleef-blocks", "openblas", "sleef"}
# Threads of BLAS and OpenMP libraries spin for some milliseconds after a call, and would take a processor from whoever
# is next.
PAUSE_SECONDS = 0.05
MINIMUM_ROUNDS = 5
PEAK_TOLERANCE = 0.03


class Unavailable(Exception):
    """Why a contestant does not take part."""


class Contestant:
    """A process that takes turns."""

    def __init__(self, name, command, environment, result=None):
        self.name = name
        self.result = result
        self.samples = []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment, cwd=HERE)
        answer = self.process.stdout.readline().strip()
        if not answer.startswith("ready"):
            _, messages = self.process.communicate()
            lines = messages.strip().splitlines()
            reason = answer.removeprefix("skipped: ") or (lines[-1] if lines else "ended without a word")
            raise Unavailable(reason.removeprefix("sphereshift: error: "))
        self.description = answer.removeprefix("ready").strip()

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended: {self.process.stderr.read().strip()}")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait()


class Variant:
    """Another way of a contestant to do the same, which its process takes turns with."""

    def __init__(self, contestant, ending):
        self.name = contestant.name + ending
        self.ending = ending
        self.contestant = contestant
        self.samples = []

    def ask(self, request):
        return self.contestant.ask(request + self.ending)

    def close(self):
        pass


def environment(threads, core):
    """The environment of all contestants: their number of threads, and nothing else from outside that slows one down."""
    variables = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        variables[name] = str(threads)
    if core:
        variables["OPENBLAS_CORETYPE"] = core
    return variables


def blas_core(sets):
    """The kernels that OpenBLAS should use.

    Old versions do not know new processors: on Zen 5, 0.3.21 and the 0.3.31 in NumPy's wheel take Haswell's, a quarter
    slower than SkylakeX's. Haswell's and Zen's differ by less than their noise (Zen 3, 512^3 to 4096 x 16 x 4096).
    """
    return "SkylakeX" if "avx512" in sets else "Haswell" if "avx2" in sets else None


def interleave(contestants, seconds, pause):
    """One sample of each per round, in turning order. The slow leave when they have used up their share."""
    start = time.perf_counter()
    rounds = 0
    used = {contestant.name: 0.0 for contestant in contestants}
    while rounds < MINIMUM_ROUNDS or time.perf_counter() - start < seconds:
        for contestant in contestants if rounds % 2 == 0 else reversed(contestants):
            if rounds > 0 and used[contestant.name] > 4 * seconds:
                continue
            began = time.perf_counter()
            contestant.samples.append(contestant.ask("sample"))
            used[contestant.name] += time.perf_counter() - began
            time.sleep(pause)
        rounds += 1


class Comparison:
    def __init__(self, options):
        self.options = options
        answer = subprocess.run(
            [options.tool, "benchmark", "exp", "-n", "1", "--seconds", "0", "--json"], check=True, text=True,
            capture_output=True)
        self.machine = json.loads(answer.stdout)["machine"]
        self.core = blas_core(self.machine["instruction_sets"])
        self.descriptions = {}
        self.skipped = {}
        self.failures = []

    # MARK: Contestants

    def ours(self, case, folder):
        command = [self.options.tool, "benchmark", case.family, "--operation", case.operation, "-n", str(case.n),
                   "-d", str(case.d), "--threads", str(case.threads), "--turns", str(folder)]
        command += ["-m", str(case.m)] if case.m else []
        command += ["--concentration", str(case.concentration)] if case.concentration else []
        started = Contestant("sphereshift", command, environment(case.threads, None), folder / "result.npy")
        instruction_set, *endings = started.description.split()
        started.name = f"sphereshift-{instruction_set}"
        # Their results are verified by the tool.
        return [started, *(Variant(started, ending) for ending in endings)]

    def rival(self, name, case, folder):
        given = [case.operation, str(folder), str(case.threads), str(case.concentration or 0)]
        variables = environment(case.threads, self.core)
        if name in NATIVE:
            program = self.options.build / "rivals"
            if not program.exists():
                raise Unavailable("OpenBLAS or SLEEF is not installed (apt: libopenblas-dev libsleef-dev)")
            return Contestant(name, [program, *given], variables, folder / "native.npy")
        return Contestant(name, [sys.executable, HERE / "worker.py", name, *given], variables, folder / f"{name}.npy")

    def skip(self, name, case, reason):
        line = f"skipped: {name}: {reason}"
        if self.skipped.setdefault((name, case.family, str(reason)), line) is line:
            print(f"  {line}", flush=True)

    # MARK: Families

    def run(self, case):
        """The rows of one case; contestants whose result is wrong have none."""
        import numpy
        from cases import Truth

        print(case, flush=True)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            contestants = []
            try:
                contestants += self.ours(case, folder)
            except Unavailable as reason:
                self.skip("sphereshift", case, reason)
                case.make_inputs(folder)
            for name in case.rivals:
                try:
                    contestants.append(self.rival(name, case, folder))
                    self.descriptions[f"{name}, {case.family}"] = contestants[-1].description
                except Unavailable as reason:
                    self.skip(name, case, reason)
            truth = Truth(case, folder)
            errors = {}
            for contestant in [each for each in contestants if isinstance(each, Contestant)]:
                error = truth.error(numpy.load(contestant.result))
                errors[contestant.name] = error
                if not error <= truth.limit:
                    self.failures.append(f"{contestant.name} in {case}: error {error:.3g}, allowed is {truth.limit:g}")
                    print(f"  WRONG: {self.failures[-1]}", flush=True)
                    contestants = [each for each in contestants if getattr(each, "contestant", each) is not contestant]
                    contestant.close()
            if contestants:
                interleave(contestants, self.options.seconds, PAUSE_SECONDS if case.threads > 1 else 0)
            for contestant in contestants:
                contestant.close()
        return self.rows(case, contestants, errors)

    def rows(self, case, contestants, errors):
        ours = next((c for c in contestants if c.name.startswith("sphereshift")), None)
        rows = []
        for contestant in contestants:
            median = statistics.median(contestant.samples)
            row = {
                "family": case.family, "operation": case.operation, "contestant": contestant.name, "n": case.n,
                "m": case.m or "", "d": case.d, "concentration": case.concentration or "", "threads": case.threads,
                "median_ms": f"{median * 1e3:.5g}", "min_ms": f"{min(contestant.samples) * 1e3:.5g}",
                "error": f"{errors[contestant.name]:.3g}" if contestant.name in errors else "",
                "ratio_to_ours": f"{median / statistics.median(ours.samples):.4g}" if ours else "",
            }
            rows.append(row)
            print(f"  {contestant.name:24} {row['median_ms']:>9} ms  x {row['ratio_to_ours']:<6} error {row['error']}",
                  flush=True)
        return rows

    def group(self, case):
        """The wall time from points to labels: the whole tool, its start and reading the file included, against fit()."""
        import numpy

        print(case, flush=True)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            case.concentration = None
            step = ["benchmark", "step", "-n", str(case.n), "-d", str(case.d), "--seconds", "0", "--turns", str(folder)]
            Contestant("points", [self.options.tool, *step], environment(1, None)).close()
            contestants = []
            try:
                contestants.append(self.rival("sklearn", case, folder))
                groups = len(set(numpy.load(folder / "sklearn.npy").tolist()))
                self.descriptions["sklearn, group"] = f"{contestants[0].description}, {groups} groups"
            except Unavailable as reason:
                self.skip("sklearn", case, reason)
            ours = Grouping(self.options.tool, folder / "points.npy", case.threads)
            # Minutes against milliseconds: one sample is enough.
            for contestant in [ours, *contestants, ours, ours]:
                contestant.samples.append(contestant.ask("sample"))
            for contestant in contestants:
                contestant.close()
            self.descriptions["sphereshift, group"] = f"automatic concentration, {ours.groups} groups"
        return self.rows(case, [ours, *contestants], {})

    def peak(self):
        """Rows of the multiply-add peak by our loop and by one in C, in GFLOP/s where others have milliseconds."""
        rows = []
        program = self.options.build / "fma_peak"
        for set in self.machine["instruction_sets"]:
            with tempfile.TemporaryDirectory() as folder:
                step = [self.options.tool, "benchmark", "step", "-n", "64", "-d", "4", "--instruction-set", set,
                        "--turns", folder]
                ours = Contestant(f"sphereshift-{set}", step, environment(1, None))
                try:
                    rival = Contestant("c-loop", [program, set], environment(1, None))
                except (Unavailable, OSError) as reason:
                    print(f"  skipped: peak of {set}: {reason}")
                    ours.close()
                    continue
                for _ in range(5 if self.options.quick else 20):
                    for contestant in (ours, rival):
                        contestant.samples.append(contestant.ask("peak"))
                ours.close()
                rival.close()
            # A disturbed sample is only ever too low: the best of each are compared.
            ratio = max(ours.samples) / max(rival.samples)
            agrees = abs(ratio - 1) <= PEAK_TOLERANCE
            print(f"peak of {set}: ours {max(ours.samples):.1f}, C {max(rival.samples):.1f} GFLOP/s, ratio {ratio:.3f}, "
                  + ("agrees" if agrees else f"DIFFERS by more than {PEAK_TOLERANCE:.0%}"), flush=True)
            # Ten milliseconds on a machine that tests something else at the same time are no measurement.
            if not agrees and not self.options.quick:
                self.failures.append(f"peak of {set}: ours is {ratio:.3f} times that of the C loop")
            for contestant, to_ours in ((ours, 1), (rival, 1 / ratio)):
                rows.append({
                    "instruction_set": set, "contestant": contestant.name,
                    "median_gflops": f"{statistics.median(contestant.samples):.5g}",
                    "max_gflops": f"{max(contestant.samples):.5g}", "ratio_to_ours": f"{to_ours:.4g}",
                })
        return rows

    # MARK: Files

    def write(self, family, rows, columns):
        text = io.StringIO()
        for key, value in self.machine.items():
            print(f"# {key}: {' '.join(value) if isinstance(value, list) else value}", file=text)
        print(f"# python: {platform.python_version()}", file=text)
        for note in self.options.note:
            print(f"# {note}", file=text)
        for name, description in self.descriptions.items():
            if name.endswith(f", {family}"):
                print(f"# {name.rsplit(', ', 1)[0]}: {description}", file=text)
        for (_, skipped_family, _), line in self.skipped.items():
            if skipped_family == family:
                print(f"# {line}", file=text)
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.options.output.mkdir(parents=True, exist_ok=True)
        path = self.options.output / f"peers-{family}.csv"
        partial = path.with_suffix(".partial")
        partial.write_text(text.getvalue())
        partial.replace(path)
        print(f"wrote {path}", flush=True)


class Grouping:
    """`sphereshift group` as a contestant that starts anew in every sample."""

    def __init__(self, tool, points, threads):
        self.name = "sphereshift-group"
        self.command = [tool, "group", str(points), "--threads", str(threads), "--json"]
        self.samples = []
        self.groups = None

    def ask(self, request):
        start = time.perf_counter()
        answer = subprocess.run(self.command, check=True, capture_output=True, text=True)
        elapsed = time.perf_counter() - start
        self.groups = json.loads(answer.stdout).get("groups")
        return elapsed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--families", default="peak,step,gradient,cosine,neighbors,exp,product,group")
    parser.add_argument("--threads", default="1,2" if (os.cpu_count() or 1) > 1 else "1")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--note", action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.seconds = 0
    chosen = options.families.split(",")
    comparison = Comparison(options)
    if "peak" in chosen:
        rows = comparison.peak()
        if options.output and rows:
            comparison.write("peak", rows, list(rows[0]))
    try:
        from cases import families
    except ImportError as error:
        print(f"skipped: everything but the peak: NumPy is not installed ({error})")
        families = lambda quick: {}  # noqa: E731
    for family, cases in families(options.quick).items():
        if family not in chosen:
            continue
        rows = []
        for threads in map(int, options.threads.split(",")):
            for case in cases:
                case.threads = threads
                rows += comparison.group(case) if family == "group" else comparison.run(case)
        if options.output:
            comparison.write(family, rows, COLUMNS)
    for failure in comparison.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
