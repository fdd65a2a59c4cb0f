#!/usr/bin/env python3
"""One rival of SphereEvaluation in a process of its own, timed sample by sample on demand.

usage: evaluation_rival.py CONTESTANT OPERATION FOLDER

Reads the input, evaluates once, writes the scores to FOLDER/CONTESTANT.json, says "ready DESCRIPTION", and answers every line on
stdin with the processor seconds of one evaluation, which work of others on the same machine does not lengthen. Operations and inputs are those of Benchmarks/Sources/evaluation-contestant.
"""

import contextlib
import importlib
import importlib.metadata
import json
import math
import os
import sys
import time
from pathlib import Path

SAMPLE_SECONDS = 1e-3
# A call that takes longer than this warms up by itself.
WARM_UP_SECONDS = 0.1
COCO_KEYS = ["ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ar1", "ar10", "ar100", "ar_small", "ar_medium",
             "ar_large"]


def version(package):
    return f"{package} {importlib.metadata.version(package)}"


def coco_scores(stats):
    return {key: None if value == -1 else float(value) for key, value in zip(COCO_KEYS, stats)}


def coco(contestant, operation, folder):
    """pycocotools, or what has its interface."""
    package = {"pycocotools": "pycocotools", "hotcoco": "hotcoco", "faster-coco-eval": "faster_coco_eval"}[contestant]
    if package == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        module = importlib.import_module(package)
        COCO, COCOeval = module.COCO, getattr(module, "COCOeval", None) or module.COCOeval_faster

    def load():
        truth = COCO(str(folder / "truth.json"))
        return truth, truth.loadRes(str(folder / "predictions.json"))

    loaded = load() if operation == "coco" else None

    def run():
        truth, predictions = loaded or load()
        evaluation = COCOeval(truth, predictions, "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        return coco_scores(evaluation.stats)

    return version(contestant), run


def coco_labels(contestant, operation, folder):
    """pycocotools on the masks of two label maps, which it needs as runs."""
    import numpy
    from pycocotools import mask as masks
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth, prediction = numpy.load(folder / "truth.npy"), numpy.load(folder / "prediction.npy")
    scores = numpy.load(folder / "scores.npy")

    def data(labels, scores):
        size = {"height": labels.shape[0], "width": labels.shape[1]}
        annotations = []
        for number, label in enumerate(numpy.unique(labels)[1:]):
            mask = masks.encode(numpy.asfortranarray(labels == label, dtype=numpy.uint8))
            annotation = {"id": number + 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "segmentation": mask,
                          "area": float(masks.area(mask)), "bbox": [0, 0, 1, 1]}
            if scores is not None:
                annotation["score"] = float(scores[number])
            annotations.append(annotation)
        set = COCO()
        set.dataset = {"images": [{"id": 1, **size}], "categories": [{"id": 1}], "annotations": annotations}
        set.createIndex()
        return set

    def run():
        evaluation = COCOeval(data(truth, None), data(prediction, scores), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        return coco_scores(evaluation.stats)

    return version("pycocotools"), run


def objects(contestant, operation, folder):
    """The rules of UOIS and UCN in NumPy and SciPy: a picture for every object, one boundary and one dilation each."""
    import numpy
    from scipy import ndimage, optimize

    truth, prediction = numpy.load(folder / "truth.npy"), numpy.load(folder / "prediction.npy")
    radius = math.ceil(0.003 * math.hypot(*truth.shape))
    y, x = numpy.ogrid[-radius:radius + 1, -radius:radius + 1]
    disk = x * x + y * y <= radius * radius
    cross = ndimage.generate_binary_structure(2, 1)

    def contour(mask):
        padded = numpy.pad(mask, 1)
        outside = ndimage.binary_propagation(numpy.pad(numpy.zeros(mask.shape, bool), 1, constant_values=True),
                                             mask=~padded, structure=cross)
        return (padded & ndimage.binary_dilation(outside, cross))[1:-1, 1:-1]

    def changes(mask):
        result = numpy.zeros(mask.shape, bool)
        result[:, :-1] |= mask[:, 1:] != mask[:, :-1]
        result[:-1] |= mask[1:] != mask[:-1]
        result[:-1, :-1] |= mask[1:, 1:] != mask[:-1, :-1]
        return result

    boundary = contour if operation == "objects_uois" else changes

    def f(precision, recall):
        return 2 * precision * recall / (precision + recall)

    def run():
        first = [truth == label for label in numpy.unique(truth)[1:]]
        second = [prediction == label for label in numpy.unique(prediction)[1:]]
        sizes = [mask.sum() for mask in first], [mask.sum() for mask in second]
        both = numpy.array([[numpy.logical_and(a, b).sum() for b in second] for a in first], dtype=float)
        measure = 2 * both / numpy.add.outer(*sizes)
        bounds = [boundary(mask) for mask in first], [boundary(mask) for mask in second]
        near = [[ndimage.binary_dilation(mask, disk) for mask in masks] for masks in bounds]
        inside = hits = found = 0
        for a, b in zip(*optimize.linear_sum_assignment(measure, maximize=True)):
            if both[a, b] > 0:
                inside += both[a, b]
                hits += (bounds[1][b] & near[0][a]).sum()
                found += (bounds[0][a] & near[1][b]).sum()
        precision, recall = inside / sum(sizes[1]), inside / sum(sizes[0])
        edge_precision = hits / sum(mask.sum() for mask in bounds[1])
        edge_recall = found / sum(mask.sum() for mask in bounds[0])
        return {"overlap_precision": precision, "overlap_recall": recall, "overlap_f": f(precision, recall),
                "boundary_precision": edge_precision, "boundary_recall": edge_recall,
                "boundary_f": f(edge_precision, edge_recall)}

    return f"{version('numpy')}, {version('scipy')}", run


def labels(contestant, operation, folder):
    """ARI and NMI of scikit-learn, VOI of scikit-image, panoptic quality of panopticapi without the reading of pictures."""
    import numpy
    import panopticapi.evaluation as panoptic
    from skimage.metrics import variation_of_information
    from sklearn import metrics

    truth, prediction = numpy.load(folder / "truth.npy"), numpy.load(folder / "prediction.npy")
    first, second = truth.ravel(), prediction.ravel()

    class Pictures:
        """Stands for PIL.Image in panopticapi: the pictures are in memory."""

        @staticmethod
        def open(path):
            pixels = truth if path.endswith("truth") else prediction
            return numpy.stack([pixels & 255, pixels >> 8 & 255, pixels >> 16], 2).astype(numpy.uint8)

    ready = {name: Pictures.open(name) for name in ("truth", "prediction")}
    Pictures.open = staticmethod(lambda path: ready[os.path.basename(path)])
    panoptic.Image = Pictures

    def segments(name, labels):
        return {"file_name": name, "image_id": 1,
                "segments_info": [{"id": int(label), "category_id": 1, "iscrowd": 0, "area": int(count)}
                                  for label, count in zip(*numpy.unique(labels, return_counts=True)) if label != 0]}

    annotations = segments("truth", truth), segments("prediction", prediction)

    def run():
        split, merge = variation_of_information(truth, prediction)
        counts = panoptic.pq_compute_single_core(0, [annotations], "", "", {1: {"isthing": 1}})[1]
        return {"ari": metrics.adjusted_rand_score(first, second),
                "nmi": metrics.normalized_mutual_info_score(first, second), "voi_split": split, "voi_merge": merge,
                "pq": counts.iou / (counts.tp + counts.fp / 2 + counts.fn / 2)}

    return ", ".join(map(version, ("scikit-learn", "scikit-image", "panopticapi-lite"))), run


def boundaries(contestant, operation, folder):
    """As many pairs as there can be, by Hopcroft and Karp's method in SciPy, of neighbours looked up offset by offset."""
    import numpy
    from PIL import Image
    from scipy import sparse
    from skimage.morphology import thin

    def pixels(path):
        return numpy.array(Image.open(path))

    thresholds = numpy.linspace(1 / 6, 1 - 1 / 6, 5)
    images = []
    for path in sorted(folder.glob("*_pb.png")):
        name = path.name.removesuffix("_pb.png")
        soft = pixels(path) / 255
        truth = [numpy.argwhere(pixels(file)) for file in sorted(folder.glob(f"{name}_gt*_bdry.png"))]
        images.append((name, soft.shape, truth, [numpy.argwhere(thin(soft >= t)) for t in thresholds]))

    def run():
        result = {}
        for name, shape, truth, predictions in images:
            distance = 0.0075 * math.hypot(*shape)
            reach = math.ceil(distance)
            offsets = [(y, x) for y in range(-reach, reach + 1) for x in range(-reach, reach + 1)
                       if x * x + y * y <= distance * distance]
            for index, prediction in enumerate(predictions):
                pairs = 0
                number = numpy.full((shape[0] + 2 * reach, shape[1] + 2 * reach), -1)
                number[tuple(prediction.T + reach)] = numpy.arange(len(prediction))
                for annotation in truth:
                    near = [number[tuple(annotation.T + numpy.array([[reach + y], [reach + x]]))] for y, x in offsets]
                    places = numpy.stack(near, 1)
                    row, column = numpy.nonzero(places >= 0)
                    graph = sparse.csr_matrix((numpy.ones(len(row), dtype=numpy.int8), (row, places[row, column])),
                                              shape=(len(annotation), len(prediction)))
                    pairs += int((sparse.csgraph.maximum_bipartite_matching(graph, "column") >= 0).sum())
                result[f"{name}_{index}"] = float(pairs)
        return result

    return version("scipy"), run


OPERATIONS = {"coco": coco, "coco_files": coco, "coco_labels": coco_labels, "objects_uois": objects,
              "objects_ucn": objects, "labels": labels, "boundaries": boundaries}


def main():
    contestant, operation, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    # Libraries print to stdout, also from below Python: they are given another one.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.redirect_stdout(open(os.devnull, "w")):
        try:
            description, run = OPERATIONS[operation](contestant, operation, folder)
        except ImportError as error:
            print(f"skipped: {contestant} is not installed ({error})", file=answers, flush=True)
            return
        start = time.process_time()
        scores = {key: None if value is None else float(value) for key, value in run().items()}
        elapsed = time.process_time() - start
        (folder / f"{contestant}.json").write_text(json.dumps(scores))
        if elapsed < WARM_UP_SECONDS:
            start = time.process_time()
            run()
            elapsed = time.process_time() - start
        calls = max(1, math.ceil(SAMPLE_SECONDS / elapsed))
        print(f"ready {description}", file=answers, flush=True)
        for _ in sys.stdin:
            start = time.process_time()
            for _ in range(calls):
                run()
            print(repr((time.process_time() - start) / calls), file=answers, flush=True)


if __name__ == "__main__":
    main()
