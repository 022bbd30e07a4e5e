"""The layers of the preset resnet in PyTorch, whose list of layers says how far a residual block reaches back."""
from torch import nn


class Skip(nn.Module):
    """Adds what went into the layer `layers` before this one."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers


class Residual(nn.Sequential):
    def forward(self, x):
        inputs = []
        for layer in self:
            inputs.append(x)
            x = x + inputs[-1 - layer.layers] if isinstance(layer, Skip) else layer(x)
        return x


def block(channels):
    return [nn.SiLU(), nn.Conv2d(channels, channels, 3, 1, 1), nn.SiLU(), nn.Conv2d(channels, channels, 3, 1, 1),
            Skip(4), nn.SiLU()]


def layers():
    """Encoder, features that both heads take, and decoder, which gives logits (n, 1, 28, 28)."""
    encoder = [nn.Conv2d(1, 32, 4, 2, 1), *block(32), nn.Conv2d(32, 48, 4, 2, 1), *block(48), nn.Conv2d(48, 48, 3, 2, 1),
               nn.SiLU(), nn.Flatten()]
    decoder = [nn.Linear(24, 48 * 7 * 7), nn.Unflatten(1, (48, 7, 7)), *block(48), nn.ConvTranspose2d(48, 32, 4, 2, 1),
               *block(32), nn.ConvTranspose2d(32, 1, 6, 2, 2)]
    return Residual(*encoder), 48 * 4 * 4, Residual(*decoder)
