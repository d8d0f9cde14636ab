"""Outcomes, estimates with intervals, and the verdicts computed from them."""
