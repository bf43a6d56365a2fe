#!/usr/bin/env python3
"""A typical Python service: a consumer, a frozen TorchScript ResNet-50, a producer. Needs Debian's python3-torch,
python3-torchvision, python3-confluent-kafka, python3-pil.

  python_peer.py serve BOOTSTRAP INPUT LABELS FILE    runs until it is killed
  python_peer.py variants PHOTOS FOLDER               writes each photograph three times: as it is, mirrored, upside down
  python_peer.py count BOOTSTRAP LABELS WARM_UP SECONDS
                                                      prints committed labels per second, from WARM_UP after the first one
  python_peer.py total BOOTSTRAP TOPIC ENOUGH SECONDS prints the number of committed records, when there are enough or it is time
"""
import io
import json
import os
import struct
import sys
import time

LONGEST_START = 120


def network():
    import torch
    import torchvision

    model = torchvision.models.resnet50()
    return model.eval()


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


def jpegs(folder):
    return [name for name in sorted(os.listdir(folder)) if name.lower().endswith((".jpg", ".jpeg"))]


def preprocess(data):
    import numpy
    from PIL import Image

    image = Image.open(io.BytesIO(data)).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BILINEAR)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    return numpy.asarray(image.crop((left, top, left + 224, top + 224)))


def to_batch(images):
    import numpy
    import torch

    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    batch = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std)
    return batch.to(memory_format=torch.channels_last)


def frozen(path):
    import torch

    example = torch.zeros(8, 3, 224, 224).to(memory_format=torch.channels_last)
    return torch.jit.freeze(torch.jit.trace(load(path).to(memory_format=torch.channels_last), example))


def serve(bootstrap, topic, labels, path):
    import torch
    from confluent_kafka import Consumer, Producer

    torch.set_num_threads(os.cpu_count())
    with torch.inference_mode():
        model = frozen(path)
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": labels, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False})
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": "lz4"})
    consumer.subscribe([topic])
    with torch.inference_mode():
        while True:
            messages = [m for m in consumer.consume(8, 0.1) if not m.error()]
            if not messages:
                continue
            probabilities = model(to_batch([preprocess(message.value()) for message in messages])).softmax(1)
            top = probabilities.topk(5)
            for message, p, index in zip(messages, top.values.tolist(), top.indices.tolist()):
                producer.produce(labels, json.dumps({"labels": [{"index": i, "probability": v} for i, v in zip(index, p)]}),
                                 message.key())
            producer.flush()
            consumer.commit(asynchronous=False)


def count(bootstrap, labels, warm_up, seconds):
    from confluent_kafka import Consumer

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "count-" + labels, "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed", "topic.metadata.refresh.interval.ms": 500})
    consumer.subscribe([labels])
    start = time.monotonic()
    first = begun = last = None
    number = 0
    while begun is None or time.monotonic() - begun < seconds:
        if first is None and time.monotonic() - start > LONGEST_START:
            sys.exit("no label on %s for %d s" % (labels, LONGEST_START))
        messages = [m for m in consumer.consume(500, 0.05) if not m.error()]
        now = time.monotonic()
        if not messages:
            continue
        first = first or now
        if begun:
            last = now
            number += len(messages)
        elif now - first >= warm_up:
            begun = last = now
    print("%.2f" % (number / (last - begun) if number else 0))

def total(bootstrap, topic, enough, seconds):
    from confluent_kafka import Consumer

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "total-" + topic, "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed", "topic.metadata.refresh.interval.ms": 500})
    consumer.subscribe([topic])
    number, end = 0, time.monotonic() + seconds
    while number < enough and time.monotonic() < end:
        number += len([m for m in consumer.consume(500, 0.05) if not m.error()])
    print(number)


def variants(photos, folder):
    from PIL import Image, ImageOps

    os.makedirs(folder)
    for name in jpegs(photos):
        image = Image.open(os.path.join(photos, name)).convert("RGB")
        for kind, changed in (("", image), ("mirrored-", ImageOps.mirror(image)), ("flipped-", ImageOps.flip(image))):
            changed.save(os.path.join(folder, kind + os.path.splitext(name)[0] + ".jpg"), quality=95)


COMMANDS = {
    "serve": serve,
    "variants": variants,
    "count": lambda *a: count(*a[:2], *map(float, a[2:])),
    "total": lambda *a: total(*a[:2], *map(float, a[2:])),
}
COMMANDS[sys.argv[1]](*sys.argv[2:])
