"""The IDX format of the files of MNIST and Fashion-MNIST.

Layout (LeCun, http://yann.lecun.com/exdb/mnist/): two zero bytes, one byte of element type (8 is
uint8), one byte with the number of dimensions, each size as a big-endian uint32, the elements.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np

from deepclaims.errors import DataError

UINT8 = 0x08


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
    if len(content) < 4 or content[:3] != bytes((0, 0, UINT8)):
        raise DataError(f"{path} is no IDX file of uint8")
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{path} ends within its header")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    elements = np.frombuffer(content, np.uint8, offset=start)
    if elements.size != np.prod(shape, dtype=np.int64):
        raise DataError(f"{path} holds {elements.size} bytes, but its header says {shape}")
    return elements.reshape(shape)
