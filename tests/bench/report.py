"""All figures of `make bench` in one table: FOLDER/training.json (train.py) and FOLDER/browser.json (browser.mjs) become
FOLDER/results.json, a list of {name, ours, theirs, unit, ratio, limit, ok}; FOLDER/sizes.json is printed below.
   report.py FOLDER"""
import json
import os
import re
import subprocess
import sys


def number(x):
    return "" if x is None else "%.3g" % x if abs(x) < 100 else "%.0f" % x


def table(results):
    print("%-52s %9s %9s %-10s %7s  %s" % ("", "ours", "theirs", "", "ratio", "limit"))
    for r in results:
        print("%-52s %9s %9s %-10s %7s  %-8s %s" % (r["name"], number(r["ours"]), number(r["theirs"]), r["unit"],
                                                    number(r["ratio"]), r["limit"], "ok" if r["ok"] else "NOT KEPT"))


def machine():
    with open("/proc/cpuinfo") as file:
        names = re.findall(r"model name\s*: (.*)", file.read())
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True).stdout.strip()
    with open("/proc/loadavg") as file:
        load = " ".join(file.read().split()[:3])
    return "%d x %s; %s; load %s" % (len(names), names[0] if names else os.uname().machine, chromium, load)


def read(folder, name):
    with open(os.path.join(folder, name)) as file:
        return json.load(file)


def main():
    folder = sys.argv[1]
    results = read(folder, "training.json") + read(folder, "browser.json")
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump(results, file, indent=1)
    print(machine())
    table(results)
    print("\n%-44s %9s %9s %9s" % ("bytes", "", "gzip", "brotli"))
    for size in read(folder, "sizes.json"):
        print("%-44s %9d %9d %9d" % (size["file"], size["raw"], size["gzip"], size["brotli"]))
    return 0 if all(r["ok"] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
