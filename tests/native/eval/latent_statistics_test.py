"""The facts about latent space in a weights file, against numpy: a small labeled data set is written, native_train
trains on it, and the encoder's tensors in the file give anchors, principal axes and KL once more."""
import base64
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from safetensors import safe_open


def write_set(folder, prefix, count, rng):
    """Labels 0 to 4; a label's images are bright in its own row."""
    labels = rng.integers(0, 5, count, dtype=np.uint8)
    images = rng.integers(0, 60, (count, 6, 6), dtype=np.uint8)
    images[np.arange(count), labels] += 180
    sizes = np.array([count, 6, 6], ">u4").tobytes()
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + sizes + images.tobytes())
    (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + sizes[:4] + labels.tobytes())
    return images.reshape(count, 36) / np.float32(255), labels


def agree(what, ours, theirs, tolerance=1e-4):
    difference = np.abs(ours - theirs).max()
    print(f"{what}: largest difference {difference:.2g}")
    assert ours.shape == theirs.shape and difference < tolerance, what


with tempfile.TemporaryDirectory() as name:
    folder, rng = pathlib.Path(name), np.random.default_rng(1)
    train, labels = write_set(folder, "train", 500, rng)
    test, _ = write_set(folder, "t10k", 200, rng)
    subprocess.run([sys.argv[1], "--data", folder, "--hidden", "16", "--latent", "3", "--epochs", "20", "--out",
                    folder / "w.bin"], check=True, stdout=subprocess.DEVNULL)
    with safe_open(folder / "w.bin", framework="np") as file:
        facts = file.metadata()
        w = {key: file.get_tensor(key) for key in file.keys()}


def fact(key, *shape):
    return np.frombuffer(base64.b64decode(facts[key]), "<f4").reshape(shape)


def encode(x):
    h = np.maximum(x @ w["encoder.0.weight"].T + w["encoder.0.bias"], 0)
    return [h @ w[f"{head}.weight"].T + w[f"{head}.bias"] for head in ("mu", "log_var")]


mu, log_var = encode(train)
assert facts["anchor_labels"] == "0 1 2 3 4", facts["anchor_labels"]
classes = [labels == k for k in range(5)]
agree("anchor_mean", fact("anchor_mean", 5, 3), np.array([mu[c].mean(0) for c in classes]))
variance = np.array([np.exp(log_var[c]).mean(0) + mu[c].var(0) for c in classes])
agree("anchor_std", fact("anchor_std", 5, 3), np.sqrt(variance))
agree("latent_mean", fact("latent_mean", 3), mu.mean(0))
axes, variances = fact("principal_axes", 3, 3), fact("principal_variances", 3)
agree("axes are orthonormal", axes @ axes.T, np.eye(3))
agree("axes and variances", axes.T @ np.diag(variances) @ axes, np.cov(mu.T, bias=True))
assert (np.diff(variances) <= 0).all() and (axes[range(3), np.abs(axes).argmax(1)] > 0).all()
mu, log_var = encode(test)
kl = ((mu**2 + np.exp(log_var) - log_var - 1) / 2).mean(0)
agree("test_kl_per_dimension", fact("test_kl_per_dimension", 3), kl)
agree("test_kl", kl.sum(), np.float64(facts["test_kl"]), 1e-3)
assert facts["test_active_units"] == str((mu.var(0) > 0.01).sum())
