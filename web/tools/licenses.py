#!/usr/bin/env python3
"""licenses.py OUT NAME=FILE...: one text with the notices of everything that a build carries."""
import sys


def main(out, parts):
    with open(out, "w", encoding="utf-8-sig") as file:  # so that browsers know it whatever the server says
        for name, _, path in (part.partition("=") for part in parts):
            with open(path, encoding="utf-8") as source:
                file.write(f"{'=' * 80}\n{name}\n{'=' * 80}\n\n{source.read().strip()}\n\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
