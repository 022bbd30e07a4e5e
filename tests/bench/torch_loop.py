"""The same training as a plain PyTorch loop in Python: train.py's opponent, told what to do as train_bench.cpp is.
   torch_loop.py MODEL DATA [--dropout RATE] [--compile]      MODEL: mlp or tf-conv
   check FILE   the steps that train_bench recorded, from its weights and with its batches: the loss of each
   steps N      seconds for N steps
Threads are as many as OMP_NUM_THREADS says, and the BLAS' own variable."""
import argparse
import json
import math
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


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
        self.encoder, self.decoder, self.image = nn.Sequential(*encoder), nn.Sequential(*decoder), image
        self.mu, self.log_var = nn.Linear(features, latent), nn.Linear(features, latent)

    def forward(self, x, epsilon):
        h = self.encoder(x.view(-1, *self.image))
        mu, log_var = self.mu(h), self.log_var(h)
        output = self.decoder(mu + torch.exp(0.5 * log_var) * epsilon)
        if len(self.image) == 1:
            reconstruction = F.binary_cross_entropy_with_logits(output, x, reduction="sum")
        else:
            reconstruction = F.mse_loss(output, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
        return (reconstruction + kl) / len(x)


def mlp():
    return Vae([nn.Linear(784, 400), nn.ReLU()], 400, 20, [nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)], (784,))


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
    return Vae(encoder, 3136, 8, decoder, (1, 28, 28))


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
        self.images = read_images(o.data)
        self.model = mlp() if o.model == "mlp" else tf_conv(o.dropout)
        self.batch, self.latent = (128, 20) if o.model == "mlp" else (64, 8)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-3 if o.model == "mlp" else 5e-4)
        self.loss = torch.compile(self.model) if o.compile else self.model
        self.order, self.at = torch.randperm(len(self.images)), 0
        self.total = torch.zeros(())

    def step(self, indices, epsilon):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.images[indices], epsilon)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def steps(self, n):
        start = time.perf_counter()
        for _ in range(n):
            if self.at + self.batch > len(self.order):
                self.order, self.at = torch.randperm(len(self.images)), 0
            indices = self.order[self.at : self.at + self.batch]
            self.at += self.batch
            self.total += self.step(indices, torch.randn(self.batch, self.latent))
        return time.perf_counter() - start

    def check(self, path):
        record = read_record(path)
        self.model.load_state_dict({name: record[name] for name in self.model.state_dict()})
        order = record["order"].long().view(-1, self.batch)
        return [float(self.step(indices, record["epsilon.%d" % i])) for i, indices in enumerate(order)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["mlp", "tf-conv"])
    parser.add_argument("data")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--compile", action="store_true")
    loop = Loop(parser.parse_args())
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command, argument = line.split()
        print(json.dumps(loop.steps(int(argument)) if command == "steps" else loop.check(argument)), flush=True)


if __name__ == "__main__":
    main()
