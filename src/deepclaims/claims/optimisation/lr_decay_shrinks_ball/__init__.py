"""The four decay laws of the learning rate: the ball they leave and how soon they learn.

L1 "Learning rate decay", on a regression whose E‖W_t − w*‖² follows an exact recursion for any
schedule, and on softmax regression on MNIST. The figures stand in `decay_figures`.
"""
