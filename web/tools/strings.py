#!/usr/bin/env python3
"""strings.py TEXTS.json [OUT.hpp] [OUT.cpp] [OUT.txt] [OUT.js] [--used-in FOLDER]: what a visitor reads, in every language, as code.

TEXTS.json has a line for each text, sorted: "view_name": {"en": ..., "zh": ...}. {0}, {1} stand for values that are
put in. Texts of the page around the lab are called page_..., of the element <digit-vae> element_..., of the site around
both site_...; they may hold tags (<b>...</b>) and become modules whose default export is {language: {key: text}}:
strings.js the page's, element_strings.js and site_strings.js the others'. The rest becomes the header behind
web/lab/ui/strings.hpp, in English; its Chinese becomes a source for programs, and a file for the page to fetch, every text
with a 0 after it. --used-in also asks that the sources in FOLDER name every text. What is wrong is told in one line,
and nothing is written."""
import argparse
import json
import pathlib
import re
import sys

LANGUAGES = ("en", "zh")  # in the order of lab::Language
SCRIPTS = {"page": "page", "element": "element", "dist": "site"}  # folders, and the first words of their texts
SOURCES = {".cpp", ".hpp", ".js", ".html"}


class Wrong(Exception):
    pass


def read(path):
    """The texts as {key: {language: text}}."""
    def unique(pairs):
        keys = [key for key, _ in pairs]
        for key in keys:
            if keys.count(key) > 1:
                raise Wrong(f'"{key}" is there twice')
        return dict(pairs)

    try:
        texts = json.loads(pathlib.Path(path).read_text(encoding="utf-8"), object_pairs_hook=unique)
        check(texts)
    except (OSError, ValueError, Wrong) as error:
        raise Wrong(f"{path}: {error}") from None
    return texts


def check(texts):
    for before, key in zip(texts, list(texts)[1:]):
        if before > key:
            raise Wrong(f'"{key}" stands after "{before}"; sort the lines')
    for key, text in texts.items():
        if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", key):
            raise Wrong(f'"{key}" is not lower_case_words')
        for language in LANGUAGES:
            if not (isinstance(text, dict) and text.get(language)):
                raise Wrong(f'"{key}" lacks "{language}"')
        if len(text) > len(LANGUAGES):
            raise Wrong(f'"{key}" has a language that is none of {", ".join(LANGUAGES)}')
        marks = {language: set(re.findall(r"\{\d\}|</?\w+>", text[language])) for language in LANGUAGES}
        for language, theirs in marks.items():
            if theirs != marks["en"]:
                odd = min(theirs ^ marks["en"])
                raise Wrong(f'"{key}" has {odd} in only one of "en" and "{language}"')


def of_script(key):
    return key.split("_")[0] in SCRIPTS.values()


def enumerator(key):
    return "k" + "".join(word.capitalize() for word in key.split("_"))


def check_used(texts, folder):
    """Every text is named by the sources: kViewName in C++, 'name' or "name" in the folder of its script."""
    words = set()
    for path in pathlib.Path(folder).rglob("*"):
        if path.suffix not in SOURCES:
            continue
        source, script = path.read_text(encoding="utf-8"), SCRIPTS.get(path.parent.name)
        words |= set(re.findall(r"\w+", source))
        words |= {f"{script}_{name}" for name in re.findall(r"['\"](\w+)['\"]", source) if script}
    idle = [key for key in texts if (key if of_script(key) else enumerator(key)) not in words]
    if idle:
        raise Wrong(f"nothing in {folder} uses {', '.join(idle)}")


def literal(text):
    return json.dumps(text, ensure_ascii=False)  # a string of JSON is a literal of C++ as well


def chinese(texts):
    return [text["zh"] for key, text in texts.items() if not of_script(key)]


def hpp(texts):
    ours = [key for key in texts if not of_script(key)]
    return ("// Made by web/tools/strings.py.\n#pragma once\n\nnamespace lab {\n\nenum class Text : int {\n"
            + "".join(f"  {enumerator(key)},\n" for key in ours)
            + "};\n\n/// In English.\ninline constexpr const char* kTexts[] = {\n"
            + "".join(f"    {literal(texts[key]['en'])},\n" for key in ours) + "};\n\n}  // namespace lab\n")


def cpp_chinese(texts):
    lines = "".join(f"\n    {literal(line)} \"\\0\"" for line in chinese(texts))
    return (f'// Made by web/tools/strings.py.\n#include "web/lab/ui/strings.hpp"\n\nnamespace lab {{\n\n'
            f"static constexpr char texts[] ={lines};\n"
            f"const std::string_view kChineseTexts{{texts, sizeof texts - 1}};\n\n}}  // namespace lab\n")


def js(texts, prefix):
    """Each text by its key without the script's prefix, in the order of LANGUAGES."""
    lines = [f" {literal(key.removeprefix(prefix))}: {literal([text[language] for language in LANGUAGES])},\n"
             for key, text in texts.items() if key.startswith(prefix)]
    return (f"// Made by web/tools/strings.py.\nexport const languages = {literal(LANGUAGES)};\n"
            f"export const texts = {{\n{''.join(lines)}}};\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("texts")
    parser.add_argument("outputs", nargs="*")
    parser.add_argument("--used-in")
    options = parser.parse_args()
    try:
        texts = read(options.texts)
        if options.used_in:
            check_used(texts, options.used_in)
    except Wrong as wrong:
        sys.exit(f"strings.py: {wrong}")
    for out in map(pathlib.Path, options.outputs):
        prefix = out.stem.removesuffix("strings") if out.stem.endswith("_strings") else "page_"
        made = {".hpp": hpp, ".cpp": cpp_chinese, ".txt": lambda t: "".join(f"{line}\0" for line in chinese(t)),
                ".js": lambda t: js(t, prefix)}[out.suffix](texts)
        out.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
