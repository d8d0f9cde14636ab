"""AdaGrad, RMSprop, Adam and SGD, each at a rate chosen with the same care, on MNIST and ECG.

L2 "¿Cuál usar?": no important difference between adaptive methods; SGD gets there, but later.
"""
