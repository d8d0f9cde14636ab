"""What a claim promises before it is looked at, in hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from deepclaims.claims.claim import Claim
from deepclaims.sweep.fingerprint import code_fingerprint

PROMISED = ("question", "criterion", "grid", "seeds")
"""What of a registration must be as it was promised; texts and code around it may be mended."""
_DECIDING = ("question", "criterion", "control", "data", "grid", "parts", "seeds",
             "profiles", "tune", "sentences")  # fmt: skip


def registration(claim: Claim) -> dict[str, str]:
    """Hashes of all that a claim promises: what it asks, how it decides, on which seeds, in words.

    The seeds have a hash of their own, and so has the code that judges: to move either after a look
    is another attempt. So have the smallest relevant effects, which decide nothing.
    """
    told = claim.registered
    texts = {key: value for key, value in claim.written.items() if key not in _DECIDING}
    checks = claim.written["criterion"]["checks"]
    return {
        "question": told.question,
        "criterion": told.criterion,
        "grid": told.grid,
        "seeds": content_hash({key: claim.written.get(key) for key in ("seeds", "parts", "tune")}),
        "judge": code_fingerprint([f"{claim.package}.judge:judge"])[:12],
        "texts": content_hash(texts),
        "relevant": content_hash({name: check.get("relevant") for name, check in checks.items()}),
    }


def content_hash(content: Any) -> str:
    """Twelve digits of the hash of plain data."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
