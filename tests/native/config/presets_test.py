"""The published systems against published.py, which shares nothing with our C++. Each case that native_tests left in
build/presets is computed again: its settings, its first weights, and for every recorded step the losses, the gradients
and the parameters after it.

Everything here is float64, so what is measured is the float32 rounding of the trainer. Gradients are compared on the
scale of the largest of their tensor, where the order of float32 sums shows: 1e-6, up to 7e-5 where tf-mlp's tiny first
weights make gradients of 1e-7. Parameters are moved by the recorded gradients, because Adam's and Adagrad's first step
is the sign of a gradient, even of one that is only rounding."""
import math
import sys

import torch
from published import (OPTIMIZERS, Masked, SameConvTranspose2d, aevb, iwae, losses, penalty, rate, same_conv2d, tf_conv,
                       tf_mlp)
from safetensors import safe_open
from torch import nn
from torch.distributions import Normal

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

# ---- First weights: the distribution function of one number, below 0 or above 1 where it cannot lie


def uniform_cdf(bound):
    return lambda x: (x / bound + 1) / 2


def truncated_cdf(deviation):
    inside = math.erf(math.sqrt(2))
    return lambda x: (torch.erf(x / deviation / math.sqrt(2)) / inside + 1) / 2


def distribution(kind, weight, is_bias):
    """None: zero. `weight` is the layer's, also for its bias."""
    fan_in, fan_out = weight[0].numel(), weight[:, 0].numel()
    if kind == "pytorch":
        return uniform_cdf(1 / math.sqrt(fan_in))
    if kind == "normal":
        return Normal(0.0, 0.01).cdf
    if is_bias:
        return None
    return uniform_cdf(math.sqrt(6 / (fan_in + fan_out))) if kind == "glorot" else truncated_cdf(0.001)


def check_first_weights(parameters, kind, given):
    for name, p in parameters.items():
        if name in given:
            worst = (p - given[name]).abs().max().item()
            assert worst < 1e-5, f"{name} starts {worst} beside what it should"
            continue
        layer = name.rpartition(".")[0]
        cdf = distribution(kind, parameters[layer + ".weight"], p.dim() == 1)
        if cdf is None:
            assert not p.any(), f"{name} starts at zero"
            continue
        below = cdf(p.double().flatten().sort().values)
        n = p.numel()
        assert -1e-7 < below[0] < 20 / n and -1e-7 < 1 - below[-1] < 20 / n, f"{name} has another range than {kind}"
        kolmogorov = (below - (torch.arange(n) + 0.5) / n).abs().max().item() * math.sqrt(n)
        assert kolmogorov < 2.2, f"{name} is not drawn as {kind}: {kolmogorov}"  # by chance one in 8 000


# ---- Settings. tf-conv, tf-mlp and aevb are as published, mlp as in PyTorch's example; of iwae the network, the first
# weights and the pixels are published, the rest is ours. What is not named is off.

OFF = {"likelihood": "bernoulli", "dropout": 0, "components": 0, "pixels": "gray", "objective": "elbo",
       "gradient": "plain", "estimator": "b", "samples": 1, "gaussian-mean": "sigmoid", "free-bits": 0, "beta": 1, "beta-warmup": 0, "l2": 0, "weight-prior": 0,
       "last-batch": "partial", "skip-images": 0, "train-images": 0, "validation": 0, "patience": 0, "keep": "last",
       "optimizer": "adam", "schedule": "constant", "weight-decay": 0, "momentum": 0, "clip": 0, "ema": 0,
       "initialize": "pytorch", "mean-bias": 0, "sigma-head": "log-var", "tf32": 0, "bf16": 0, "seed": 1}
MLP = {"latent": 20, "hidden": 400, "epochs": 10, "batch-size": 128, "lr": 1e-3}
TF = {"last-batch": "wrap", "skip-images": 5000}
PRESETS = {
    "mlp": MLP,
    "tf-conv": {**TF, "latent": 8, "likelihood": "squared_error", "dropout": 0.2, "optimizer": "tf-adam", "lr": 5e-4,
                "batch-size": 64,
                "steps": 30000, "initialize": "glorot"},
    "tf-mlp": {**TF, "latent": 20, "hidden": 400, "optimizer": "tf-adam", "lr": 0.01, "batch-size": 100, "steps": 999999,
               "initialize": "truncated-normal"},
    "aevb": {"latent": 2, "hidden": 500, "optimizer": "adagrad", "lr": 0.02, "batch-size": 100, "epochs": 100,
             "weight-prior": 1, "initialize": "normal"},
    "iwae": {"latent": 50, "hidden": 200, "pixels": "dynamic", "lr": 2e-3, "schedule": "one-cycle", "batch-size": 100,
             "epochs": 100, "initialize": "glorot", "mean-bias": 1, "sigma-head": "log-sigma"},
}
CASES = {  # name: preset, its network, what differs from the preset
    "mlp": ("mlp", tf_mlp, {}),
    "tf-conv": ("tf-conv", tf_conv, {}),
    "tf-conv-no-dropout": ("tf-conv", tf_conv, {"dropout": 0}),
    "tf-mlp": ("tf-mlp", tf_mlp, {}),
    "tf-mlp-l2": ("tf-mlp", tf_mlp, {"l2": 0.01}),
    "aevb-a": ("aevb", aevb, {"estimator": "a"}),
    "aevb-b": ("aevb", aevb, {}),
    "aevb-a-3": ("aevb", aevb, {"estimator": "a", "samples": 3}),
    "aevb-b-3": ("aevb", aevb, {"samples": 3}),
    "aevb-gaussian": ("aevb", lambda: aevb(gaussian=True), {"likelihood": "gaussian", "pixels": "dequantized"}),
    "aevb-linear": ("aevb", lambda: aevb(gaussian=True, linear=True),
                    {"likelihood": "gaussian", "gaussian-mean": "linear", "pixels": "dequantized"}),
    "free-bits": ("mlp", tf_mlp, {"free-bits": 0.02, "beta": 3}),
    "iwae-1": ("iwae", iwae, {"objective": "iwae"}),
    "iwae-50": ("iwae", iwae, {"objective": "iwae", "samples": 50}),
    "iwae-dreg": ("iwae", iwae, {"objective": "iwae", "samples": 50, "gradient": "dreg"}),
    "adamw": ("mlp", tf_mlp, {"optimizer": "adamw", "weight-decay": 1}),
    "sgd": ("mlp", tf_mlp, {"optimizer": "sgd", "momentum": 0.9}),
    "clip": ("mlp", tf_mlp, {"clip": 5}),
    "ema": ("mlp", tf_mlp, {"ema": 0.15}),
}


def check_settings(line, expected):
    """`--name value --name value ...` holds these settings and no others."""
    words = line.split()
    found = {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}
    assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
    for name, value in expected.items():
        same = found[name] == value if isinstance(value, str) else math.isclose(float(found[name]), value, rel_tol=1e-6)
        assert same, f"--{name} {found[name]}, but {value} is expected"


def check_pixels(kind, pixels, gray):
    if kind == "gray":
        assert torch.allclose(pixels, gray / 255, rtol=1e-6, atol=0)
    elif kind == "dequantized":
        assert ((gray / 256 <= pixels) & (pixels <= (gray + 1) / 256)).all()
    else:
        assert ((pixels == 0) | (pixels == 1)).all() and (pixels[gray == 0] == 0).all()
        assert (pixels - gray / 255).mean().abs() < 0.02


# ---- A case


def set_masks(model, tensors, step, dropout):
    """Gives the recorded masks to the network, once they are what dropout of this rate draws."""
    for name, module in model.named_modules():
        if isinstance(module, Masked):
            module.mask = tensors[f"mask.{step}.{name}"]
            kept = module.mask != 0
            assert torch.allclose(module.mask[kept], torch.tensor(1 / (1 - dropout))), name
            assert abs(kept.double().mean() - (1 - dropout)) < 0.01, name


class Worst:
    """The largest differences of a case, relative to the scale of what is compared."""

    def __init__(self):
        self.found = {}

    def check(self, what, difference, scale, tolerance):
        relative = (difference.abs().max() / scale).item()
        kind = what.split()[0]
        self.found[kind] = max(relative, self.found.get(kind, 0))
        assert relative < tolerance, f"{what}: off by {relative:.2g}"


def check_step(model, tensors, step, settings, images, worst):
    """Losses and gradients of one step; leaves the recorded gradients in the parameters."""
    x, epsilon = tensors[f"x.{step}"], tensors[f"epsilon.{step}"]
    check_pixels(settings["pixels"], x, tensors[f"bytes.{step}"])
    set_masks(model, tensors, step, settings["dropout"])
    computed = losses(model, x, epsilon, settings)
    for name, ours, theirs in zip(("reconstruction", "kl", "objective"), computed, tensors[f"losses.{step}"]):
        worst.check(f"losses {name} {step}", ours - theirs, max(1, abs(theirs.item())), 1e-5)
    model.zero_grad()
    (computed[2] + penalty(model, settings, images)).backward()
    if settings["clip"]:
        assert nn.utils.clip_grad_norm_(model.parameters(), settings["clip"]) > settings["clip"]
    for name, p in model.named_parameters():
        recorded = tensors[f"gradient.{step}.{name}"]
        rounding = 1e-7 if name.startswith("log_var") else 0  # of exp(log_var) - 1 near log_var = 0, from the KL term
        off = ((p.grad - recorded).abs() - rounding).clamp(min=0)
        worst.check(f"gradients {name} {step}", off, p.grad.abs().max(), 3e-4)
        p.grad = recorded


def check_parameters(what, parameters, recorded, before, worst):
    """On the scale of how far the tensor has moved, beyond the spacing of float32."""
    for name, p in parameters.items():
        spacing = p.abs() * 2**-23
        worst.check(f"{what} {name}", ((p - recorded[name]).abs() - spacing).clamp(min=0),
                    (p - before[name]).abs().max(), 3e-4)


def part(tensors, prefix):
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def check_case(name, folder):
    preset, network, changes = CASES[name]
    settings = {**OFF, **PRESETS[preset], **changes}
    with safe_open(f"{folder}/{name}.safetensors", framework="pt") as file:
        facts = file.metadata()
        tensors = {key: file.get_tensor(key).double() for key in file.keys()}
    assert facts["preset"] == preset
    check_settings(facts["config"], {"preset": preset, **settings})
    before = part(tensors, "before.")
    steps = range(1, int(facts["recorded_steps"]) + 1)
    given = {}
    if settings["mean-bias"]:  # the recorded steps are one epoch
        mean = (torch.cat([tensors[f"bytes.{step}"] for step in steps]).mean(0) / 255).clamp(0.001, 0.999)
        given["decoder.4.bias"] = torch.log(mean / (1 - mean))
    check_first_weights(before, settings["initialize"], given)
    model = network()
    model.load_state_dict(before, strict=True)
    optimizer = OPTIMIZERS[settings["optimizer"]](model.parameters(), settings)
    average = {key: p.clone() for key, p in before.items()}
    worst = Worst()
    for step in range(int(facts["recorded_steps"])):
        check_step(model, tensors, step + 1, settings, int(facts["train_images"]), worst)
        optimizer.param_groups[0]["lr"] = rate(settings, step, int(facts["steps"]))
        optimizer.step()
        decay = min(settings["ema"], (1 + step) / (10 + step))  # as tf.train.ExponentialMovingAverage starts
        average = {key: decay * average[key] + (1 - decay) * p.detach() for key, p in model.named_parameters()}
    check_parameters("parameters", model.state_dict(), part(tensors, "after."), before, worst)
    if settings["ema"]:
        check_parameters("average", average, part(tensors, "average."), before, worst)
    print(f"{name}: " + ", ".join(f"{kind} {difference:.1g}" for kind, difference in worst.found.items()))


def check_adjoint(stride):
    """<conv(y), x> = <y, transpose(x)>, and the sizes that TensorFlow gives."""
    transpose = SameConvTranspose2d(3, 5, 4, stride, bias=False)
    x = torch.randn(2, 3, 7, 7)
    image = transpose(x)
    assert image.shape == (2, 5, 7 * stride, 7 * stride)
    y = torch.randn_like(image)
    conv = same_conv2d(y, transpose.weight, None, stride)
    assert conv.shape == x.shape
    assert torch.allclose((conv * x).sum(), (y * image).sum(), rtol=1e-12)


with torch.no_grad():
    torch.manual_seed(1)
    check_adjoint(1)
    check_adjoint(2)
for case in CASES:
    check_case(case, sys.argv[1])
