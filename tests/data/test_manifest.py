import hashlib

import pytest

from deepclaims.data.aami import DS1, DS2, PACED
from deepclaims.data.manifest import PUBLISHED, manifest, official_fingerprint


def test_mnist_is_its_four_files():
    assert sorted(manifest("mnist")) == [
        f"{part}-{kind}-ubyte.gz"
        for part in ("t10k", "train")
        for kind in ("images-idx3", "labels-idx1")
    ]


def test_mitdb_is_three_files_a_record():
    records = (*DS1, *DS2, *PACED)
    assert len(set(records)) == 48
    expected = {f"{number}.{kind}" for number in records for kind in ("atr", "dat", "hea")}
    assert set(manifest("mitdb")) == expected


def test_every_digest_is_one_and_no_two_files_are_the_same():
    for dataset in PUBLISHED:
        digests = list(manifest(dataset).values())
        assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in digests)
        assert len(set(digests)) == len(digests)


def test_fingerprints_tell_data_sets_apart():
    assert official_fingerprint("mnist") != official_fingerprint("mitdb")


MD5_AS_PUBLISHED = {  # what torchvision and others check MNIST by
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


@pytest.mark.real_data
def test_the_manifests_are_of_the_published_files(mirror):
    for name, md5 in MD5_AS_PUBLISHED.items():
        content = (mirror / "mnist" / name).read_bytes()
        assert hashlib.md5(content).hexdigest() == md5
        assert hashlib.sha256(content).hexdigest() == manifest("mnist")[name]
    for name, digest in manifest("mitdb").items():
        content = (mirror / "mitdb/1.0.0" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
