#!/usr/bin/env python3
"""A typical Python service: a consumer, a frozen TorchScript ResNet-50, a producer. Needs Debian's python3-torch,
python3-torchvision, python3-confluent-kafka, python3-pil.

  python_peer.py export FILE.safetensors              writes seeded random weights for both sides
  python_peer.py serve BOOTSTRAP INPUT LABELS FILE    runs until it is killed
  python_peer.py count BOOTSTRAP LABELS SECONDS       prints committed labels per second, from the first label on
"""
import io
import json
import os
import struct
import sys
import time


def network():
    import torch
    import torchvision

    torch.manual_seed(1)
    model = torchvision.models.resnet50()
    return model.eval()


def export(path):
    import torch

    header, data, offset = {}, [], 0
    for name, tensor in network().state_dict().items():
        if tensor.dtype != torch.float32:
            continue
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        data.append(raw)
        offset += len(raw)
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for raw in data:
            out.write(raw)


def load(path):
    import torch

    with open(path, "rb") as source:
        size = struct.unpack("<Q", source.read(8))[0]
        header = json.loads(source.read(size))
        blob = bytearray(source.read())
    state = {
        name: torch.frombuffer(blob, dtype=torch.float32, count=(entry["data_offsets"][1] - entry["data_offsets"][0]) // 4,
                               offset=entry["data_offsets"][0]).reshape(entry["shape"])
        for name, entry in header.items()
    }
    model = network()
    model.load_state_dict(state, strict=False)
    return model


def serve(bootstrap, topic, labels, path):
    import numpy
    import torch
    from confluent_kafka import Consumer, Producer
    from PIL import Image

    torch.set_num_threads(os.cpu_count())
    model = load(path).to(memory_format=torch.channels_last)
    model = torch.jit.freeze(torch.jit.trace(model, torch.zeros(8, 3, 224, 224).to(memory_format=torch.channels_last)))
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": labels, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False})
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": "lz4"})
    consumer.subscribe([topic])
    with torch.inference_mode():
        while True:
            messages = [m for m in consumer.consume(8, 0.1) if not m.error()]
            if not messages:
                continue
            images = []
            for message in messages:
                image = Image.open(io.BytesIO(message.value())).convert("RGB")
                scale = 256 / min(image.size)
                image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BILINEAR)
                left, top = (image.width - 224) // 2, (image.height - 224) // 2
                images.append(numpy.asarray(image.crop((left, top, left + 224, top + 224))))
            batch = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std)
            probabilities = model(batch.to(memory_format=torch.channels_last)).softmax(1)
            top = probabilities.topk(5)
            for message, p, index in zip(messages, top.values.tolist(), top.indices.tolist()):
                producer.produce(labels, json.dumps({"labels": [{"index": i, "probability": v} for i, v in zip(index, p)]}),
                                 message.key())
            producer.flush()
            consumer.commit(asynchronous=False)


def count(bootstrap, labels, seconds):
    from confluent_kafka import Consumer

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "count-" + labels, "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed", "topic.metadata.refresh.interval.ms": 500})
    consumer.subscribe([labels])
    first = last = None
    number = 0
    while first is None or time.monotonic() - first < seconds:
        messages = [m for m in consumer.consume(500, 0.05) if not m.error()]
        if messages and first is None:
            first = last = time.monotonic()  # The first batch of labels is not counted.
        elif messages:
            last = time.monotonic()
            number += len(messages)
    print("%.2f" % (number / (last - first) if number else 0))


{"export": export, "serve": serve, "count": lambda b, l, s: count(b, l, float(s))}[sys.argv[1]](*sys.argv[2:])
