"""Whether one pass over the data is enough, and which pass an iteration is of.

L1 "Sobre el batchsize" and "Learning rate decay".
"""
