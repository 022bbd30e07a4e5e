"""web/tools/models.py lists models by what their own headers say. Argument: the repository."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
temporary = tempfile.TemporaryDirectory()
folder = pathlib.Path(temporary.name)


def weights(name, model, **facts):
    header = json.dumps({"__metadata__": {"model": model, **facts}}).encode()
    (folder / name).write_bytes(struct.pack("<Q", len(header)) + header)


def run():
    command = [sys.executable, root / "web/tools/models.py", folder, folder / "out.cpp"]
    return subprocess.run(command, capture_output=True, text=True)


def rows():
    done = run()
    assert done.returncode == 0, done.stderr
    lines = (folder / "out.cpp").read_text().splitlines()
    return [json.loads(f"[{line.strip()[1:-2].replace('f,', ',')}]") for line in lines if line.startswith('    {"')]


assert rows() == []
weights("aevb.bin", "aevb image=1x28x28 latent=2 prior=normal", test_neg_elbo="150.25")
weights("autoencoder.bin", "mlp image=1x28x28 latent=20 prior=none", test_neg_elbo="62.7")
weights("digits.bin", "not a model")
(folder / "aevb.snapshots.bin").write_bytes(b"12345")
size = {path.name: path.stat().st_size for path in folder.iterdir()}
expected = [["aevb", "aevb.bin", size["aevb.bin"], 2, 150.25, "aevb.snapshots.bin", 5],
            ["autoencoder", "autoencoder.bin", size["autoencoder.bin"], 20, 0.0, "", 0]]
assert rows() == expected, rows()
weights("weights.bin", "mlp image=1x28x28 latent=10 prior=normal")
expected.insert(0, ["mlp", "weights.bin", (folder / "weights.bin").stat().st_size, 10, 0.0, "", 0])
assert rows() == expected, rows()

for broken in (b"", b"short", b"\xff" * 100, struct.pack("<Q", 2) + b"{}"):
    (folder / "weights.bin").write_bytes(broken)
    done = run()
    assert done.returncode == 1 and "weights.bin is not a model" in done.stderr and done.stderr.count("\n") == 1, done
weights("weights.bin", "aevb image=1x28x28 latent=2 prior=normal")
assert "one id: aevb aevb" in run().stderr, run()
