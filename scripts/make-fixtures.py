#!/usr/bin/env python3
"""Makes the golden files that the tests compare with, by means other than this package.

usage: scripts/make-fixtures.py [MODULE ...]     default: every module

needs: pip install numpy pillow pypng mpmath
Every module has one function below, which fills Tests/<module>Tests/Fixtures (or a golden source file). The same versions of the packages
make the same files; with other versions only compressed data may differ.
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import png
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "Tests"
SOURCES = ROOT / "Sources"


def data():
    """NPY, PNG and JPEG files for SphereData."""
    folder = TESTS / "SphereDataTests" / "Fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    npy_element_types(folder)
    npy_shapes_and_versions(folder)
    npy_conversions(folder)
    half_precision(folder)
    png_kinds(folder)
    png_colors(folder)
    png_hostile(folder)
    jpeg_kinds(folder)


# NPY


def extremes(code):
    """Twelve values of an element type, the extreme ones among them."""
    kind = np.dtype(code)
    if kind.kind == "b":
        return np.array([True, False, False] * 4)
    if kind.kind == "f":
        limits = np.finfo(kind)
        values = [0, -0.0, 1, -1.5, limits.max, limits.smallest_normal, limits.smallest_subnormal]
        return np.array(values + [np.inf, -np.inf, np.nan, 0.1, 100], dtype=kind)
    limits = np.iinfo(kind)
    return np.array([limits.min, limits.max] + list(range(10)), dtype=kind)


def npy_element_types(folder):
    """Every element type in both byte orders and both element orders, shape (3, 4)."""
    for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
        for name, mark in [("little", "<"), ("big", ">")]:
            if mark == ">" and np.dtype(code).itemsize == 1:
                continue
            array = extremes(code).reshape(3, 4).astype(mark + code)
            np.save(folder / f"{code}_{name}_c.npy", array)
            np.save(folder / f"{code}_{name}_fortran.npy", np.asfortranarray(array))


def npy_shapes_and_versions(folder):
    """Ranks 0 to 4 with the numbers 0, 1, 2 ..., and the three versions of the format."""
    for shape in [(), (1,), (5,), (0,), (0, 3), (1, 5), (4, 5), (3, 4, 2), (2, 3, 1, 4)]:
        name = "x".join(map(str, shape)) or "scalar"
        array = np.arange(np.prod(shape, dtype=int), dtype="<f4").reshape(shape)
        np.save(folder / f"shape_{name}_c.npy", array)
        np.save(folder / f"shape_{name}_fortran.npy", np.asarray(array, order="F"))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version_{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, np.arange(6, dtype="<i2").reshape(2, 3), version=version)
    # The rank at which the header without padding ends at a multiple of 64 bytes, and NumPy still adds 64 spaces.
    for rank in range(1, 64):
        buffer = io.BytesIO()
        np.save(buffer, np.ones((1,) * rank, dtype="<f4"))
        if b"}" + b" " * (20 + 64) + b"\n" in buffer.getvalue():
            (folder / "aligned_header.npy").write_bytes(buffer.getvalue())
    record = np.zeros(3, dtype=[("x", "<f4"), ("y", "<i2", (2,))])
    np.save(folder / "record.npy", record)
    np.save(folder / "objects.npy", np.array([None, "text"], dtype=object))
    np.save(folder / "complex.npy", np.zeros(2, dtype="<c8"))
    np.save(folder / "text.npy", np.array(["one", "three"]))


def npy_conversions(folder):
    """Numbers and what NumPy rounds them to."""
    generator = np.random.default_rng(7)
    bits = generator.integers(0, 2**64, 400, dtype=np.uint64)
    doubles = np.concatenate([
        bits.view(np.float64),
        generator.normal(size=400) * 10.0 ** generator.integers(-9, 6, 400),
        # Just beside and upon the middle between two half-precision numbers, where a detour through float32 errs.
        (1 + (2 * np.arange(100) + 1) * 2.0**-11) * (1 + generator.integers(-1, 2, 100) * 2.0**-40),
        [65519.999, 65520, 65520.001, 2.0**-25, 2.0**-25 * (1 + 2.0**-50), 2.0**-149, 2.0**-150, 3.5e38],
    ])
    np.save(folder / "doubles.npy", doubles)
    with np.errstate(all="ignore"):
        np.save(folder / "doubles_as_f4.npy", doubles.astype(np.float32))
        np.save(folder / "doubles_as_f2.npy", doubles.astype(np.float16))
    unsigned = np.concatenate([bits >> generator.integers(0, 60, 400, dtype=np.uint64), bits[:100] | (1 << 63)])
    for name, integers in [("unsigned", unsigned), ("signed", unsigned.view(np.int64))]:
        np.save(folder / f"{name}.npy", integers)
        np.save(folder / f"{name}_as_f4.npy", integers.astype(np.float32))


def half_precision(folder):
    """All 65,536 half-precision numbers widened, and the roundings around the middles between neighbours.

    Kept as 16-bit PNG pictures, since they compress to a few kilobytes: 256 x 256 pixels, number n for bit pattern n.
    """
    patterns = np.arange(65536, dtype=np.uint16)
    halves = patterns.view(np.float16)
    wide = halves.astype(np.float32).view(np.uint32)
    save_wide_png(folder / "half_widened.png", np.stack([wide >> 16, wide & 0xFFFF], axis=-1), color_type=4)
    with np.errstate(all="ignore"):
        next_up = (patterns + 1).astype(np.uint16).view(np.float16)
        middle = (halves.astype(np.float64) + next_up.astype(np.float64)) / 2
        rounded = [
            value.astype(np.float16).view(np.uint16)
            for value in [np.nextafter(middle, -np.inf), middle, np.nextafter(middle, np.inf)]
        ]
    is_used = np.isfinite(middle)
    rounded = np.stack([np.where(is_used, value, 0) for value in rounded], axis=-1)
    save_wide_png(folder / "half_rounded.png", rounded, color_type=2)


def save_wide_png(path, samples, color_type):
    """Writes 65,536 pixels of 16 bits as a square, every row as the difference to the one above it."""
    rows = np.ascontiguousarray(samples.reshape(256, -1), dtype=">u2").view(np.uint8)
    differences = np.diff(rows, axis=0, prepend=np.zeros((1, rows.shape[1]), np.uint8))
    filter_up = np.full((256, 1), 2, np.uint8)
    path.write_bytes(png_file(256, 256, 16, color_type, np.hstack([filter_up, differences]).tobytes()))


# Pictures


def pattern(width, height, channels, modulus):
    """Sample (x, y, c) is (40503 x + 30011 y + 12345 c + 7) mod modulus, which the tests compute again."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return (40503 * x + 30011 * y + 12345 * c + 7) % modulus


def save_png(path, samples, bits, interlace=False, **options):
    """Writes samples of shape (height, width, channels) with pypng."""
    height, width, channels = samples.shape
    writer = png.Writer(
        width, height, greyscale=channels < 3 and "palette" not in options, alpha=channels in (2, 4), bitdepth=bits,
        interlace=interlace, compression=9, **options)
    with open(path, "wb") as file:
        writer.write(file, samples.reshape(height, width * channels).tolist())


PALETTE = [(16 * i % 256, 37 * i % 256, 91 * i % 256, 255 - i if i < 7 else 255) for i in range(200)]


def png_kinds(folder):
    """Every kind of PNG picture, 13 x 9 pixels, plain and interlaced."""
    for interlace, suffix in [(False, ""), (True, "_interlaced")]:
        for channels, name in [(1, "gray"), (2, "gray_alpha"), (3, "rgb"), (4, "rgba")]:
            for bits in [1, 2, 4, 8, 16] if channels == 1 else [8, 16]:
                samples = pattern(13, 9, channels, 2**bits)
                save_png(folder / f"{name}{bits}{suffix}.png", samples, bits, interlace)
        for bits, colors in [(1, 2), (2, 3), (4, 11), (8, 200)]:
            samples = pattern(13, 9, 1, colors)
            save_png(folder / f"palette{bits}{suffix}.png", samples, bits, interlace, palette=PALETTE[:colors])
    save_png(folder / "gray8_transparent.png", pattern(13, 9, 1, 256), 8, transparent=7)
    save_png(folder / "gray4_transparent.png", pattern(13, 9, 1, 16), 4, transparent=7)
    color = tuple(int(sample) for sample in pattern(13, 9, 3, 256)[4, 5])
    save_png(folder / "rgb8_transparent.png", pattern(13, 9, 3, 256), 8, transparent=color)
    color = tuple(int(sample) for sample in pattern(13, 9, 3, 65536)[4, 5])
    save_png(folder / "rgb16_transparent.png", pattern(13, 9, 3, 65536), 16, transparent=color)


def png_colors(folder):
    """What Pillow makes of the pictures of up to 8 bits in RGBA."""
    for name in ["gray1", "gray2", "gray4", "gray8", "gray_alpha8", "rgb8", "rgba8", "palette1", "palette8",
                 "gray8_transparent", "rgb8_transparent"]:
        with Image.open(folder / f"{name}.png") as picture:
            np.save(folder / f"{name}_rgba.npy", np.asarray(picture.convert("RGBA")))


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_file(width, height, bits, color_type, rows, extra=b""):
    """A PNG file put together by hand, for what no encoder writes."""
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra
            + png_chunk(b"IDAT", zlib.compress(rows, 9)) + png_chunk(b"IEND", b""))


def png_hostile(folder):
    """PNG files that are well-formed chunk by chunk and still wrong or dangerous."""
    (folder / "huge_sides.png").write_bytes(png_file(50_000, 50_000, 16, 6, bytes(64)))
    (folder / "largest_sides.png").write_bytes(png_file(2**31 - 1, 2**31 - 1, 16, 6, bytes(64)))
    (folder / "missing_rows.png").write_bytes(png_file(4, 4, 8, 0, bytes(5 * 3)))
    palette = png_chunk(b"PLTE", bytes([1, 2, 3, 4, 5, 6]))
    (folder / "palette_overrun.png").write_bytes(png_file(3, 1, 8, 3, bytes([0, 0, 1, 2]), palette))
    # A megabyte of text and a colour profile that is none: both are passed over.
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 20), 9))
    profile = png_chunk(b"iCCP", b"broken\0\0" + zlib.compress(b"no profile"))
    gamma = png_chunk(b"gAMA", struct.pack(">I", 12_345))
    rows = bytes([0, 10, 20, 30, 0, 40, 50, 60])
    (folder / "ancillary_chunks.png").write_bytes(png_file(3, 2, 8, 0, rows, text + profile + gamma))


def jpeg_kinds(folder):
    """JPEG files of every kind that is read, 21 x 14 pixels, and what Pillow decodes them to."""
    y, x = np.mgrid[0:14, 0:21]
    smooth = np.stack([12 * x, 18 * y, 255 - 6 * x - 9 * y], axis=-1).clip(0, 255).astype(np.uint8)
    color = Image.fromarray(smooth)
    ink = Image.fromarray(np.dstack([smooth, (5 * x + 7 * y).astype(np.uint8)]), mode="CMYK")
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {
        "gray": (color.convert("L"), {}),
        "ycc444": (color, {"subsampling": 0}),
        "ycc422": (color, {"subsampling": 1}),
        "ycc420": (color, {"subsampling": 2}),
        "rgb": (color, {"keep_rgb": True}),
        "progressive": (color, {"progressive": True}),
        "restart": (color, {"restart_marker_blocks": 1}),
        "rotated": (color, {"exif": exif.tobytes()}),
        "cmyk": (ink, {}),
    }
    for name, (picture, options) in files.items():
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=90, **options)
        save_jpeg(folder, name, buffer.getvalue())
    cmyk = (folder / "cmyk.jpg").read_bytes()
    # The last byte of the Adobe marker names the transform: 0 is CMYK, 2 is YCCK. The samples mean other colours then.
    place = cmyk.index(b"Adobe") + 11
    save_jpeg(folder, "ycck", cmyk[:place] + b"\x02" + cmyk[place + 1:])


def save_jpeg(folder, name, content):
    (folder / f"{name}.jpg").write_bytes(content)
    with Image.open(io.BytesIO(content)) as picture:
        picture = picture if picture.mode == "L" else picture.convert("RGB")
        np.save(folder / f"{name}_jpg.npy", np.asarray(picture))


def reference():
    """Golden values of the von Mises-Fisher distribution, as the Swift sources in which the product carries them."""
    import mpmath

    mpmath.mp.dps = 60
    dimensions = [2, 3, 4, 5, 8, 16, 17, 31, 32, 33, 64, 128, 300, 512, 1025, 2048]
    # Around the seams of the expansions (25 and, for D <= 32, 10 sqrt(D / 2)) and across six decades.
    concentrations = [0.0, 1e-12, 1e-4, 0.1, 1.0, 5.0, 10.0, 24.9, 25.1, 39.9, 40.1, 57.0, 100.0, 150.0, 320.0, 447.0]
    concentrations += [700.0, 1e3, 1e4, 1e5, 1e6]
    lines = []
    for dimension in dimensions:
        for concentration in concentrations:
            order = mpmath.mpf(dimension) / 2 - 1
            at_zero = mpmath.loggamma(order + 1) - (order + 1) * mpmath.log(mpmath.pi) - mpmath.log(2)
            kappa = mpmath.mpf(concentration)
            value = at_zero - mpmath.log(mpmath.hyp0f1(order + 1, kappa * kappa / 4))
            lines.append(f"        {dimension} {concentration!r} {mpmath.nstr(value, 20)}\n")
    fill_table("LogNormalizerGolden.swift", lines)

    lines = []
    for dimension in dimensions:
        # Just below and above the seams of A_D as well: 30, D / 2 and (D / 2)^2.
        half = dimension / 2
        seams = [30.0, half, half * half]
        seams = {value * factor for value in seams for factor in (1 - 2.0**-20, 1.0)}
        for concentration in sorted({*concentrations, *seams}):
            length, derivative = mean_resultant_length(mpmath, dimension, mpmath.mpf(concentration))
            values = " ".join(mpmath.nstr(value, 20) for value in (length, 1 - length, derivative))
            lines.append(f"        {dimension} {concentration!r} {values}\n")
    fill_table("MeanResultantLengthGolden.swift", lines)

    lines = []
    for dimension in dimensions:
        for length in [1e-12, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999, 1 - 2.0**-30]:
            kappa = inverse_mean_resultant_length(mpmath, dimension, mpmath.mpf(length))
            lines.append(f"        {dimension} {length!r} {mpmath.nstr(kappa, 20)}\n")
    fill_table("ConcentrationGolden.swift", lines)


def mean_resultant_length(mpmath, dimension, kappa):
    """A_D(kappa) = I_{D/2}(kappa) / I_{D/2-1}(kappa) and its derivative."""
    half = mpmath.mpf(dimension) / 2
    square = kappa * kappa / 4
    length = kappa / dimension * mpmath.hyp0f1(half + 1, square) / mpmath.hyp0f1(half, square)
    # A' = 1 - A^2 - (D - 1) A / kappa.
    derivative = 1 - length**2 - (dimension - 1) * length / kappa if kappa else 1 / mpmath.mpf(dimension)
    return length, derivative


def inverse_mean_resultant_length(mpmath, dimension, length):
    """The kappa of A_D(kappa) = length, by Newton's method."""
    kappa = length * (dimension - length**2) / (1 - length**2)
    for _ in range(100):
        found, derivative = mean_resultant_length(mpmath, dimension, kappa)
        step = (found - length) / derivative
        kappa -= step
        if abs(step) < kappa * mpmath.mpf(10) ** -30:
            return kappa
    sys.exit(f"no concentration found for D = {dimension}, A = {length}")


def fill_table(name, lines):
    """Replaces the lines of the table in a Swift source."""
    source = SOURCES / "SphereReference" / name
    head, rest = source.read_text().split('= """\n')
    tail = rest[rest.index('        """'):]
    source.write_text(head + '= """\n' + "".join(lines) + tail)


MODULES = {"data": data, "reference": reference}


def main():
    names = sys.argv[1:] or list(MODULES)
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        sys.exit(f"unknown module {unknown[0]}: known are {', '.join(MODULES)}")
    for name in names:
        MODULES[name]()


if __name__ == "__main__":
    main()
