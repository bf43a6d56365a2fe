"""Writes a ResNet's parameters as safetensors, with torchvision's names, the right shapes and arbitrary values.

usage: python3 pod_weights.py resnet18|resnet50 FILE
"""
import array
import json
import struct
import sys

BLOCKS = {"resnet18": (2, 2, 2, 2), "resnet50": (3, 4, 6, 3)}


def shapes(name):
    expansion = 1 if name == "resnet18" else 4

    def norm(prefix, width):
        for field in ("weight", "bias", "running_mean", "running_var"):
            yield f"{prefix}.{field}", (width,)

    yield "conv1.weight", (64, 3, 7, 7)
    yield from norm("bn1", 64)
    channels = 64
    for stage, count in enumerate(BLOCKS[name], start=1):
        width = 32 << stage
        out = width * expansion
        for block in range(count):
            prefix = f"layer{stage}.{block}"
            sizes = [(width, channels, 3), (width, width, 3)]
            if expansion == 4:
                sizes = [(width, channels, 1), (width, width, 3), (out, width, 1)]
            for number, (to, of, side) in enumerate(sizes, start=1):
                yield f"{prefix}.conv{number}.weight", (to, of, side, side)
                yield from norm(f"{prefix}.bn{number}", to)
            if block == 0 and channels != out:
                yield f"{prefix}.downsample.0.weight", (out, channels, 1, 1)
                yield from norm(f"{prefix}.downsample.1", out)
            channels = out
    yield "fc.weight", (1000, channels)
    yield "fc.bias", (1000,)


def values(name, shape):
    count = 1
    for side in shape:
        count *= side
    if len(shape) == 1:
        return array.array("f", [1.0 if name.endswith(("weight", "running_var")) else 0.0] * count)
    scale = (2.0 * shape[0] / count) ** 0.5
    pattern = array.array("f", [((i * 7919) % 1009 / 504.5 - 1) * scale for i in range(4093)])
    repeated = pattern * (count // len(pattern) + 1)
    return repeated[:count]


def main():
    architecture, file = sys.argv[1:]
    header, offset, tensors = {}, 0, []
    for name, shape in shapes(architecture):
        tensor = values(name, shape)
        end = offset + 4 * len(tensor)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
        tensors.append(tensor)
    text = json.dumps(header).encode()
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors:
            tensor.tofile(out)


main()
