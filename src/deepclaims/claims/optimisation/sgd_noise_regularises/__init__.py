"""Batch size and generalisation: MNIST and ECG with the rate tuned for each B; the diagonal net.

L1 "Sobre el batchsize": small batches regularise; B = 1 generalises best, with small rates. The
diagonal net of `measure` is the case in which theory says so.
"""
