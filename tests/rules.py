"""The house rules that a compiler does not check: rules.py prints each line that breaks one, and exits with 1."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = [  # (rule, files, what no line of theirs may hold outside comments)
    ('shared includes only the standard library, Eigen and itself', ['shared/**/*.[ch]pp'],
     r'#include *[<"](torch|imgui|GLFW|GL|emscripten|zlib|png|openssl|CLI|native|web|tests)'),
    ('shared has no I/O and no printing', ['shared/**/*.[ch]pp'],
     r'#include *<(iostream|fstream|cstdio|stdio\.h|filesystem|print)>|printf *\('),
    ('shared has no clock', ['shared/**/*.[ch]pp'], r'#include *<(chrono|ctime|time\.h)>'),
    ('shared does not throw', ['shared/**/*.[ch]pp'], r'\b(throw|try|catch)\b'),
    ('shared has no platform #ifdef', ['shared/**/*.[ch]pp'], r'# *(if|ifdef|ifndef|elif)\b'),
    ('Eigen stays inside .cpp files', ['shared/**/*.hpp'], r'#include *[<"]Eigen'),
    ('nothing includes tests or the other side', ['native/**/*.[ch]pp'], r'#include *[<"](web|tests)'),
    ('nothing includes tests or the other side', ['web/**/*.[ch]pp'], r'#include *[<"](native|tests|torch)'),
    ('only web/ knows Emscripten, and its lab does not', ['native/**/*.[ch]pp', 'web/lab/**/*.[ch]pp'],
     r'__EMSCRIPTEN__|#include *<emscripten'),
]


def broken(code, pattern):
    """The lines of some C++ that match, comments left out."""
    lines = code.splitlines()
    bare = re.sub(r'/\*.*?\*/', lambda comment: re.sub(r'[^\n]', '', comment[0]), code, flags=re.S)
    return [line for line, text in zip(lines, bare.splitlines()) if re.search(pattern, text.split('//')[0])]


found = []
for rule, globs, pattern in RULES:
    files = [file for glob in globs for file in sorted(ROOT.glob(glob))]
    assert files, f'{rule}: no such files'
    found += [f'{file.relative_to(ROOT)}: {rule}: {line}' for file in files for line in broken(file.read_text(), pattern)]
assert broken('// [0, bound\nint a; /* throw\n*/ throw 1;  // throw', r'\bthrow\b') == ['*/ throw 1;  // throw']

# Within these, a folder includes only itself and what stands before it.
ORDER = {'shared': 'base spec math nn file model train', 'native': 'support data config figures eval model compress train run programs',
         'web/lab': 'state ui views shell'}
for side, order in ORDER.items():
    order = order.split()
    folders = {folder.name for folder in (ROOT / side).iterdir() if folder.is_dir()}
    assert folders == set(order), f'{side} has folders {sorted(folders)}, the order {sorted(order)}'
    for file in sorted((ROOT / side).glob('*/**/*.[ch]pp')):
        own = file.relative_to(ROOT / side).parts[0]
        for folder in re.findall(rf'#include *"{side}/(\w+)/', file.read_text()):
            if order.index(folder) > order.index(own):
                found.append(f'{file.relative_to(ROOT)}: {side}/{folder} stands above {side}/{own}')

# The page on the format has every word of the model line.
page = (ROOT / 'docs/weights-format.md').read_text()
layers = (ROOT / 'shared/spec/layers.hpp').read_text() + (ROOT / 'shared/spec/likelihood.hpp').read_text()
words = re.findall(r'kWord = "(\w+)"|return "(\w+)";|\.name = "(\w+)"', layers)
words = [next(filter(None, found)) for found in words]
assert {'linear', 'relu', 'bernoulli'} <= set(words), words
found += [f'docs/weights-format.md: lacks the word {word} of the model line' for word in words if f'`{word}' not in page]

# What the documentation links to is there.
for page in [*ROOT.glob('*.md'), *ROOT.glob('docs/*.md'), ROOT / 'assets/README.md']:
    for target in re.findall(r'\]\((?!https?:)([^)#]+)', page.read_text()):
        if not (page.parent / target).exists():
            found.append(f'{page.relative_to(ROOT)}: links to {target}, which is not there')
    for path in re.findall(r'`((?:shared|native|web|tests)/[\w/.-]+\.\w+)`', page.read_text()):
        if not (ROOT / path).exists():
            found.append(f'{page.relative_to(ROOT)}: names {path}, which is not there')
sys.exit('\n'.join(found) or 0)
