"""What decides the diagnosis of a claim's cells; nothing is imported that a diagnosis takes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from deepclaims.data.bayes import FILE
from deepclaims.pipeline import deposit
from deepclaims.pipeline.judging import Measured
from deepclaims.sweep.fingerprint import code_fingerprint

DIAGNOSING = "deepclaims.pipeline.diagnosing:diagnose_one"
REPLICAS = f"{deposit.REPLICAS}.parquet"


def diagnosing_key(measured: Measured, conf: Path) -> str:
    """Hash of all that decides the diagnosis of a claim's cells."""
    stated = conf / FILE
    deciding = [
        code_fingerprint([DIAGNOSING]),
        hashlib.sha256((measured.folder / REPLICAS).read_bytes()).hexdigest(),
        stated.read_text(encoding="utf-8") if stated.is_file() else "",
        measured.about["sources"],
        measured.claim.text["parts"],
    ]
    text = json.dumps(deciding, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
