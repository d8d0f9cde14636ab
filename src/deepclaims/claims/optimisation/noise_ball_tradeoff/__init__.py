"""Small ball or fast start: SGD over learning rates and batch sizes, on a regression and on MNIST.

L1 "Bola de ruido": "Tradeoff entre bola de ruido y velocidad de convergencia!".
"""
