#!/usr/bin/env python3
"""font.py OUT.cpp NAME=FONT[:CHARACTERS]...: subsets of fonts, with figures of one width, as C++ arrays.

stb_truetype reads nothing but outlines, metrics and the character map, so every other table goes; it knows no
OpenType features either, so tabular figures (tnum) are put into the character map itself."""
import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "−×·→μσε…–—’“”₀₁₂₃₄₅₆₇₈₉"
KEEP = {"head", "hhea", "maxp", "cmap", "hmtx", "CFF ", "glyf", "loca", "GlyphOrder"}


def tabular_figures(font):
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


def subset_of(path, characters):
    font = TTFont(path)
    tabular_figures(font)
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=False,
                             recommended_glyphs=False, name_IDs=[], drop_tables=[])
    tool = subset.Subsetter(options)
    tool.populate(text=characters)
    tool.subset(font)
    for tag in set(font.keys()) - KEEP:
        del font[tag]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main(out, fonts):
    with open(out, "w", encoding="ascii") as cpp:
        cpp.write('// Made by web/font.py.\n#include "web/lab_font.hpp"\n\nnamespace lab {\n')
        for name, _, source in (font.partition("=") for font in fonts):
            path, _, characters = source.partition(":")
            data = subset_of(path, characters or CHARACTERS)
            cpp.write(f"static const unsigned char {name}_bytes[] = {{{','.join(map(str, data))}}};\n"
                      f"const FontData {name}{{{name}_bytes, sizeof {name}_bytes}};\n")
        cpp.write("}  // namespace lab\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
