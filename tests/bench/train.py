"""Our trainer against the same training as a Python loop (torch_loop.py): images per second, each side at its own
best number of threads, both with the data in memory. The sides take turns, and every figure is a median of rounds,
so that a machine's other work meets all of them. First both must compute the same losses from the same weights,
batches and noise. Prints a table, writes build/bench/training.json, and exits with 1 where a limit is not kept.
   train.py BUILD DATA [--pip BUILD] [--rounds N] [--only MODEL]   BUILD: where train_bench and native_train are, with
   Debian's LibTorch and with pip's; each is held against the same PyTorch in Python"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import report

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
VENV = os.path.join(ROOT, "build/venv/bin/python")
BATCH = {"mlp": 128, "tf-conv": 64, "resnet": 256}
# What makes both sides compute the same: each draws its own masks and pixels. Flags of native_train, and of torch_loop.py.
DRAWN_ALIKE = {"mlp": ((), ()), "tf-conv": (("--dropout", "0"), ("--dropout", "0")),
               "resnet": (("--pixels", "gray", "--schedule", "constant"), ("--gray",))}
LIMIT = {"mlp": 2.0, "tf-conv": 1.3, "resnet": 0}  # times the images per second of the eager loop; 0: none


class Contestant:
    """A process that is ready to train; `threads` are LibTorch's and the BLAS'."""

    def __init__(self, name, command, threads):
        self.name = "%s, %d/%d threads" % (name, *threads)
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads[0]), MKL_NUM_THREADS=str(threads[1]),
                           OPENBLAS_NUM_THREADS=str(threads[1]))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        self.rates = []
        assert json.loads(self.process.stdout.readline()) == "ready", name

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def rate(self):
        return statistics.median(self.rates)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


DEBIAN, PIP = "Debian's", "pip's"


def has_torch(python):
    return os.path.exists(python) and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def ours(o, model, torch):
    """The trainer with this LibTorch, on one and on two threads."""
    program = (o.build if torch == DEBIAN else o.pip) + "/train_bench"
    if not os.path.exists(program):
        return []
    return [Contestant("native, %s LibTorch" % torch, [program, "--preset", model, "--data", o.data, "--threads",
                                                       str(threads)], (threads, threads)) for threads in (1, 2)]


def loops(o, model, torch, flags=()):
    """The Python loop under this PyTorch, at every setting of its threads that differs."""
    python = "/usr/bin/python3" if torch == DEBIAN else VENV
    if not has_torch(python):
        return []
    # MKL, which pip's is made with, takes PyTorch's number; OpenBLAS has one of its own.
    settings = [(1, 1), (2, 2)] if torch == PIP else [(1, 1), (1, 2), (2, 1), (2, 2)]
    return [Contestant("%s PyTorch%s" % (torch, " compiled" if flags else ""),
                       [python, HERE + "/torch_loop.py", model, o.data, *flags], threads) for threads in settings]


def race(contestants, model, o):
    """Rounds of steps; whoever is eight times slower than the best in the first one is out."""
    for c in contestants:
        c.ask("steps 2")  # memory is allocated, torch.compile compiles
    for number in range(o.rounds):
        for c in contestants:
            if number > 0 and c.rates[0] < max(other.rates[0] for other in contestants) / 8:
                continue
            c.rates.append(o.steps[model] * BATCH[model] / c.ask("steps %d" % o.steps[model]))
    for c in contestants:
        print("  %-42s %8.0f images/s (%d rounds)" % (c.name, c.rate(), len(c.rates)), flush=True)


def paired(a, b):
    """The median of a's rate over b's, round by round."""
    return statistics.median(x / y for x, y in zip(a.rates, b.rates))


def same_losses(o, model):
    """The largest relative difference between the losses of both sides over three steps."""
    with tempfile.TemporaryDirectory() as folder:
        flags, loop_flags = DRAWN_ALIKE[model]
        command = [o.build + "/train_bench", "--preset", model, "--data", o.data, *flags]
        native = Contestant("native", command, (1, 1))
        python = VENV if has_torch(VENV) else "/usr/bin/python3"
        loop = Contestant("Python", [python, HERE + "/torch_loop.py", model, o.data, *loop_flags], (1, 1))
        expected = native.ask("record 3 %s/record" % folder)
        losses = loop.ask("check %s/record" % folder)
        native.end(), loop.end()
        return max(abs(a - b) / abs(b) for a, b in zip(losses, expected))


def start_and_memory(o):
    """Seconds from the start of native_train to its first step, and its peak of memory over an epoch in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [o.build + "/native_train", "--data", o.data, "--out", folder + "/w.bin", "--log-every", "1",
                   "--train-images", "6400", "--epochs", "1"]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first = next(time.perf_counter() - start for line in process.stdout if line.startswith("Step"))
        process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0
        return first, usage.ru_maxrss / 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("data")
    parser.add_argument("--pip", default="build/bench/pip", help="the build with pip's LibTorch, left out where it is not")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--mlp-steps", type=int, default=50)
    parser.add_argument("--conv-steps", type=int, default=2)
    parser.add_argument("--only", choices=BATCH, help="this model alone")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    o = parser.parse_args()
    o.steps = {"mlp": o.mlp_steps, "tf-conv": o.conv_steps, "resnet": 1}
    results = []

    def result(name, mine, theirs, unit, ratio, limit, ok):
        results.append(dict(name=name, ours=mine, theirs=theirs, unit=unit, ratio=ratio, limit=limit, ok=ok))

    for model in [o.only] if o.only else BATCH:
        print("%s, batch %d" % (model, BATCH[model]), flush=True)
        difference = same_losses(o, model)
        print("  losses of both sides differ by %.1e" % difference, flush=True)
        assert difference < 1e-4
        native = {torch: ours(o, model, torch) for torch in (DEBIAN, PIP)}
        eager = {torch: loops(o, model, torch) for torch in (DEBIAN, PIP)}
        # PyTorch 1, which is Debian's, has no torch.compile.
        compiled = {PIP: [] if o.no_compile or model != "mlp" else loops(o, model, PIP, ("--compile",))}
        everyone = [c for group in (native, eager, compiled) for side in group.values() for c in side]
        race(everyone, model, o)
        best = max((c for side in native.values() for c in side), key=Contestant.rate)
        for name, others, limit in (("eager", eager, LIMIT[model]), ("compiled", compiled, 1.2)):
            for torch, opponents in others.items():
                if not opponents:
                    continue
                other = max(opponents, key=Contestant.rate)
                ratio = paired(best, other)
                result("%s against %s, %s PyTorch" % (model, name, torch), best.rate(), other.rate(), "images/s", ratio,
                       ">= %g" % limit if limit else "none", ratio >= limit)
                same = max(native[torch], key=Contestant.rate, default=best)
                if same is not best:
                    result("  both with %s LibTorch" % torch, same.rate(), other.rate(), "images/s", paired(same, other),
                           "none", True)
        if model == "mlp":
            steps = o.steps[model]
            turns = [(best.ask("steps %d" % steps), best.ask("products %d" % steps), best.ask("overhead %d" % steps))
                     for _ in range(o.rounds)]
            of_bound, overhead = (statistics.median(f(*t) for t in turns)
                                  for f in (lambda step, products, _: products / step, lambda step, _, rest: rest / step))
            bound = statistics.median(steps * BATCH[model] / t[1] for t in turns)
            result("mlp against its matrix products", best.rate(), bound, "images/s", of_bound, ">= 0.55",
                   of_bound >= 0.55)
            result("mlp: input and logging", overhead, None, "of a step", None, "< 0.02", overhead < 0.02)
        for c in everyone:
            c.end()
    first, memory = start_and_memory(o)
    result("start to first step", first, None, "s", None, "< 1.5", first < 1.5)
    result("mlp: peak memory", memory, None, "MB", None, "<= 600", memory <= 600)

    os.makedirs(os.path.join(ROOT, "build/bench"), exist_ok=True)
    with open(os.path.join(ROOT, "build/bench/training.json"), "w") as file:
        json.dump(results, file, indent=1)
    report.table(results)
    return 0 if all(r["ok"] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
