"""AdaGrad's rate of each component against one rate for all, on rare and on frequent features.

L2 "AdaGrad" ("Sirve para sparse data"); L1 "Adaptive Gradient (Adagrad)"; Duchi et al. 2011. L2
"¿Cuál usar?": also for sparse inner representations (the task `hidden`).
"""
