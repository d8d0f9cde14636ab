"""A synthetic two-lead ECG with N, S, V and F beats: the stand-in for MIT-BIH.

Waves are sums of Gaussians (after McSharry, Clifford, Tarassenko & Smith 2003, "A dynamical
model for generating synthetic electrocardiogram signals", IEEE Trans. Biomed. Eng. 50(3)),
rhythm and ectopy follow the textbook rules:

- S is premature, its P wave is odd or absent, its QRS normal; the sinus node is reset, so the
  pause after it is not compensatory;
- V is premature, wide, without P wave; the sinus node is not reset: the intervals around it add
  up to two (full compensatory pause);
- F, a fusion of both, comes about when the next sinus beat is due and looks between N and V;
- in atrial fibrillation intervals are irregular and P waves give way to fine fibrillation.

Every patient has own waves, rates and share of ectopy, so that, as in life, the division by
patient matters. It is no model of anybody's heart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATE = 360
SECONDS = 300
SEED = 2001
"""The year of Moody & Mark's description of the data base this stands in for."""

WAVES = ("P", "Q", "R", "S", "T")
# Per wave: millivolts, seconds from the R peak, width in seconds.
NORMAL = np.array(
    [
        (0.14, -0.17, 0.022),
        (-0.10, -0.028, 0.009),
        (1.10, 0.0, 0.011),
        (-0.22, 0.03, 0.011),
        (0.28, 0.27, 0.045),
    ]
)
VENTRICULAR = np.array(
    [
        (0.0, -0.17, 0.022),
        (-0.15, -0.07, 0.025),
        (1.30, 0.0, 0.038),
        (-0.55, 0.10, 0.042),
        (-0.40, 0.31, 0.065),
    ]
)
BUNDLE_BRANCH = np.array(
    [
        (0.13, -0.18, 0.022),
        (-0.08, -0.04, 0.015),
        (0.95, 0.0, 0.026),
        (0.45, 0.055, 0.024),
        (-0.25, 0.30, 0.055),
    ]
)
REACH = (108, 180)
"""Samples before and after the R peak that a beat's waves fill."""


@dataclass(frozen=True)
class Patient:
    """What makes one record differ from the next.

    Args:
        interval: mean RR interval, s.
        variability: standard deviation of sinus intervals, as a share of them.
        breathing: breaths a second; they modulate intervals, amplitudes and baseline.
        fibrillates: atrial fibrillation instead of sinus rhythm.
        shares: probabilities of a next beat being S, V, F.
        symbol: annotation of the conducted beats: N, or L, R for bundle-branch block.
        coupling: intervals before S and V, as shares of the sinus interval.
        normal: (leads, waves, 3) amplitude mV, centre s, width s of conducted beats.
        ventricular: the same, of V.
        noise: standard deviation, mV.
        wander: amplitude of the baseline's drift, mV.
    """

    interval: float
    variability: float
    breathing: float
    fibrillates: bool
    shares: tuple[float, float, float]
    symbol: str
    coupling: tuple[float, float]
    normal: np.ndarray
    ventricular: np.ndarray
    noise: float
    wander: float


def draw_patient(rng: np.random.Generator) -> Patient:
    """Draw a patient: most have little ectopy, a few have much, as in the data base."""
    symbol = rng.choice(["N", "L", "R"], p=[0.8, 0.1, 0.1])
    conducted = NORMAL if symbol == "N" else BUNDLE_BRANCH
    often = 10 ** rng.uniform((-2.2, -2.2, -2.6), (-0.8, -0.6, -1.2))
    has = rng.random(3) < (0.8, 0.85, 0.5)
    s, v, f = np.where(has, often, 0.0)
    return Patient(
        interval=rng.uniform(0.68, 1.0),
        variability=rng.uniform(0.015, 0.04),
        breathing=rng.uniform(0.2, 0.33),
        fibrillates=bool(rng.random() < 0.15),
        shares=(float(s), float(v), float(f)),
        symbol=str(symbol),
        coupling=(rng.uniform(0.62, 0.8), rng.uniform(0.55, 0.75)),
        normal=np.stack([_varied(conducted, rng), _second_lead(conducted, rng)]),
        ventricular=np.stack([_varied(VENTRICULAR, rng), _second_lead(VENTRICULAR, rng)]),
        noise=rng.uniform(0.008, 0.03),
        wander=rng.uniform(0.05, 0.25),
    )


def rhythm(patient: Patient, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Times (n,) in seconds and kinds (N, S, V or F) of the beats of `SECONDS` seconds."""
    times: list[float] = []
    kinds: list[str] = []
    last, due = 0.0, rng.uniform(0.3, 0.6)
    # An ectopic beat needs a normal one before it.
    while due < SECONDS - 1:
        sinus = _interval(patient, due, rng)
        kind = "N"
        if kinds and kinds[-1] == "N":
            kind = str(
                rng.choice(["S", "V", "F", "N"], p=[*patient.shares, 1 - sum(patient.shares)])
            )
        span = due - last
        if kind == "S":
            at = last + span * min(patient.coupling[0] * rng.normal(1, 0.04), 0.85)
            following = at + sinus * rng.uniform(1.0, 1.12)
        elif kind == "V":
            at = last + span * min(patient.coupling[1] * rng.normal(1, 0.04), 0.85)
            following = due + sinus
        else:
            at = due - (rng.uniform(0.0, 0.05) * span if kind == "F" else 0.0)
            following = due + sinus
        times.append(at)
        kinds.append(kind)
        last, due = at, following
    return np.array(times), kinds


def signal(
    patient: Patient, times: np.ndarray, kinds: list[str], rng: np.random.Generator
) -> np.ndarray:
    """The record, (SECONDS * RATE, 2) in mV."""
    waves = _waves(patient, times, kinds, rng)
    peaks = np.round(times * RATE).astype(int)
    index = peaks[:, None] + np.arange(-REACH[0], REACH[1])
    inside = (index >= 0) & (index < SECONDS * RATE)
    # From the R peak's true time, between two samples.
    offset = index / RATE - times[:, None]
    leads = []
    for lead in waves.transpose(1, 2, 0, 3):  # wave, beat, (amplitude, centre, width)
        shape = np.zeros(index.shape, np.float32)
        for amplitude, centre, width in lead.transpose(0, 2, 1):
            exponent = (offset - centre[:, None]) / width[:, None]
            shape += amplitude[:, None] * np.exp(-0.5 * exponent**2)
        leads.append(np.bincount(index[inside], shape[inside], SECONDS * RATE))
    return np.stack(leads, axis=1) + _disturbance(patient, rng)


def _interval(patient: Patient, at: float, rng: np.random.Generator) -> float:
    if patient.fibrillates:
        return patient.interval * float(np.clip(np.exp(rng.normal(0, 0.2)), 0.5, 1.8))
    breath = np.sin(2 * np.pi * patient.breathing * at) + 0.7 * np.sin(2 * np.pi * 0.1 * at)
    share = patient.variability * (breath + 0.5 * rng.normal())
    return float(patient.interval * (1 + np.clip(share, -0.15, 0.15)))


def _waves(
    patient: Patient, times: np.ndarray, kinds: list[str], rng: np.random.Generator
) -> np.ndarray:
    """(beats, leads, waves, 3): what each beat looks like."""
    kind = np.array(kinds)
    mix = np.zeros(len(kind))
    mix[kind == "V"] = 1.0
    mix[kind == "F"] = rng.uniform(0.3, 0.7, (kind == "F").sum())
    share = mix[:, None, None, None]
    waves = (1 - share) * patient.normal + share * patient.ventricular
    p = WAVES.index("P")
    ectopic = kind == "S"
    waves[ectopic, :, p, 0] *= rng.uniform(-0.8, 0.3, (ectopic.sum(), 1))
    waves[ectopic, :, p, 1] += rng.uniform(0.02, 0.07, (ectopic.sum(), 1))
    if patient.fibrillates:
        waves[:, :, p, 0] = 0.0
    # The T wave keeps to the interval before (Bazett's square root).
    before = np.diff(times, prepend=times[0] - patient.interval) / patient.interval
    waves[:, :, WAVES.index("T"), 1] *= np.sqrt(np.clip(before, 0.5, 1.5))[:, None]
    breath = 0.05 * np.sin(2 * np.pi * patient.breathing * times)
    jitter = 1 + breath[:, None, None] + rng.normal(0, 0.04, (len(kind), 1, len(WAVES)))
    waves[..., 0] *= jitter
    return waves


def _disturbance(patient: Patient, rng: np.random.Generator) -> np.ndarray:
    """Baseline, muscle noise and, in fibrillation, the atria: (samples, 2) in mV."""
    t = np.arange(SECONDS * RATE) / RATE
    breath = np.sin(2 * np.pi * patient.breathing * t + rng.uniform(0, 6.28))
    drift = np.sin(2 * np.pi * rng.uniform(0.03, 0.08) * t + rng.uniform(0, 6.28))
    total = patient.wander * (0.5 * breath + drift)[:, None] * rng.uniform(0.5, 1.5, 2)
    total += rng.normal(0, patient.noise, (len(t), 2))
    if patient.fibrillates:
        phase = 2 * np.pi * rng.uniform(5, 7) * t + np.cumsum(rng.normal(0, 0.05, len(t)))
        total += 0.05 * np.sin(phase)[:, None] * rng.uniform(0.6, 1.4, 2)
    return total


def _varied(waves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One patient's version of (waves, 3)."""
    own = waves.copy()
    own[:, 0] *= np.exp(rng.normal(0, 0.25, len(waves)))
    own[:, 1] *= np.exp(rng.normal(0, 0.06, len(waves)))
    own[:, 2] *= np.exp(rng.normal(0, 0.10, len(waves)))
    return own


def _second_lead(waves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """V1 sees the heart from elsewhere: smaller, the main deflection mostly downwards."""
    own = _varied(waves, rng)
    own[:, 0] *= rng.uniform(0.4, 0.8) * np.array([0.6, 1.0, -0.8, -1.0, rng.choice([-0.5, 0.8])])
    return own
