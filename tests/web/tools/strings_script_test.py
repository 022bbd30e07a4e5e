"""web/tools/strings.py takes the texts of the tree and refuses broken ones in one line that names the text, writing nothing.
Argument: the repository."""
import json
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
temporary = tempfile.TemporaryDirectory()
folder = pathlib.Path(temporary.name)
GOOD = {"a_play": {"en": "Play \"it\"", "zh": "播放"}, "a_seed": {"en": "{0} of <b>{1}</b>", "zh": "<b>{1}</b>，{0}"},
        "element_new": {"en": "New", "zh": "新"}, "page_lead": {"en": "Lead", "zh": "导语"}}


def run(texts, *more):
    for old in folder.glob("out.*"):
        old.unlink()
    text = texts if isinstance(texts, str) else json.dumps(texts)
    (folder / "texts.json").write_text(text, encoding="utf-8")
    command = [sys.executable, root / "web/tools/strings.py", folder / "texts.json", folder / "out.hpp", folder / "out.cpp",
               folder / "out.txt", folder / "out.js"]
    return subprocess.run([*command, *more], capture_output=True, text=True)


def refused(word, texts, *more):
    done = run(texts, *more)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and word in done.stderr, (word, done)
    assert not list(folder.glob("out.*")), f"written in spite of: {done.stderr}"


done = run((root / "web/strings.json").read_text(encoding="utf-8"))
assert done.returncode == 0, done.stderr

assert run(GOOD).returncode == 0
header = (folder / "out.hpp").read_text(encoding="utf-8")
assert "kAPlay,\n  kASeed,\n}" in header and "Lead" not in header, header
assert r'    "Play \"it\"",' in header and "播放" not in header, header
assert r'"播放" "\0"' in (folder / "out.cpp").read_text(encoding="utf-8")
assert (folder / "out.txt").read_text(encoding="utf-8") == "播放\0<b>{1}</b>，{0}\0"
script = (folder / "out.js").read_text(encoding="utf-8")
assert 'languages = ["en", "zh"];' in script and '\n "lead": ["Lead", "导语"],\n' in script and "new" not in script, script
other = folder / "element_strings.js"
subprocess.run([sys.executable, root / "web/tools/strings.py", folder / "texts.json", other], check=True)
assert '"new": [' in other.read_text(encoding="utf-8") and "lead" not in other.read_text(encoding="utf-8")

refused('"a_play" lacks "zh"', {**GOOD, "a_play": {"en": "Play"}})
refused('"a_play" lacks "en"', {**GOOD, "a_play": {"en": "", "zh": "播放"}})
refused('"a_play" has a language', {**GOOD, "a_play": {"en": "Play", "zh": "播放", "zn": "播放"}})
refused('"a_seed" has {1}', {**GOOD, "a_seed": {"en": "{0} of {1}", "zh": "{0}"}})
refused('"a_seed" has {2}', {**GOOD, "a_seed": {"en": "{0} of {1}", "zh": "{0}{1}{2}"}})
refused('"page_lead" has </b>', {**GOOD, "page_lead": {"en": "<b>Lead</b>", "zh": "<b>导语"}})
refused('"a_play" stands after "page_lead"', {key: GOOD[key] for key in ("page_lead", "a_play", "a_seed")})
refused('"A_Play" is not', {"A_Play": GOOD["a_play"], **GOOD})
line = json.dumps({"a_play": GOOD["a_play"]})[1:-1]
refused('"a_play" is there twice', f"{{{line}, {line}}}")
refused("texts.json", "{")

sources = folder / "sources"
(sources / "page").mkdir(parents=True)
(sources / "view.cpp").write_text("say(Text::kAPlay); say(Text::kASeedling);")
(sources / "page/index.html").write_text('<p data-text="page_lead"></p>')
(sources / "element").mkdir()
(sources / "element/views.js").write_text("button('new', press)")
refused("uses a_seed\n", GOOD, "--used-in", sources)
(sources / "view.hpp").write_text("say(Text::kASeed)")
assert run(GOOD, "--used-in", sources).returncode == 0
