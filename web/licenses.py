#!/usr/bin/env python3
"""licenses.py OUT NAME=FILE[:START,START...]...: one text with the notices of everything that a build carries.

FILE is a licence, a C header that ends with its licence, or a Debian package's copyright file. Of the latter, START
says which files of the package are meant: those whose paths begin so, and what holds for all files (*). Licences that
such a file only refers to stand in full at the end."""
import re
import sys

COMMON = "/usr/share/common-licenses/"


def field(stanza, name):
    found = re.search(rf"^{name}:(.*(?:\n[ \t].*)*)", stanza, re.M)
    return found.group(1) if found else ""


def of_debian(text, starts):
    """The stanzas of a machine-readable copyright file that are about these files, and the licences they name."""
    stanzas = re.split(r"\n\s*\n", text.strip())
    meant = [s for s in stanzas if any(f == "*" or f.startswith(tuple(starts)) for f in field(s, "Files").split())]
    named = {name.strip() for s in meant for name in re.split(r" or | and |,", field(s, "License").split("\n")[0])}
    named |= {name.split(" with ")[0] for name in named}
    texts = [s for s in stanzas[1:] if not field(s, "Files") and field(s, "License").split("\n")[0].strip() in named]
    if not meant:
        raise SystemExit(f"nothing about {starts}")
    return "\n\n".join(meant + texts)


def notice_of(path, starts):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".h"):
        return text[text.rindex("/*") + 2:text.rindex("*/")]
    return of_debian(text, starts) if text.startswith("Format:") else text


def main(out, parts):
    sections, referred = [], set()
    for name, _, source in (part.partition("=") for part in parts):
        path, _, starts = source.partition(":")
        notice = notice_of(path, [s for s in starts.split(",") if s])
        referred.update(re.findall(COMMON + r"([A-Z][\w.-]*\w)", notice))
        sections.append((name, notice))
    for name in sorted(referred):
        with open(COMMON + name, encoding="utf-8") as file:
            sections.append((name, file.read()))
    with open(out, "w", encoding="utf-8-sig") as file:  # so that browsers know it whatever the server says
        for name, notice in sections:
            file.write(f"{'=' * 80}\n{name}\n{'=' * 80}\n\n{notice.strip()}\n\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
