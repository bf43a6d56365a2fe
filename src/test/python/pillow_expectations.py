#!/usr/bin/env python3
"""Computes images with Pillow as torchvision's Resize (antialias, on the short edge) and CenterCrop do.

usage: pillow_expectations.py crc              the CRC-32 of the patterns in ImagePreprocessorTest
       pillow_expectations.py crops OUT FILE...  for each file OUT/NAME.rgb: 224x224 of a short edge of 256, RGB bytes
       pillow_expectations.py turned OUT FILE  for each size and EXIF orientation OUT/WIDTHxHEIGHT-ORIENTATION.jpg, and the
                                        results: .jpg.rgb as above, .jpg.56.rgb: 56x56 of a short edge of 64
"""

import os
import sys
import zlib

from PIL import Image, ImageOps

PATTERNS = [
    (100, 80, 32, 28, 28),
    (80, 131, 64, 48, 56),
    (20, 10, 32, 32, 32),
    (300, 200, 0, 64, 48),
    (40, 30, 16, 24, 20),
    (33, 47, 33, 32, 32),
    (50, 50, 9, 7, 6),
    (1, 1, 4, 4, 4),
]


def pattern(width, height):
    values = bytearray()
    for y in range(height):
        for x in range(width):
            values += bytes(((7 * x + 13 * y) % 256, (x * x + 5 * y) % 256, (3 * x + y * y) % 256))
    return Image.frombytes("RGB", (width, height), bytes(values))


def resize(image, short_edge):
    width, height = image.size
    if min(width, height) == short_edge:
        return image
    if width <= height:
        size = (short_edge, int(short_edge * height / width))
    else:
        size = (int(short_edge * width / height), short_edge)
    return image.resize(size, Image.BILINEAR)


def center_crop(image, width, height):
    if image.width < width or image.height < height:
        left = (width - image.width) // 2 if width > image.width else 0
        top = (height - image.height) // 2 if height > image.height else 0
        padded = Image.new("RGB", (max(width, image.width), max(height, image.height)))
        padded.paste(image, (left, top))
        image = padded
        if image.size == (width, height):
            return image
    left = int(round((image.width - width) / 2.0))
    top = int(round((image.height - height) / 2.0))
    return image.crop((left, top, left + width, top + height))


def preprocess(image, short_edge, width, height):
    if short_edge == 0:
        return image if image.size == (width, height) else image.resize((width, height), Image.BILINEAR)
    return center_crop(resize(image, short_edge), width, height)


# The image covers the last cell of the scaled decoding (2, 4 or 8 pixels) only in part.
SIZES = [(609, 641), (1033, 777), (517, 1203), (1801, 1029)]


def write_crops(image, out):
    for short_edge, side, name in ((256, 224, ".rgb"), (64, 56, ".56.rgb")):
        with open(out + name, "wb") as crop:
            crop.write(preprocess(image, short_edge, side, side).tobytes())


def turned(out, file):
    photo = Image.open(file).convert("RGB")
    for width, height in SIZES:
        for orientation in range(1, 9):
            name = os.path.join(out, f"{width}x{height}-{orientation}")
            exif = Image.Exif()
            exif[0x0112] = orientation
            photo.resize((width, height), Image.BICUBIC).save(name + ".jpg", quality=90, exif=exif)
            write_crops(ImageOps.exif_transpose(Image.open(name + ".jpg")).convert("RGB"), name + ".jpg")


def main(arguments):
    if arguments[:1] == ["crc"]:
        for width, height, short_edge, crop_width, crop_height in PATTERNS:
            result = preprocess(pattern(width, height), short_edge, crop_width, crop_height)
            print(f"{width},{height}, {short_edge},{crop_width},{crop_height}, {zlib.crc32(result.tobytes())}")
    elif arguments[:1] == ["crops"] and len(arguments) > 2:
        for file in arguments[2:]:
            # Upright, with three channels, as photo datasets are loaded.
            image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
            crop = preprocess(image, 256, 224, 224)
            with open(os.path.join(arguments[1], os.path.basename(file) + ".rgb"), "wb") as out:
                out.write(crop.tobytes())
    elif arguments[:1] == ["turned"] and len(arguments) == 3:
        turned(arguments[1], arguments[2])
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
