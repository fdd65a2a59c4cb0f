#!/usr/bin/env python3
"""Makes the golden numbers of SphereEvaluation: random cases scored by the reference implementations.

usage: scripts/make-evaluation-fixtures.py [clustering|coco|panoptic|masks|thinning ...]     default: all

needs: pip install numpy pillow scikit-learn==1.9.1 scikit-image==0.26.0 pycocotools==2.0.11 panopticapi-lite==0.2.0
Only the results are stored: tests make the same cases from the same numbers of the SplitMix64 generator
(Tests/SphereEvaluationTests/RandomCases.swift follows the functions below line by line).
"""

import contextlib
import io
import json
import math
import os
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "Tests" / "SphereEvaluationTests" / "Fixtures"
CASES = 500


class Generator:
    """SplitMix64, as SeededGenerator."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, n):
        return self.next() % n

    def rectangle(self, width, height):
        x, y = self.below(width), self.below(height)
        return x, y, min(width, x + 1 + self.below(width)), min(height, y + 1 + self.below(height))

    def map(self, width, height, labels):
        result = np.zeros((height, width), dtype=np.int64)
        for _ in range(self.below(9)):
            x, y, right, bottom = self.rectangle(width, height)
            result[y:bottom, x:right] = 1 + self.below(labels)
        return result

    def disturbed(self, source, labels):
        result = source.copy()
        for place in range(result.size):
            if self.below(5) == 0:
                result.flat[place] = self.below(labels + 1)
        return result

    def pair(self, labels):
        width, height = 4 + self.below(12), 4 + self.below(12)
        truth = self.map(width, height, labels)
        kind = self.below(5)
        if kind == 0:
            return truth, self.map(width, height, labels)
        if kind == 1:
            return truth, np.full_like(truth, self.below(labels + 1))
        if kind == 2:
            return truth, truth.copy()
        return truth, self.disturbed(truth, labels)


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def clustering():
    """scikit-learn and scikit-image."""
    from skimage.metrics import adapted_rand_error, variation_of_information
    from sklearn import metrics

    cases = []
    for case in range(CASES):
        truth, prediction = Generator(case).pair(6)
        a, b = truth.ravel(), prediction.ravel()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            row = {
                "ari": metrics.adjusted_rand_score(a, b),
                "rand": metrics.rand_score(a, b),
                "mi": metrics.mutual_info_score(a, b),
                "nmi": metrics.normalized_mutual_info_score(a, b),
                "nmi_geometric": metrics.normalized_mutual_info_score(a, b, average_method="geometric"),
                "nmi_min": metrics.normalized_mutual_info_score(a, b, average_method="min"),
                "nmi_max": metrics.normalized_mutual_info_score(a, b, average_method="max"),
                "ami": metrics.adjusted_mutual_info_score(a, b),
                "homogeneity": metrics.homogeneity_score(a, b),
                "completeness": metrics.completeness_score(a, b),
                "v2": metrics.v_measure_score(a, b, beta=2),
                "fowlkes_mallows": metrics.fowlkes_mallows_score(a, b),
            }
            for name, ignored in [("all", ()), ("foreground", (0,))]:
                row[f"are_{name}"], first, second = adapted_rand_error(truth, prediction, ignore_labels=ignored)
                # Precision and recall are named the other way round there.
                row[f"recall_{name}"], row[f"precision_{name}"] = first, second
                row[f"split_{name}"], row[f"merge_{name}"] = variation_of_information(
                    truth, prediction, ignore_labels=ignored)
                if name == "foreground" and not (truth != 0).any():
                    row[f"split_{name}"] = row[f"merge_{name}"] = math.nan
        cases.append({key: number(value) for key, value in row.items()})
    return cases


def coco_case(case):
    """Objects and detections of one to three images, rectangles as masks, with ties, crowds and empty images."""
    g = Generator(1000 + case)
    images = []
    for _ in range(1 + g.below(3)):
        width, height = 8 + g.below(13), 8 + g.below(13)
        truth, predictions = [], []
        for _ in range(g.below(6)):
            box = g.rectangle(width, height)
            area = (box[2] - box[0]) * (box[3] - box[1])
            category, crowd = 1 + g.below(2), g.below(6) == 0
            stated = g.below(100) if g.below(3) == 0 else area
            truth.append((box, category, crowd, stated))
        for _ in range(g.below(8)):
            box, category = g.rectangle(width, height), 1 + g.below(2)
            if truth and g.below(3) > 0:
                source = truth[g.below(len(truth))]
                category = source[1]
                x, y, right, bottom = source[0]
                box = (x, y, max(x + 1, right - g.below(3)), max(y + 1, bottom - g.below(3)))
            predictions.append((box, category, g.below(8) / 8))
        images.append((width, height, truth, predictions))
    return images


def coco():
    """pycocotools."""
    from pycocotools import mask as masks
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def encoded(box, width, height):
        pixels = np.zeros((height, width), dtype=np.uint8, order="F")
        pixels[box[1] : box[3], box[0] : box[2]] = 1
        return masks.encode(pixels)

    cases = []
    for case in range(CASES):
        truth = {"images": [], "annotations": [], "categories": [{"id": 1}, {"id": 2}]}
        predictions = {"images": [], "annotations": [], "categories": truth["categories"]}
        for index, (width, height, objects, detections) in enumerate(coco_case(case)):
            image = {"id": index + 1, "width": width, "height": height}
            truth["images"].append(image)
            predictions["images"].append(image)
            for box, category, crowd, stated in objects:
                truth["annotations"].append({
                    "id": len(truth["annotations"]) + 1, "image_id": index + 1, "category_id": category,
                    "segmentation": encoded(box, width, height), "area": stated, "iscrowd": int(crowd),
                    "bbox": [0, 0, 1, 1]})
            for box, category, score in detections:
                mask = encoded(box, width, height)
                predictions["annotations"].append({
                    "id": len(predictions["annotations"]) + 1, "image_id": index + 1, "category_id": category,
                    "segmentation": mask, "area": float(masks.area(mask)), "iscrowd": 0, "score": score,
                    "bbox": [0, 0, 1, 1]})
        row = {}
        with contextlib.redirect_stdout(io.StringIO()):
            sets = []
            for data in (truth, predictions):
                one = COCO()
                one.dataset = data
                one.createIndex()
                sets.append(one)
            for separates in (1, 0):
                evaluation = COCOeval(sets[0], sets[1], "segm")
                evaluation.params.useCats = separates
                evaluation.params.maxDets = [1, 3, 100]
                evaluation.params.areaRng = [[0, 1e10], [0, 20], [20, 60], [60, 1e10]]
                evaluation.evaluate()
                evaluation.accumulate()
                evaluation.summarize()
                row["classes" if separates else "agnostic"] = [
                    None if value == -1 else float(value) for value in evaluation.stats]
        cases.append(row)
    return cases


def panoptic():
    """panopticapi-lite."""
    from panopticapi.evaluation import pq_compute_single_core
    from PIL import Image

    categories = {number: {"isthing": 1} for number in range(1, 4)}
    cases = []
    with tempfile.TemporaryDirectory() as folder:

        def annotation(pixels, name, crowd):
            colors = np.zeros(pixels.shape + (3,), dtype=np.uint8)
            colors[..., 0] = pixels
            Image.fromarray(colors).save(os.path.join(folder, name))
            segments = [
                {"id": int(label), "category_id": 1 + int(label) % 3, "iscrowd": int(crowd and label == 5),
                 "area": int((pixels == label).sum())}
                for label in np.unique(pixels) if label != 0]
            return {"file_name": name, "image_id": 1, "segments_info": segments}

        for case in range(CASES):
            g = Generator(2000 + case)
            truth, prediction = g.pair(7)
            crowd = g.below(2) == 1
            pair = annotation(truth, "truth.png", crowd), annotation(prediction, "prediction.png", False)
            with contextlib.redirect_stdout(io.StringIO()):
                result = pq_compute_single_core(0, [pair], folder, folder, categories)
            cases.append({
                str(number): [float(result[number].iou), result[number].tp, result[number].fp, result[number].fn]
                for number in sorted(categories)})
    return cases


def masks():
    """pycocotools: polygons, their text and area, and the overlap with the one before."""
    from pycocotools import mask

    cases, last = [], None
    for case in range(CASES):
        g = Generator(3000 + case)
        width, height = 30, 20
        corners = []
        for _ in range(3 + g.below(6)):
            # Quarters of pixels, some outside of the picture.
            corners += [g.below(160) / 4 - 5, g.below(120) / 4 - 5]
        encoded = mask.frPyObjects([corners], height, width)[0]
        row = {"counts": encoded["counts"].decode(), "area": int(mask.area(encoded))}
        if last is not None:
            row["iou"] = float(mask.iou([encoded], [last], [0])[0][0])
            row["crowd_iou"] = number(mask.iou([encoded], [last], [1])[0][0]) if row["area"] else None
        last = encoded
        cases.append(row)
    return cases


def thinning():
    """scikit-image's thin; the maps as rows of hexadecimal digits."""
    from skimage.morphology import thin

    cases = []
    for case in range(CASES):
        g = Generator(4000 + case)
        width, height = 1 + g.below(20), 1 + g.below(20)
        if g.below(2) == 0:
            share = 1 + g.below(15)
            pixels = np.array([g.below(16) < share for _ in range(width * height)]).reshape(height, width)
        else:
            pixels = g.map(width, height, 3) > 0
        cases.append(["%x" % int("".join("01"[int(v)] for v in row), 2) for row in thin(pixels)])
    return cases


def main():
    makers = {maker.__name__: maker for maker in (clustering, coco, panoptic, masks, thinning)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or makers:
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in makers[name]())
        (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
