#!/usr/bin/env python3
"""Writes the reference values in src/test/resources/parity: the results of PyTorch for networks with other stems, with
weights and images computed by a formula (FormulaWeights).

Needs torch, torchvision and timm. The values in the repository were written with torch 1.13.1 and timm 0.9.16.
Run: other_stems.py FOLDER
"""
import json
import sys
import zlib
from pathlib import Path

import numpy
import timm
import torch
from torch import nn
from torchvision.models import resnet

SEED = 1


def uniform(name, count):
    with numpy.errstate(over="ignore"):
        mask = numpy.uint64(0xFFFFFFFF)
        h = (numpy.arange(count, dtype=numpy.uint64) * numpy.uint64(2654435761)
             + numpy.uint64(zlib.crc32(f"{SEED}:{name}".encode()))) & mask
        h = (h * numpy.uint64(2246822519) + numpy.uint64(3266489917)) & mask
        h ^= h >> numpy.uint64(15)
        h = (h * numpy.uint64(668265263)) & mask
        h ^= h >> numpy.uint64(13)
    return h.astype(numpy.float64) / 4294967296.0


def value(name, shape):
    u = uniform(name, int(numpy.prod(shape)))
    if len(shape) == 4:
        v = (2 * u - 1) * numpy.sqrt(6.0 / (shape[1] * shape[2] * shape[3]))
    elif len(shape) == 2:
        v = (2 * u - 1) * numpy.sqrt(3.0 / shape[1])
    elif name.endswith("running_var"):
        v = 0.5 + u
    elif name.endswith(".weight"):
        v = 0.25 + 0.5 * u
    else:
        v = (2 * u - 1) * 0.1
    return torch.from_numpy(v.astype(numpy.float32).reshape(shape))


def images(size):
    noise = (2 * uniform("input", 3 * size * size) - 1) * 2
    blocks = -(-size // 32)
    coarse = ((2 * uniform("blocks", 3 * blocks * blocks) - 1) * 2).reshape(3, blocks, blocks)
    coarse = coarse.repeat(32, axis=1).repeat(32, axis=2)[:, :size, :size]
    return torch.from_numpy(numpy.stack([noise.reshape(3, size, size), coarse]).astype(numpy.float32))


def small_stem(block, layers, classes):
    """kuangliu's pytorch-cifar: torchvision's network behind one 3x3 convolution, without pooling."""
    net = resnet.ResNet(block, layers, num_classes=classes)
    net.conv1 = nn.Conv2d(3, 64, 3, stride=1, padding=1, bias=False)
    net.maxpool = nn.Identity()
    return net


def reference(networks, size, classes, path):
    models = {}
    for name, net in networks.items():
        net.load_state_dict({n: t if n.endswith("num_batches_tracked") else value(n, tuple(t.shape))
                             for n, t in net.state_dict().items()})
        net.eval()
        with torch.no_grad():
            logits = net(images(size)).double()
        models[name] = {
            "classes": classes,
            "parameters": sum(p.numel() for p in net.parameters()),
            "logits": [row[:32].tolist() for row in logits],
            "argmax": logits.argmax(1).tolist(),
            "l2": logits.norm(dim=1).tolist(),
            "mean": logits.mean(1).tolist(),
        }
    path.write_text(json.dumps({"seed": SEED, "torch": torch.__version__, "timm": timm.__version__,
                                "input_shape": [2, 3, size, size], "models": models}, indent=1) + "\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    # With 72 pixels the stages have 18, 9, 5 and 3 pixels, so that the pooling of resnet18d is tested with odd sizes.
    reference({"resnet18d": timm.create_model("resnet18d", num_classes=10),
               "resnet50d": timm.create_model("resnet50d", num_classes=10),
               "resnet50c": timm.create_model("resnet50c", num_classes=10)}, 72, 10, folder / "timm-seed1.json")
    reference({"resnet18_cifar": small_stem(resnet.BasicBlock, [2, 2, 2, 2], 10),
               "resnet50_cifar": small_stem(resnet.Bottleneck, [3, 4, 6, 3], 10)}, 32, 10, folder / "cifar-seed1.json")


main()
