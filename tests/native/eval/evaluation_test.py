"""native_eval's figures against an evaluation of our own in PyTorch: the file is read with safetensors, MNIST with
numpy, and the losses are PyTorch's. Two kinds of noise: the generator that shared/base/rng.hpp describes, written again
here, which must give the same numbers; and torch's, which must agree within what chance allows."""
import json
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors import safe_open
from torch.nn.functional import binary_cross_entropy_with_logits

WEIGHTS, MNIST, NATIVE_EVAL = sys.argv[1:4]
TOLERANCE = 0.005  # nats, where the noise is the same
CHANCE_IMAGES, NLL_IMAGES, NLL_SAMPLES, DRAWS = 2000, 200, 100, 5


def native_eval(*arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [NATIVE_EVAL, WEIGHTS, "--data", MNIST, "--json", out.name, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.load(open(out.name))


class Pcg32:
    """Generators side by side: Rng(1, Stream::kEvaluation, {image}), O'Neill's PCG32 keyed by SplitMix64's finalizer.
    Normal deviates are quantiles of (32 random bits + 1/2) / 2^32."""

    EVALUATION = 4

    def __init__(self, images):
        with np.errstate(over="ignore"):
            key = self.mix(self.mix(np.uint64(1)) ^ np.uint64(self.EVALUATION))
            self.state = self.mix(key ^ self.mix(np.arange(images, dtype=np.uint64)))
            self.increment = self.mix(self.state) | np.uint64(1)
            self.next()

    @staticmethod
    def mix(x):
        x = x + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))

    def next(self):
        old = self.state
        self.state = old * np.uint64(6364136223846793005) + self.increment
        shifted = (((old >> np.uint64(18)) ^ old) >> np.uint64(27)).astype(np.uint32)
        rotation = (old >> np.uint64(59)).astype(np.uint32)
        return (shifted >> rotation) | (shifted << (-rotation.astype(np.int64) & 31).astype(np.uint32))

    def normal(self, latent):
        """(images, latent)"""
        bits = np.stack([self.next() for _ in range(latent)], axis=1)
        return torch.special.ndtri(torch.from_numpy((bits + 0.5) / 2**32)).float()


class Vae:
    def __init__(self, path):
        with safe_open(path, framework="pt") as file:
            self.w = {name: file.get_tensor(name).float() for name in file.keys()}

    def linear(self, name, x):
        return x @ self.w[name + ".weight"].T + self.w[name + ".bias"]

    def encode(self, x):
        h = torch.relu(self.linear("encoder.0", x))
        return self.linear("mu", h), self.linear("log_var", h)

    def reconstruction(self, z, x):
        """-log p(x|z) of each image."""
        logits = self.linear("decoder.2", torch.relu(self.linear("decoder.0", z)))
        return binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).double()


def agree(what, ours, theirs, tolerance=TOLERANCE):
    print(f"{what:32} {ours:9.4f} here, {theirs:9.4f} native_eval, tolerance {tolerance:.3g}")
    assert abs(ours - theirs) < tolerance, what


def agree_by_chance(what, draws, theirs, their_draws=1):
    """`draws` are several draws of one figure (draw, image), native_eval's are others: within four standard errors."""
    error = draws.std(0).square().mean().sqrt().item() / draws.shape[1] ** 0.5  # of the average over images
    print(f"{what}: standard error {error:.4f} nats over {draws.shape[1]} images with one draw each; "
          f"{len(draws)} draws here, {their_draws} there")
    agree(what, draws.mean().item(), theirs, 4 * error * (1 / their_draws + 1 / len(draws)) ** 0.5)


@torch.no_grad()
def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)  # of small products, and others want the rest
    model = Vae(WEIGHTS)
    pixels = torch.from_numpy(np.fromfile(f"{MNIST}/t10k-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784))
    x = pixels.float() / 255
    mu, log_var = model.encode(x)
    sigma, latent = torch.exp(log_var / 2), mu.shape[1]
    kls = torch.distributions.kl_divergence(torch.distributions.Normal(mu, sigma), torch.distributions.Normal(0, 1))

    folder = tempfile.TemporaryDirectory()
    each, latents = f"{folder.name}/each.csv", f"{folder.name}/z.npz"
    theirs = native_eval("--draws", "1", "--per-image", each, "--export-latents", latents)
    reconstructions = model.reconstruction(mu + sigma * Pcg32(len(x)).normal(latent), x)
    reconstruction = reconstructions.mean().item()
    labels = np.fromfile(f"{MNIST}/t10k-labels-idx1-ubyte", np.uint8, offset=8)
    table = np.loadtxt(each, delimiter=",", skiprows=1)
    assert (table[:, 0] == np.arange(len(x))).all() and (table[:, 1] == labels).all()
    for column, ours in ((2, reconstructions), (3, kls.sum(1)), (5, model.reconstruction(mu, x))):
        agree(f"the image that differs most in column {column}", np.abs(table[:, column] - ours.numpy()).max(), 0, 0.02)
    with np.load(latents) as exported:
        assert set(exported) == {"mu", "sigma", "label"} and (exported["label"] == labels).all()
        for key, ours in (("mu", mu), ("sigma", sigma)):
            np.testing.assert_allclose(exported[key], ours.numpy(), atol=1e-4, err_msg=key)
    kl = kls.sum(1).mean().item()
    agree("reconstruction", reconstruction, theirs["reconstruction"])
    agree("kl", kl, theirs["kl"])
    agree("neg_elbo", reconstruction + kl, theirs["neg_elbo"])
    agree("neg_elbo_at_mu", model.reconstruction(mu, x).mean().item() + kl, theirs["neg_elbo_at_mu"])
    for d, (ours, native) in enumerate(zip(kls.mean(0).tolist(), theirs["kl_per_dimension"], strict=True)):
        agree(f"kl_per_dimension[{d}]", ours, native)
    assert theirs["active_units"] == (mu.var(0) > 0.01).sum().item()
    assert (theirs["images"], theirs["binarization"], theirs["constant_included"]) == (len(x), "gray", True)
    draws = torch.stack([model.reconstruction(mu + sigma * torch.randn_like(mu), x) for _ in range(DRAWS)])
    agree_by_chance("reconstruction", draws, theirs["reconstruction"])

    x, mu, log_var, sigma = (t[:CHANCE_IMAGES] for t in (x, mu, log_var, sigma))
    theirs = native_eval("--images", str(CHANCE_IMAGES), "--draws", str(DRAWS))
    agree_by_chance("reconstruction", draws[:, :CHANCE_IMAGES], theirs["reconstruction"], DRAWS)
    theirs = native_eval("--images", str(CHANCE_IMAGES), "--pixels", "dynamic", "--draws", "1")
    losses = []
    for _ in range(DRAWS):
        b = torch.bernoulli(x)
        mu_b, log_var_b = model.encode(b)
        z = mu_b + torch.exp(log_var_b / 2) * torch.randn_like(mu_b)
        losses.append(model.reconstruction(z, b) - 0.5 * (1 + log_var_b - mu_b**2 - log_var_b.exp()).sum(1))
    assert theirs["binarization"] == "dynamic"
    agree_by_chance("neg_elbo, dynamic pixels", torch.stack(losses), theirs["neg_elbo"])

    theirs = native_eval("--images", str(NLL_IMAGES), "--nll", str(NLL_SAMPLES))
    x, mu, log_var, sigma = (t[:NLL_IMAGES] for t in (x, mu, log_var, sigma))
    q, prior, noise = torch.distributions.Normal(mu, sigma), torch.distributions.Normal(0, 1), Pcg32(NLL_IMAGES)

    def log_weights(z):
        return prior.log_prob(z).sum(1) - q.log_prob(z).sum(1) - model.reconstruction(z, x)

    def nll(log_w):
        return np.log(len(log_w)) - torch.logsumexp(log_w, 0)

    same = torch.stack([log_weights(mu + sigma * noise.normal(latent)) for _ in range(NLL_SAMPLES)])
    assert theirs["nll_samples"] == NLL_SAMPLES
    agree("nll", nll(same).mean().item(), theirs["nll"])
    others = torch.stack([log_weights(q.sample()) for _ in range(DRAWS * NLL_SAMPLES)])
    agree_by_chance("nll", torch.stack([nll(w) for w in others.split(NLL_SAMPLES)]), theirs["nll"])


main()
