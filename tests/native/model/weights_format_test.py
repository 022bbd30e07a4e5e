"""The reader in docs/weights-format.md reads the weights of the tree as the real safetensors package does, and no damaged
ones. Argument: the repository."""
import pathlib
import re
import sys
import tempfile

import numpy as np
from safetensors import safe_open

root = pathlib.Path(sys.argv[1])
[code] = re.findall(r"```python\n(.*?)```", (root / "docs/weights-format.md").read_text(encoding="utf-8"), re.S)
exec(code)

for name in ("weights", "mlp", "tf-conv"):  # int8 with a mixture, f16, int8 convolutions
    path = root / "assets" / f"{name}.bin"
    metadata, tensors = read(path)  # noqa: F821
    with safe_open(path, framework="np") as file:
        assert metadata == file.metadata()
        stored = {key: file.get_tensor(key).astype(np.float32) for key in file.keys()}
    scales = {key for key in stored if key.endswith("_scale")}
    assert tensors.keys() == stored.keys() - scales
    for key, values in tensors.items():
        scale = stored.get(f"{key}_scale")
        expected = stored[key] if scale is None else (stored[key].T * scale).T
        assert np.array_equal(values, expected), key
    print(f"{name}: {len(tensors)} tensors")

file = bytearray((root / "assets/mlp.bin").read_bytes())
with tempfile.NamedTemporaryFile() as damaged:
    for place in (9000, len(file) // 2, len(file) - 1):
        file[place] ^= 1
        pathlib.Path(damaged.name).write_bytes(file)
        try:
            read(damaged.name)  # noqa: F821
        except (AssertionError, ValueError):
            file[place] ^= 1
        else:
            sys.exit(f"byte {place} flipped, and read all the same")
