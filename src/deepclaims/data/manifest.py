"""The official files of each data set: names, sha256 and where they are published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deepclaims.data.source import fingerprint_of

MANIFESTS = Path(__file__).parent / "manifests"


@dataclass(frozen=True)
class Published:
    """Where the official files of a data set are served.

    Args:
        dataset: its name.
        folder: their folder in a mirror.
        url: their folder at the official host, ending in a slash.
        unpacked: whether the sha256 are of what the gzip files hold: mirrors of this data set
            compress it anew, and a file with the right content is as good.
    """

    dataset: str
    folder: str
    url: str
    unpacked: bool = False


PUBLISHED = {
    "mnist": Published("mnist", "mnist", "https://ossci-datasets.s3.amazonaws.com/mnist/"),
    "mitdb": Published("mitdb", "mitdb/1.0.0", "https://physionet.org/files/mitdb/1.0.0/"),
    "fashion_mnist": Published(
        "fashion_mnist",
        "fashion-mnist",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        unpacked=True,
    ),
}
"""LeCun's own host no longer serves MNIST; the S3 mirror holds the original files. Zalando's bucket
speaks no TLS: that its files are the right ones is for the sha256 to say."""


@cache
def manifest(dataset: str) -> dict[str, str]:
    """The sha256 of every official file, by name, in the order of the packaged list."""
    lines = (MANIFESTS / f"{dataset}.txt").read_text(encoding="ascii").splitlines()
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: digest for digest, name in pairs}


@cache
def official_fingerprint(dataset: str) -> str:
    """The fingerprint of the official files, whoever served them."""
    listed = sorted(f"{digest} {name}" for name, digest in manifest(dataset).items())
    return fingerprint_of([dataset, *listed])
