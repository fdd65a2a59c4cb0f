"""Inputs of Benchmarks/peers/evaluation, the same in every run.

usage: evaluation_inputs.py scale FOLDER IMAGES
"""

import json
import os
import sys
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("SPHERESHIFT_SHARED_DATA", ROOT.parent / "shared" / "data"))


class Unavailable(Exception):
    """Why an input cannot be made here."""


def shared(name):
    path = SHARED / name
    if not path.exists():
        raise Unavailable(f"needs {name} of the shared data")
    return path


def ellipse(generator, width, height, largest):
    """The corners of a polygon like a disturbed ellipse."""
    radius = generator.uniform(3, largest, 2)
    center = generator.uniform((0, 0), (width, height))
    angles = numpy.linspace(0, 2 * numpy.pi, 12, endpoint=False)
    shape = generator.uniform(0.8, 1.2, 12)
    return numpy.stack([center[0] + radius[0] * shape * numpy.cos(angles),
                        center[1] + radius[1] * shape * numpy.sin(angles)], 1)


def encoded(masks, corners, width, height):
    corners = numpy.clip(corners, 0, (width, height))
    mask = masks.frPyObjects([corners.ravel().tolist()], height, width)[0]
    return mask if masks.area(mask) > 0 else None


def instances(folder, images, width, height, classes, objects, detections, largest, seed):
    """truth.json and predictions.json: ellipses, of which most are found more or less; every twentieth is a crowd."""
    from pycocotools import mask as masks

    generator = numpy.random.default_rng(seed)
    truth = {"images": [], "categories": [{"id": c + 1, "name": f"class {c + 1}"} for c in range(classes)],
             "annotations": []}
    found = []
    for image in range(1, images + 1):
        truth["images"].append({"id": image, "width": width, "height": height, "file_name": f"{image}.jpg"})

    def detect(image, category, corners, score):
        mask = encoded(masks, corners, width, height)
        if mask is not None:
            found.append({"image_id": image, "category_id": category, "score": round(score, 3),
                          "segmentation": {"size": mask["size"], "counts": mask["counts"].decode()}})

    while len(truth["annotations"]) < objects:
        number = len(truth["annotations"])
        image = 1 + number * images // objects
        corners = ellipse(generator, width, height, largest)
        mask = encoded(masks, corners, width, height)
        if mask is None:
            continue
        category = int(generator.integers(1, classes + 1))
        truth["annotations"].append({
            "id": number + 1, "image_id": image, "category_id": category, "iscrowd": int(number % 20 == 19),
            "area": float(masks.area(mask)), "bbox": masks.toBbox(mask).tolist(),
            "segmentation": {"size": mask["size"], "counts": mask["counts"].decode()}})
        if generator.random() < 0.9:
            detect(image, category, corners + generator.normal(0, largest / 20, corners.shape), generator.random())
    while len(found) < detections:
        detect(int(generator.integers(1, images + 1)), int(generator.integers(1, classes + 1)),
               ellipse(generator, width, height, largest), 0.7 * generator.random())
    for name, data in (("truth", truth), ("predictions", found[:detections])):
        (folder / f"{name}.json").write_text(json.dumps(data))


def coco(folder):
    """200 images of 240 x 240 pixels, 10 classes, 1600 objects, 2359 detections."""
    instances(folder, 200, 240, 240, 10, 1600, 2359, 50, 1)


def scale(folder, images):
    """Images of 640 x 480 pixels with 44 objects and as many detections each, 80 classes."""
    instances(folder, images, 640, 480, 80, 44 * images, 44 * images, 70, 2)


def pair(folder):
    """The golden pair of label maps: 512 x 512 pixels, 125 and 105 objects."""
    from PIL import Image

    golden = shared("metrics_golden")
    for source, name in (("gt", "truth"), ("pred", "prediction")):
        numpy.save(folder / f"{name}.npy", numpy.array(Image.open(golden / f"{source}.png")).astype(numpy.int32))
    detections = json.loads((golden / "coco_dt.json").read_text())
    numpy.save(folder / "scores.npy", numpy.array([detection["score"] for detection in detections]))


def blocks(folder):
    """1024 x 2048 pixels in 8192 blocks of 200 labels; the prediction is shifted, with other labels in a tenth of the blocks."""
    generator = numpy.random.default_rng(3)
    labels = generator.integers(1, 201, (64, 128))
    others = numpy.where(generator.random(labels.shape) < 0.1, generator.integers(1, 201, labels.shape), labels)
    for grid, name, shift in ((labels, "truth", 0), (others, "prediction", 2)):
        pixels = numpy.kron(grid, numpy.ones((16, 16), dtype=numpy.int64))
        numpy.save(folder / f"{name}.npy", numpy.roll(pixels, shift, 1).astype(numpy.int32))


def boundaries(folder):
    """The self-test of BSDS500: five images, five thresholds, 26 annotations, 130 matchings."""
    import shutil

    for path in shared("bsds500_bench5").iterdir():
        if path.name.endswith(("_pb.png", "_bdry.png")):
            shutil.copy(path, folder / path.name)


if __name__ == "__main__":
    scale(Path(sys.argv[2]), int(sys.argv[3]))
