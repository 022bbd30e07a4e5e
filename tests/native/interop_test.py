"""weights.bin is a real safetensors file: the safetensors package opens it, its names load into a plain PyTorch
module by strict load_state_dict, and that module draws the same digits as LibTorch and Eigen (build/parity.json)."""
import json
import sys

import torch
from safetensors import safe_open
from torch import nn


class Vae(nn.Module):
    def __init__(self, pixels, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.mu, self.log_var = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))

    def encode(self, x):
        h = self.encoder(x)
        return self.mu(h), self.log_var(h)

    def decode(self, z):
        return torch.sigmoid(self.decoder(z))


weights, parity_file = sys.argv[1:3]
parity = json.load(open(parity_file))
with safe_open(weights, framework="pt") as file:
    facts = file.metadata()
    state = {name: file.get_tensor(name).float() for name in file.keys()}
assert facts["format"] == "digit-vae" and facts["model"] == parity["model"], facts
hidden, pixels = state["encoder.0.weight"].shape
model = Vae(pixels, hidden, state["mu.bias"].numel())
model.load_state_dict(state, strict=True)


def agree(what, ours, theirs):
    difference = (ours - torch.tensor(theirs)).abs().max().item()
    print(f"{what}: largest difference {difference:.2g}")
    assert difference < 1e-5, what


with torch.no_grad():
    agree("images", model.decode(torch.tensor(parity["z"])), parity["images_eigen"])
    agree("samples", model.decode(torch.tensor(parity["prior"])), parity["samples"])
    mu, log_var = model.encode(torch.tensor(parity["encode"]["pixels"]))
    agree("mu", mu, parity["encode"]["mu"])
    agree("log_var", log_var, parity["encode"]["log_var"])
