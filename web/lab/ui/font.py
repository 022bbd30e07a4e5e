#!/usr/bin/env python3
"""font.py TEXTS.json OUT.cpp NAME=FONT...: subsets of fonts for what the lab writes, as C++ arrays, for the desktop.

A font with Chinese gets the full-width characters of the texts of the lab (those of the page around it, page_..., are
the browser's affair); any other gets the rest, and what file names, numbers and formulas need. stb_truetype reads
nothing but outlines, metrics and the character map, so every other table goes; it knows no OpenType features either,
so tabular figures (tnum) are put into the character map itself."""
import io
import json
import sys
import unicodedata

from fontTools import subset
from fontTools.ttLib import TTFont

ALWAYS = set(map(chr, range(0x20, 0x7F))) | set("−×·←→↑↓μσε…–—’“”₀₁₂₃₄₅₆₇₈₉")
KEEP = {"head", "hhea", "maxp", "cmap", "hmtx", "CFF ", "glyf", "loca", "GlyphOrder"}


def tabular_figures(font):
    if "GSUB" not in font:
        return
    gsub = font["GSUB"].table
    lookups = {i for r in gsub.FeatureList.FeatureRecord if r.FeatureTag == "tnum" for i in r.Feature.LookupListIndex}
    swaps = {}
    for index in lookups:
        for table in gsub.LookupList.Lookup[index].SubTable:
            swaps.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
    for table in font["cmap"].tables:
        for code in map(ord, "0123456789.−+-"):
            if code in table.cmap:
                table.cmap[code] = swaps.get(table.cmap[code], table.cmap[code])


def share_of(font, written):
    """The characters that this font has to draw."""
    full_width = {c for c in written if unicodedata.east_asian_width(c) in "WF"}
    return full_width if ord("中") in font.getBestCmap() else ALWAYS | (written - full_width)


def subset_of(path, written):
    font = TTFont(path, fontNumber=0, recalcTimestamp=False)  # number 0: of a collection, the first
    tabular_figures(font)
    for tag in set(font.keys()) - KEEP:
        del font[tag]
    font.flavor = None  # a web font's compression
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=False,
                             recommended_glyphs=False, name_IDs=[], drop_tables=[], ignore_missing_unicodes=False)
    tool = subset.Subsetter(options)
    tool.populate(text="".join(share_of(font, written)))
    tool.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main(path, out, fonts):
    with open(path, encoding="utf-8") as file:
        texts = [text for key, text in json.load(file).items() if key.split("_")[0] not in ("page", "element", "site")]
    written = {c for text in texts for line in text.values() for c in line if c.isprintable()}
    with open(out, "w", encoding="ascii") as cpp:
        cpp.write('// Made by web/lab/ui/font.py.\n#include "web/lab/ui/font.hpp"\n\nnamespace lab {\n')
        for name, _, source in (font.partition("=") for font in fonts):
            data = subset_of(source, written)
            cpp.write(f"static const unsigned char {name}_bytes[] = {{{','.join(map(str, data))}}};\n"
                      f"const FontData {name}{{{name}_bytes, sizeof {name}_bytes}};\n")
        cpp.write("}  // namespace lab\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
