"""What a step, and what an approach to the minimum, cost SGD and gradient descent.

L1 "Gradiente Descendente" and "Gradiente Descendente Estocástico". Verdicts rest on samples and
operations counted; wall-clock time stands beside them, in volatile columns.
"""
