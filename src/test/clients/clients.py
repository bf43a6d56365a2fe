"""Sends images with librdkafka and with kafka-python, then reads the labels with both as installed.

python3 clients.py BOOTSTRAP IMAGE prints a JSON line for each label of its events.
"""
import base64
import json
import sys

import confluent_kafka
import kafka

BOOTSTRAP, FILE = sys.argv[1:]
with open(FILE, "rb") as file:
    IMAGE = file.read()
BASE64 = base64.b64encode(IMAGE).decode()


def messages(prefix):
    """Returns keys, values and headers."""
    document = {"id": prefix + "-json", "image": BASE64, "attributes": {"score": float("nan")}}
    return [
        (prefix + "-image", IMAGE, [("content-type", b"image/png")]),
        (prefix + "-plain", IMAGE, []),
        ("x", json.dumps(document), [("content-type", b"application/json")]),
        (None, json.dumps({"id": prefix + "-lines", "image": base64.encodebytes(IMAGE).decode()}), []),
        (None, json.dumps({"id": prefix + "-url", "image": "data:image/png;base64," + BASE64}), []),
        (prefix + "-number", json.dumps({"id": 17, "image": BASE64.rstrip("=")}), []),
        (prefix + "-framed", b"\0\0\0\0\7" + json.dumps({"image": BASE64}).encode(), []),
        (
            "x",
            IMAGE,
            [
                ("content-type", b"image/png"),
                ("ce_specversion", b"1.0"),
                ("ce_id", (prefix + "-ce").encode()),
                ("ce_source", b"/camera/5"),
                ("ce_type", b"com.example.picture"),
            ],
        ),
    ]


def encoded(text):
    return text.encode() if isinstance(text, str) else text


def show(client, key, value, headers):
    """Prints a label of this script's events; returns what identifies it, or nothing for others."""
    label = json.loads(value)
    if not label["id"].startswith(("rd-", "py-", "17")):
        return set()
    text = {name: value.decode() for name, value in headers or []}
    print(json.dumps({"client": client, "id": label["id"], "label": label["label"], "headers": text}))
    return {(label["id"], key)}


def send():
    producer = confluent_kafka.Producer({"bootstrap.servers": BOOTSTRAP})
    for key, value, headers in messages("rd"):
        producer.produce("image-events", key=key, value=encoded(value), headers=headers)
    assert producer.flush(30) == 0
    producer = kafka.KafkaProducer(bootstrap_servers=BOOTSTRAP)
    for key, value, headers in messages("py"):
        sent = producer.send(
            "image-events", key=encoded(key), value=encoded(value), headers=headers
        )
        sent.get(30)
    producer.close()


def read(count):
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": BOOTSTRAP,
            "group.id": "rd",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe(["image-labels"])
    ids = set()
    while len(ids) < count:
        record = consumer.poll(1)
        if record is not None and record.error() is None:
            ids |= show("rd", record.key(), record.value(), record.headers())
    consumer.close()
    consumer = kafka.KafkaConsumer(
        bootstrap_servers=BOOTSTRAP, auto_offset_reset="earliest"
    )
    partitions = consumer.partitions_for_topic("image-labels")
    consumer.assign([kafka.TopicPartition("image-labels", number) for number in partitions])
    ids = set()
    while len(ids) < count:
        for records in consumer.poll(1000).values():
            for record in records:
                # kafka-python 2.0 hands on the markers of transactions.
                if record.key in (b"\0\0\0\0", b"\0\0\0\1"):
                    continue
                ids |= show("py", record.key, record.value, record.headers)
    consumer.close()


send()
read(len(messages("rd")) + len(messages("py")))
