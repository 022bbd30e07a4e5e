#!/usr/bin/env python3
"""models.py ASSETS OUT.cpp: the trained weights in folder ASSETS as the list behind web/lab/state/models.hpp.

Each model is described by its own file: a safetensors header (u64 little-endian length, JSON) with the metadata that
the trainer wrote. A model without a prior is the autoencoder: its test loss is no ELBO, so none is listed."""
import json
import pathlib
import struct
import sys

NAMES = ("weights", "mlp", "tf-mlp", "aevb", "autoencoder", "tf-conv")  # those that exist are listed, in this order
MAX_HEADER = 64 << 10  # as shared/file/weights_reader.hpp has it


def metadata(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(min(length, MAX_HEADER)))["__metadata__"]


def known_model(path):
    facts = metadata(path)
    name, *settings = facts["model"].split()
    setting = dict(word.split("=", 1) for word in settings)
    has_prior = setting["prior"] != "none"
    snapshots = path.with_suffix(".snapshots.bin")
    there = snapshots.exists()
    return {"id": name if has_prior else "autoencoder", "file": path.name, "bytes": path.stat().st_size,
            "latent": int(setting["latent"]),
            "test_neg_elbo": float(facts.get("test_neg_elbo", 0)) if has_prior else 0.0,
            "snapshots": snapshots.name if there else "", "snapshot_bytes": snapshots.stat().st_size if there else 0}


def literal(value):
    return f"{value}f" if isinstance(value, float) else json.dumps(value)


def cpp(models):
    rows = "".join(f"    {{{', '.join(map(literal, model.values()))}}},\n" for model in models)
    return ("// Made by web/tools/models.py.\n#include \"web/lab/state/models.hpp\"\n\n#include <algorithm>\n\nnamespace lab {\n\n"
            f"static const KnownModel kModels[] = {{\n{rows}    {{}},\n}};\n"
            f"static std::size_t count = {len(models)};\n\n"
            "std::span<const KnownModel> known_models() { return {kModels, count}; }\n"
            "void forget_other_models() { count = std::min<std::size_t>(count, 1); }\n\n"
            "}  // namespace lab\n")


def main(assets, out):
    models = []
    for path in (pathlib.Path(assets, f"{name}.bin") for name in NAMES):
        if not path.exists():
            continue
        try:
            models.append(known_model(path))
        except (KeyError, ValueError, struct.error) as error:
            sys.exit(f"models.py: {path} is not a model of ours: {error!r}")
    ids = [model["id"] for model in models]
    if len(set(ids)) < len(ids):
        sys.exit(f"models.py: two models in {assets} have one id: {' '.join(ids)}")
    pathlib.Path(out).write_text(cpp(models), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
