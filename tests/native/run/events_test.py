"""The log folder of a run that was killed and resumed (build/run.log), read by the real TensorBoard: its scalars
are those of metrics.jsonl, its pictures the PNG files, and nothing is left of the steps that were lost."""
import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

KEYS = {"lowerbound": "lowerbound", "reconstruction": "reconstruction", "kl": "kl", "objective": "objective",
        "rate": "learning_rate", "images/s": "images_per_second"}
for part in ["train", "test"]:
    for loss in ["lowerbound", "reconstruction", "kl"]:
        KEYS[f"{part}/{loss}"] = f"{part}_{loss}"

folder = pathlib.Path(sys.argv[1])
board = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
board.Reload()
metrics = [json.loads(line) for line in open(folder / "metrics.jsonl")]

assert len(list(folder.glob("events.out.tfevents.*"))) > 1, "the run was not resumed"
assert len(metrics) > 10 and {key for line in metrics for key in line} == {"step", "epoch", *KEYS.values()}, metrics
steps = [line["step"] for line in metrics]
assert steps == list(range(1, steps[-1] + 1)), steps  # every step once
assert set(board.Tags()["scalars"]) == set(KEYS), board.Tags()
for tag, key in KEYS.items():
    logged = [(e.step, e.value) for e in board.Scalars(tag)]
    expected = [(line["step"], line[key]) for line in metrics if key in line]
    assert [step for step, _ in logged] == [step for step, _ in expected], tag
    for (step, value), (_, other) in zip(logged, expected):
        assert abs(value - other) <= 1e-6 * abs(other), (tag, step, value, other)
    times = [e.wall_time for e in board.Scalars(tag)]
    assert times == sorted(times), tag
for line in metrics:
    assert abs(line["lowerbound"] - line["reconstruction"] - line["kl"]) < 1e-4, line

count = 0
for tag in board.Tags()["images"]:
    images = board.Images(tag)
    assert len({image.step for image in images}) == len(images), tag
    for image in images:
        name = tag.removeprefix("final/")
        path = folder / (f"{name}.png" if name != tag else f"pictures/{name}-{image.step:010}.png")
        assert image.encoded_image_string == path.read_bytes(), path
        assert (image.width, image.height) == struct.unpack(">II", path.read_bytes()[16:24]), path
        count += 1
assert count == len(list(folder.glob("**/*.png"))), "pictures that TensorBoard does not show"
print(f"{len(metrics)} steps, {len(KEYS)} scalars, {count} pictures")
