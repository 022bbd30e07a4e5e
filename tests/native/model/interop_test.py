"""Weights files are real safetensors files: the safetensors package opens them, their names load into plain PyTorch
modules by strict load_state_dict, and those modules draw the same digits as LibTorch and Eigen (build/parity.json)."""
import json
import pathlib
import sys

import torch
from safetensors import safe_open
from torch import nn

from resnet import layers


class Vae(nn.Module):
    def __init__(self, encoder, features, latent, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.mu, self.log_var = nn.Linear(features, latent), nn.Linear(features, latent)

    def encode(self, x):
        h = self.encoder(x)
        return self.mu(h), self.log_var(h)

    def decode(self, z):
        return torch.sigmoid(self.decoder(z)).flatten(1)


def mlp():
    """assets/mlp.bin"""
    return Vae(nn.Sequential(nn.Linear(784, 400), nn.ReLU()), 400, 20,
               nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)))


def resnet():
    """assets/weights.bin"""
    encoder, features, decoder = layers()
    model = Vae(encoder, features, 24, decoder)
    model.prior = nn.ParameterDict({"mean": torch.zeros(100, 24), "log_var": torch.zeros(100, 24),
                                    "logit": torch.zeros(100)})
    return model


def weights(path):
    """Metadata, and the tensors as floats: int8 has a factor for each index of its first dimension, NAME_scale."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}
        for name in [name for name in tensors if name.endswith("_scale")]:
            scale = tensors.pop(name)
            tensors[name[:-6]] *= scale.reshape(-1, *[1] * (tensors[name[:-6]].dim() - 1))
        return file.metadata(), tensors


def agree(what, ours, theirs):
    difference = (ours - torch.tensor(theirs)).abs().max().item()
    print(f"{what}: largest difference {difference:.2g}")
    assert difference < 1e-5, what


root, parity_file = sys.argv[1:3]
parities = json.load(open(parity_file))
assert len(parities) == 2
for make, image, parity in zip((resnet, mlp), ((1, 28, 28), (784,)), parities):
    facts, state = weights(pathlib.Path(root, parity["weights"]))
    assert facts["format"] == "digit-vae" and facts["model"] == parity["model"], facts
    model = make()
    model.load_state_dict(state, strict=True)
    with torch.no_grad():
        print(parity["weights"])
        agree("images", model.decode(torch.tensor(parity["z"])), parity["images_eigen"])
        agree("samples", model.decode(torch.tensor(parity["prior"])), parity["samples"])
        mu, log_var = model.encode(torch.tensor(parity["encode"]["pixels"]).reshape(-1, *image))
        agree("mu", mu, parity["encode"]["mu"])
        agree("log_var", log_var, parity["encode"]["log_var"])
