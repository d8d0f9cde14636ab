"""The IDX format of the files of MNIST and Fashion-MNIST.

Layout (LeCun, http://yann.lecun.com/exdb/mnist/): two zero bytes, one byte of element type (8 is
uint8), one byte with the number of dimensions, each size as a big-endian uint32, the elements.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from deepclaims.errors import DataError

UINT8 = 0x08
TYPES = {UINT8: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Of the third byte."""


def read_idx(path: Path) -> np.ndarray:
    """Read a gzipped IDX file of uint8.

    Args:
        path: e.g. `train-images-idx3-ubyte.gz`.

    Returns:
        The array in the shape its header says.

    Raises:
        DataError: missing, not gzip, not IDX, or of another length than its header says.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{path} is missing: run `deepclaims fetch` again") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error}): delete it and fetch again") from None
    if content[:3] != bytes((0, 0, UINT8)):
        raise DataError(f"{path} is no IDX file of uint8")
    return _elements(content, path)


def read_any_idx(path: Path) -> np.ndarray:
    """Read an IDX file of any type, compressed or not.

    Raises:
        DataError: it is none, or of another length than its header says.
    """
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error})") from None
    return _elements(content, path)


def _elements(content: bytes, path: Path) -> np.ndarray:
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise DataError(f"{path} is no IDX file")
    kind, dimensions = np.dtype(TYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{path} ends within its header")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    held, wanted = len(content) - start, kind.itemsize * math.prod(shape)
    if held != wanted:
        raise DataError(f"{path} holds {held} bytes, but its header says {shape}")
    elements = np.frombuffer(content, kind, offset=start).reshape(shape)
    return elements.astype(kind.newbyteorder("="), copy=False)
