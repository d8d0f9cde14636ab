"""Time of a step and memory against the batch size, on the hardware at hand.

L1 "Sobre el batchsize"; Goodfellow, Bengio & Courville, Deep Learning, chapter 8.
"""
