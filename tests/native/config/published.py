"""The published systems in PyTorch, written from their descriptions and not from our C++: networks, losses and
optimizers, for presets_test.py."""
import math

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

# ---- Networks


def same_padding(size, kernel, stride):
    """TensorFlow's "SAME": the output has ceil(size / stride) pixels; what must be added goes before and, where it is
    odd, one more after."""
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def same_conv2d(x, weight, bias, stride):
    (top, bottom), (left, right) = (same_padding(size, weight.shape[-1], stride) for size in x.shape[-2:])
    return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride)


class SameConv2d(nn.Conv2d):
    def forward(self, x):
        return same_conv2d(x, self.weight, self.bias, self.stride[0])


class SameConvTranspose2d(nn.ConvTranspose2d):
    """The gradient of same_conv2d for an input of stride times the size: what the padding would get is cut away."""

    def forward(self, x):
        stride, kernel = self.stride[0], self.kernel_size[0]
        full = F.conv_transpose2d(x, self.weight, self.bias, stride)
        for dim in (2, 3):
            size = stride * x.shape[dim]
            full = full.narrow(dim, same_padding(size, kernel, stride)[0], size)
        return full


class Masked(nn.Module):
    """Dropout by a given mask, which holds 0 and 1 / keep."""

    mask = None

    def forward(self, x):
        return x * self.mask.reshape(x.shape)


class Vae(nn.Module):
    def __init__(self, encoder, features, latent, decoder, image=(784,), log_var=None, log_sigma=False):
        super().__init__()
        self.image, self.log_sigma = image, log_sigma
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)
        self.mu, self.log_var = nn.Linear(features, latent), nn.Linear(features, latent)
        if log_var is not None:
            self.decoder_log_var = log_var

    def posterior(self, x):
        h = self.encoder(x.reshape(-1, *self.image))
        # tf-conv calls half of its second head log-sigma, iwae the whole
        return Normal(self.mu(h), torch.exp((1 if self.log_sigma else 0.5) * self.log_var(h)))


def tf_conv():
    def lrelu():
        return nn.LeakyReLU(0.3)

    encoder = [SameConv2d(1, 64, 4, 2), lrelu(), Masked(),
               SameConv2d(64, 64, 4, 2), lrelu(), Masked(),
               SameConv2d(64, 64, 4, 1), lrelu(), Masked(), nn.Flatten()]
    decoder = [nn.Linear(8, 24), lrelu(), nn.Linear(24, 49), lrelu(), nn.Unflatten(1, (1, 7, 7)),
               SameConvTranspose2d(1, 64, 4, 2), nn.ReLU(), Masked(),
               SameConvTranspose2d(64, 64, 4, 1), nn.ReLU(), Masked(),
               SameConvTranspose2d(64, 64, 4, 1), nn.ReLU(), nn.Flatten(),
               nn.Linear(12544, 784), nn.Sigmoid()]
    return Vae(encoder, 3136, 8, decoder, (1, 28, 28))


def tf_mlp():
    return Vae([nn.Linear(784, 400), nn.ReLU()], 400, 20, [nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)])


def aevb(gaussian=False, linear=False):
    decoder = [nn.Linear(2, 500), nn.Tanh(), nn.Linear(500, 784)] + [nn.Sigmoid()] * (gaussian and not linear)
    return Vae([nn.Linear(784, 500), nn.Tanh()], 500, 2, decoder, log_var=nn.Linear(500, 784) if gaussian else None)


def iwae():
    encoder = [nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh()]
    decoder = [nn.Linear(50, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 784)]
    return Vae(encoder, 200, 50, decoder, log_sigma=True)


# ---- Losses, in nats per image: -log p(x|z) of z (samples, n, latent)


def bernoulli(model, x, z):
    logits = model.decoder(z)
    return F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)


def squared_error(model, x, z):
    return (x - model.decoder(z.flatten(0, 1)).reshape(*z.shape[:-1], -1)).square().sum(-1)


def gaussian(model, x, z):
    """With a floor of -7 under the log-variance: -7 + softplus(head + 7)."""
    log_var = -7 + F.softplus(model.decoder_log_var(model.decoder[:2](z)) + 7)
    return -Normal(model.decoder(z), torch.exp(0.5 * log_var)).log_prob(x).sum(-1)


LIKELIHOODS = {"bernoulli": bernoulli, "squared_error": squared_error, "gaussian": gaussian}


def doubly_reparameterized(model, q, z, nll, loss):
    """Tucker et al. 2018, equation 8: the encoder's gradient is that of sum(w^2 log w) over the samples, with the
    normalized weights w constant and q's parameters constant but for z; the decoder's is the bound's own."""
    constant = Normal(q.mean.detach(), q.stddev.detach())
    log_w = -nll - (constant.log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    w = torch.softmax(log_w.detach(), 0)
    sums = {"decoder": loss.mean(), "": -(w**2 * log_w).sum(0).mean()}
    return {name: torch.autograd.grad(sums["decoder" if name.startswith("decoder") else ""], p, retain_graph=True)[0]
            for name, p in model.named_parameters()}


def with_gradient(model, value, gradients):
    """`value`, whose derivative by each parameter is the one that is given."""
    carrier = sum((p * gradients[name]).sum() for name, p in model.named_parameters())
    return value.detach() + carrier - carrier.detach()


def losses(model, x, epsilon, settings):
    """Reconstruction, KL and what is minimized, averaged over the batch."""
    q, prior = model.posterior(x), Normal(0.0, 1.0)
    z = q.mean + epsilon * q.stddev
    nll = LIKELIHOODS[settings["likelihood"]](model, x, z)
    log_ratio = (q.log_prob(z) - prior.log_prob(z)).sum(-1)
    kl = log_ratio.mean(0) if settings["estimator"] == "a" else kl_divergence(q, prior).sum(-1)
    loss = nll.mean(0) + settings["beta"] * kl
    if settings["free-bits"]:
        kl_of_latents = kl_divergence(q, prior).mean(0)
        loss = nll.mean(0) + settings["beta"] * kl_of_latents.clamp(min=settings["free-bits"]).sum()
    if settings["objective"] == "iwae":
        loss = math.log(len(z)) - torch.logsumexp(-nll - log_ratio, 0)
    if settings["gradient"] == "dreg":
        loss = with_gradient(model, loss, doubly_reparameterized(model, q, z, nll, loss))
    return torch.stack([nll.mean(), kl.mean(), loss.mean()])


def penalty(model, settings, images):
    weights = sum(p.square().sum() / 2 for p in model.parameters() if p.dim() > 1)
    everything = sum(p.square().sum() / 2 for p in model.parameters())
    return settings["l2"] * weights + settings["weight-prior"] * everything / images


# ---- Optimizers


class TensorFlowAdam(torch.optim.Optimizer):
    """tf.train.AdamOptimizer: both bias corrections are in the rate, so epsilon stands beside an uncorrected root."""

    def __init__(self, params, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(params, dict(lr=lr))
        self.beta1, self.beta2, self.epsilon, self.t = beta1, beta2, epsilon, 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        group = self.param_groups[0]
        rate = group["lr"] * math.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
        for p in group["params"]:
            state = self.state[p]
            state["m"] = self.beta1 * state.get("m", 0) + (1 - self.beta1) * p.grad
            state["v"] = self.beta2 * state.get("v", 0) + (1 - self.beta2) * p.grad**2
            p -= rate * state["m"] / (state["v"].sqrt() + self.epsilon)


OPTIMIZERS = {
    "adam": lambda p, s: torch.optim.Adam(p, s["lr"]),
    "adamw": lambda p, s: torch.optim.AdamW(p, s["lr"], weight_decay=s["weight-decay"]),
    "adagrad": lambda p, s: torch.optim.Adagrad(p, s["lr"]),
    "sgd": lambda p, s: torch.optim.SGD(p, s["lr"], momentum=s["momentum"]),
    "tf-adam": lambda p, s: TensorFlowAdam(p, s["lr"]),
}


def rate(settings, step, steps):
    """One cycle starts at 1/25 of the peak and rises along half a cosine over the first 30 % of the steps."""
    if settings["schedule"] == "constant":
        return settings["lr"]
    assert step < 0.3 * steps
    return settings["lr"] * (1 / 25 + (1 - 1 / 25) * (1 - math.cos(math.pi * step / (0.3 * steps))) / 2)
