"""Cells, keys, the run cache and the executors that fill it."""
