"""web/lab/ui/font.py: fonts that hold what the lab's texts need, and are refused when they cannot. Arguments:
the repository, a font with Latin, one with Chinese."""
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from fontTools.ttLib import TTFont

root, INTER, CHINESE = pathlib.Path(sys.argv[1]), *sys.argv[2:]
temporary = tempfile.TemporaryDirectory()
folder = pathlib.Path(temporary.name)


def run(texts, font):
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    command = [sys.executable, "-B", root / "web/lab/ui/font.py", folder / "texts.json", folder / "out.cpp", f"kFont={font}"]
    return subprocess.run(command, capture_output=True, text=True)


def characters(texts, font):
    done = run(texts, font)
    assert done.returncode == 0, done.stderr
    array = re.search(r"\{([\d,]+)\}", (folder / "out.cpp").read_text(encoding="utf-8"))[1]
    return {chr(code) for code in TTFont(io.BytesIO(bytes(map(int, array.split(","))))).getBestCmap()}


TEXTS = {"a": {"en": "± {0}\n", "zh": "采样，“A” {0}"}, "page_b": {"en": "é", "zh": "页"},
         "element_b": {"en": "è", "zh": "素"}, "site_b": {"en": "ê", "zh": "站"}}
assert characters(TEXTS, CHINESE) == set("采样，"), characters(TEXTS, CHINESE)
inter = characters(TEXTS, INTER)
assert inter >= set("Az09~ ±“”→₀₉μσε−") and not inter & set("éèê采，页素站"), inter
missing = run({"a": {"en": "ก", "zh": "采"}}, INTER)
assert missing.returncode != 0 and "E01" in missing.stderr.upper(), missing

real = json.loads((root / "web/strings.json").read_text(encoding="utf-8"))
needed = {c for key, text in real.items() if not key.startswith(("page_", "element_", "site_")) for c in "".join(text.values())}
assert needed <= characters(real, CHINESE) | characters(real, INTER), "a character is in neither font"
