"""The trainer on a GPU against itself on the CPU, and against a plain PyTorch loop; one line for each check, "pass" or
"FAIL" with what was measured. Ends with 1 where one failed. gpu_check.sh builds what it needs."""
import argparse
import gzip
import json
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STILL = ["--lr", "1e-30"]  # the weights stay where they are
IMAGES, TEST_IMAGES = 1100, 200  # of the small set: batches of 300 leave one of 200
failed = []


def check(what, passed, measured):
    print("%s  %s: %s" % ("pass" if passed else "FAIL", what, measured), flush=True)
    if not passed:
        failed.append(what)


def read_idx(path):
    """The bytes behind the header of images of 28x28."""
    if os.path.exists(path):
        with open(path, "rb") as file:
            return file.read()[16:]
    with gzip.open(path + ".gz") as file:
        return file.read()[16:]


def write_images(folder, name, pixels, count):
    with open("%s/%s-images-idx3-ubyte" % (folder, name), "wb") as file:
        file.write(struct.pack(">4I", 2051, count, 28, 28) + pixels[: count * 784])


class Trainer:
    """native_train on a device, with the data of a folder; files go to `out`."""

    def __init__(self, o, out):
        self.o, self.out = o, out

    def start(self, device, data, *flags):
        command = [self.o.build + "/native_train", "--data", data, "--device", device, "--out", self.out + "/w.bin",
                   *map(str, flags)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, device, data, *flags):
        process = self.start(device, data, *flags)
        out, errors = process.communicate()
        return process.returncode, out, errors

    def log(self, device, data, *flags):
        """The lines of metrics of a run that must succeed."""
        folder = self.out + "/log"
        shutil.rmtree(folder, ignore_errors=True)
        code, _, errors = self.run(device, data, "--log-dir", folder, "--picture-every", 0, *flags)
        assert code == 0, errors
        with open(folder + "/metrics.jsonl") as file:
            return [json.loads(line) for line in file]


def fresh_noise(trainer, device, one):
    """One image, still weights: every step's loss is a draw, with the mean that the CPU's have."""
    flags = [*STILL, "--steps", 200, "--batch-size", 128, "--last-batch", "wrap", "--log-every", 1]
    means, errors, different = [], [], 0
    for place in (device, "cpu"):
        losses = [line["reconstruction"] for line in trainer.log(place, one, *flags)]
        if place == device:
            different = len(set(losses))
        means.append(statistics.mean(losses))
        errors.append(statistics.stdev(losses) / len(losses) ** 0.5)
    check("fresh noise in every replay", different >= 150, "%d different losses in 200 steps" % different)
    sigma = sum(e * e for e in errors) ** 0.5
    check("its mean is the CPU's", abs(means[0] - means[1]) < 4 * sigma,
          "%.3f and %.3f nats, %.1f standard errors apart" % (*means, abs(means[0] - means[1]) / sigma))


def partial_batch(trainer, device, small):
    """Batches of 300 from 1 100 images: the last of an epoch has 200. The epoch's average must weigh it so."""
    flags = [*STILL, "--epochs", 40, "--batch-size", 300]
    epochs = [[line["train_lowerbound"] for line in trainer.log(place, small, *flags)] for place in (device, "cpu")]
    steps = trainer.log(device, small, *flags, "--log-every", 1)[-1]["step"]
    means = [statistics.mean(values) for values in epochs]
    sigma = sum(statistics.variance(values) / len(values) for values in epochs) ** 0.5
    check("partial last batch", steps == 160 and abs(means[0] - means[1]) < 4 * sigma + 1e-3,
          "%d steps in 40 epochs; an epoch's average is %.3f, on the CPU %.3f nats" % (steps, *means))


def resumed(trainer, device, small):
    """Killed at a checkpoint and resumed, a run ends where an uninterrupted one does."""
    flags = ["--epochs", 300, "--batch-size", 300, "--checkpoint-seconds", 0, "--checkpoint-steps", 20]
    code, whole, errors = trainer.run(device, small, *flags)
    assert code == 0, errors
    folder = trainer.out + "/ck"
    process = trainer.start(device, small, *flags, "--checkpoint", folder)
    while process.poll() is None and not any(name > "checkpoint-0000000040" for name in
                                             (os.listdir(folder) if os.path.exists(folder) else ())
                                             if name.startswith("checkpoint-")):
        time.sleep(0.01)
    killed = process.poll() is None
    process.kill()
    process.communicate()
    code, rest, errors = trainer.run(device, small, *flags, "--checkpoint", folder, "--resume")
    if code != 0 or not killed:
        return check("resume", False, errors.strip() or "the run ended before it could be killed")
    figures = [float(re.search(r"-ELBO +([\d.]+)", text).group(1)) for text in (whole, rest)]
    check("resume equals uninterrupted", abs(figures[0] - figures[1]) < 0.01, "-ELBO %.3f and %.3f nats" % tuple(figures))


def divergence(trainer, device, small):
    code, _, errors = trainer.run(device, small, "--epochs", 5, "--lr", 1e30)
    step = re.search(r"of step (\d+)", errors)
    check("divergence is caught within a step", code == 70 and step and int(step.group(1)) <= 2, errors.strip())


def same_test_loss(trainer, device, data):
    code, _, errors = trainer.run("cpu", data, "--steps", 300)
    assert code == 0, errors
    shutil.move(trainer.out + "/w.bin", trainer.out + "/init.bin")
    flags = [*STILL, "--steps", 1, "--init", trainer.out + "/init.bin"]
    figures = [trainer.log(place, data, *flags)[-1]["test_lowerbound"] for place in (device, "cpu")]
    check("test loss equals the CPU's", abs(figures[0] - figures[1]) < 0.01, "%.4f and %.4f nats" % tuple(figures))


def speed(o, trainer, device, data):
    """Images per second beside the eager Python loop."""
    for model, steps in (("mlp", 4000), ("resnet", 300)):
        rates = []
        flags = ["--preset", model, "--steps", steps if device != "cpu" else 8, "--log-every", steps // 4 or 1]
        native = trainer.log(device, data, *flags)[-1]["images_per_second"]
        loop = subprocess.Popen([sys.executable, ROOT + "/tests/bench/torch_loop.py", model, data, "--device", device],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        loop.stdout.readline()
        for count in (3, steps // 4 if device != "cpu" else 3):  # the first ones warm up
            loop.stdin.write("steps %d\n" % count)
            loop.stdin.flush()
            rates.append(count * {"mlp": 128, "resnet": 256}[model] / json.loads(loop.stdout.readline()))
        loop.stdin.close()
        loop.wait()
        check("%s is faster than the eager loop" % model, native > rates[-1],
              "%.0f images/s, the loop %.0f: %.1f times" % (native, rates[-1], native / rates[-1]))


def time_to_quality(trainer, device, data):
    start = time.perf_counter()
    process = trainer.start(device, data, "--epochs", 15)
    for line in process.stdout:
        found = re.match(r"epoch +(\d+) .* test .* = ([\d.]+)", line)
        if found and float(found.group(2)) <= 105.6:
            check("time to 105.6 nats", True, "%.1f s, start included, after epoch %s" % (time.perf_counter() - start,
                                                                                          found.group(1)))
            process.kill()
            break
    else:
        check("time to 105.6 nats", False, "not within 15 epochs")
    process.communicate()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="folder with native_train")
    parser.add_argument("--data", default="build/mnist", help="folder with MNIST as IDX files")
    parser.add_argument("--device", default="cuda", help="cpu tries the checks themselves")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        train, test = (read_idx("%s/%s-images-idx3-ubyte" % (o.data, name)) for name in ("train", "t10k"))
        one, small = folder + "/one", folder + "/small"
        for where, count, tests in ((one, 1, 10), (small, IMAGES, TEST_IMAGES)):
            os.mkdir(where)
            write_images(where, "train", train, count)
            write_images(where, "t10k", test, tests)
        trainer = Trainer(o, folder)
        fresh_noise(trainer, o.device, one)
        partial_batch(trainer, o.device, small)
        resumed(trainer, o.device, small)
        divergence(trainer, o.device, small)
        same_test_loss(trainer, o.device, o.data)
        speed(o, trainer, o.device, o.data)
        time_to_quality(trainer, o.device, o.data)
    print("%d failed" % len(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
