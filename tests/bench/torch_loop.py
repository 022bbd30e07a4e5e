"""The same training as a plain PyTorch loop in Python: train.py's opponent, told what to do as train_bench.cpp is.
   torch_loop.py MODEL DATA [--dropout RATE] [--gray] [--compile] [--device cuda]      MODEL: mlp, tf-conv or resnet
   check FILE   the steps that train_bench recorded, from its weights and with its batches: the loss of each
   steps N      seconds for N steps
Threads are as many as OMP_NUM_THREADS says, and the BLAS' own variable."""
import argparse
import json
import math
import os
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../native/model"))
import resnet  # noqa: E402


class SameConv2d(nn.Conv2d):
    """TensorFlow's "SAME" padding: (before, after) on both axes."""

    def __init__(self, *sizes, same):
        super().__init__(*sizes)
        self.same = same

    def forward(self, x):
        before, after = self.same
        return F.conv2d(F.pad(x, (before, after, before, after)), self.weight, self.bias, self.stride)


class SameConvTranspose2d(nn.ConvTranspose2d):
    def __init__(self, *sizes, same):
        super().__init__(*sizes)
        self.same = same

    def forward(self, x):
        before, after = self.same
        x = F.conv_transpose2d(x, self.weight, self.bias, self.stride)
        return x[:, :, before : x.shape[2] - after, before : x.shape[3] - after]


class Vae(nn.Module):
    def __init__(self, encoder, features, latent, decoder, image):
        super().__init__()
        self.encoder, self.decoder, self.image = encoder, decoder, image
        self.mu, self.log_var = nn.Linear(features, latent), nn.Linear(features, latent)

    def posterior(self, x):
        h = self.encoder(x.view(-1, *self.image))
        return self.mu(h), self.log_var(h)

    def forward(self, x, epsilon):
        mu, log_var = self.posterior(x)
        epsilon = epsilon[0]  # one draw
        output = self.decoder(mu + torch.exp(0.5 * log_var) * epsilon)
        if len(self.image) == 1:
            reconstruction = F.binary_cross_entropy_with_logits(output, x, reduction="sum")
        else:
            reconstruction = F.mse_loss(output, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
        return (reconstruction + kl) / len(x)


class ImportanceWeighted(Vae):
    """With a mixture as prior, and a bound that is the tighter the more draws it has: epsilon is (draws, n, latent)."""

    def __init__(self, components, *arguments):
        super().__init__(*arguments)
        latent = self.mu.out_features
        self.prior = nn.ParameterDict({"mean": torch.zeros(components, latent), "log_var": torch.zeros(components, latent),
                                       "logit": torch.zeros(components)})

    def forward(self, x, epsilon):
        mu, log_var = self.posterior(x)
        z = mu + torch.exp(0.5 * log_var) * epsilon
        logits = self.decoder(z.flatten(0, 1)).view(len(epsilon), *x.shape)
        log_px = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
        prior = self.prior
        distance = (z.unsqueeze(-2) - prior["mean"]).square() * torch.exp(-prior["log_var"])
        log_normals = -0.5 * (math.log(2 * math.pi) + prior["log_var"] + distance).sum(-1)
        log_pz = torch.logsumexp(torch.log_softmax(prior["logit"], 0) + log_normals, -1)
        log_q = -0.5 * (math.log(2 * math.pi) + log_var + epsilon.square()).sum(-1)
        return -(torch.logsumexp(log_px + log_pz - log_q, 0) - math.log(len(epsilon))).mean()


def mlp():
    encoder = [nn.Linear(784, 400), nn.ReLU()]
    decoder = [nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)]
    return Vae(nn.Sequential(*encoder), 400, 20, nn.Sequential(*decoder), (784,))


def tf_conv(dropout):
    def leaky():
        return nn.LeakyReLU(0.3)

    def drop():
        return nn.Dropout(dropout)

    encoder = [SameConv2d(1, 64, 4, 2, same=(1, 1)), leaky(), drop(), SameConv2d(64, 64, 4, 2, same=(1, 1)), leaky(),
               drop(), SameConv2d(64, 64, 4, 1, same=(1, 2)), leaky(), drop(), nn.Flatten()]
    decoder = [nn.Linear(8, 24), leaky(), nn.Linear(24, 49), leaky(), nn.Unflatten(1, (1, 7, 7)),
               SameConvTranspose2d(1, 64, 4, 2, same=(1, 1)), nn.ReLU(), drop(),
               SameConvTranspose2d(64, 64, 4, 1, same=(1, 2)), nn.ReLU(), drop(),
               SameConvTranspose2d(64, 64, 4, 1, same=(1, 2)), nn.ReLU(), nn.Flatten(), nn.Linear(12544, 784),
               nn.Sigmoid()]
    return Vae(nn.Sequential(*encoder), 3136, 8, nn.Sequential(*decoder), (1, 28, 28))


def read_images(folder):
    """All training images as floats in memory, (n, 784)."""
    with open(folder + "/train-images-idx3-ubyte", "rb") as file:
        data = bytearray(file.read())
    return (torch.frombuffer(data, dtype=torch.uint8, offset=16).view(-1, 784).float() / 255).contiguous()


def read_record(path):
    """A safetensors file of float32."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(data, dtype=torch.float32, offset=8 + size + t["data_offsets"][0],
                                   count=math.prod(t["shape"])).view(t["shape"]) for name, t in header.items()}


class Loop:
    def __init__(self, o):
        torch.manual_seed(1)
        self.device = torch.device(o.device)
        self.images = read_images(o.data).to(self.device)
        if o.model == "resnet":
            encoder, features, decoder = resnet.layers()
            self.model = ImportanceWeighted(100, encoder, features, 24, decoder, (1, 28, 28))
        else:
            self.model = mlp() if o.model == "mlp" else tf_conv(o.dropout)
        self.model.to(self.device)
        self.batch, self.noise, rate = {"mlp": (128, (1, 128, 20), 1e-3), "tf-conv": (64, (1, 64, 8), 5e-4),
                                        "resnet": (256, (8, 256, 24), 4e-3)}[o.model]
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.Adam(self.parameters, rate)
        # The resnet's training also draws its pixels, limits the gradient, and keeps an average of the weights.
        self.average = [p.detach().clone() for p in self.parameters] if o.model == "resnet" else None
        self.draw_pixels = o.model == "resnet" and not o.gray
        self.loss = torch.compile(self.model) if o.compile else self.model
        self.order, self.at = self.new_order(), 0
        self.total = torch.zeros((), device=self.device)

    def new_order(self):
        return torch.randperm(len(self.images), device=self.device)

    def step(self, indices, epsilon):
        self.optimizer.zero_grad(set_to_none=True)
        x = self.images[indices]
        loss = self.loss(torch.bernoulli(x) if self.draw_pixels else x, epsilon)
        loss.backward()
        if self.average:
            nn.utils.clip_grad_norm_(self.parameters, 200)
        self.optimizer.step()
        if self.average:
            with torch.no_grad():
                torch._foreach_mul_(self.average, 0.999)
                torch._foreach_add_(self.average, self.parameters, alpha=0.001)
        return loss.detach()

    def steps(self, n):
        start = time.perf_counter()
        for _ in range(n):
            if self.at + self.batch > len(self.order):
                self.order, self.at = self.new_order(), 0
            indices = self.order[self.at : self.at + self.batch]
            self.at += self.batch
            self.total += self.step(indices, torch.randn(self.noise, device=self.device))
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    def check(self, path):
        record = read_record(path)
        self.model.load_state_dict({name: record[name] for name in self.model.state_dict()})
        order = record["order"].long().view(-1, self.batch)
        return [float(self.step(indices, record["epsilon.%d" % i])) for i, indices in enumerate(order)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["mlp", "tf-conv", "resnet"])
    parser.add_argument("data")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--gray", action="store_true", help="resnet: pixels are not drawn")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--device", default="cpu")
    loop = Loop(parser.parse_args())
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command, argument = line.split()
        print(json.dumps(loop.steps(int(argument)) if command == "steps" else loop.check(argument)), flush=True)


if __name__ == "__main__":
    main()
