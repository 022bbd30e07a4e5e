"""clang-tidy with the checks of .clang-tidy over what a build compiles: tidy.py BUILD [SOURCE...].
Left out is what includes LibTorch, whose headers cost 10 s for each source, and of Debian 12's release clang makes nothing.
A source that was clean is checked again when it, a header of it, its command or the checks change: BUILD/tidy remembers.
Exit status 1 when something is wrong, which is printed."""
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv[1]).resolve()
CLEAN = BUILD / 'tidy'
SETTINGS = [ROOT / '.clang-tidy', ROOT / 'tests/.clang-tidy', ROOT / 'tests/lint/requirements.txt']


def dependencies():
    """{object: [file]}, as the compiler told Ninja."""
    found, files = {}, []
    listed = subprocess.run(['ninja', '-C', BUILD, '-t', 'deps'], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        if line.startswith('    '):
            files.append(BUILD / line.strip())
        elif line:
            files = found[line.split(':')[0]] = []
    return found


@functools.cache
def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def complaints(source, command, files):
    key = hashlib.sha256('\n'.join([command, *map(digest, SETTINGS + files)]).encode()).hexdigest()
    if (CLEAN / key).exists():
        return ''
    tidy = subprocess.run([ROOT / 'build/lint.venv/bin/clang-tidy', '-p', BUILD, '--quiet', source], capture_output=True, text=True)
    if tidy.returncode:
        return tidy.stdout or tidy.stderr
    (CLEAN / key).touch()
    return ''


wanted = [str(Path(name).resolve()) for name in sys.argv[2:]]
files_of = dependencies()
jobs = {}
for entry in json.loads((BUILD / 'compile_commands.json').read_text()):
    source, command = entry['file'], entry['command']
    files = files_of.get(re.search(r' -o (\S+)', command)[1])
    if not Path(source).is_relative_to(ROOT) or Path(source).is_relative_to(ROOT / 'build') or wanted and source not in wanted:
        continue
    if not files:
        sys.exit(f'tidy: {source} is not compiled yet; run cmake --build {BUILD}')
    if 'cmake_pch' not in command and not any('/torch/' in str(file) for file in files):  # LibTorch comes precompiled
        jobs[source] = (source, command, files)

CLEAN.mkdir(exist_ok=True)
with ThreadPoolExecutor(os.cpu_count()) as pool:
    found = [text for text in pool.map(lambda job: complaints(*job), jobs.values()) if text]
print(*found, sep='\n', end='')
sys.exit(f'tidy: {len(found)} of {len(jobs)} sources' if found else 0)
