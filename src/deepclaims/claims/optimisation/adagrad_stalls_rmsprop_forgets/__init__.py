"""AdaGrad's sum over the whole past against RMSProp's average: recovery after a change.

L2 "RMSprop" ("Sumar sobre todo el pasado trae problemas"); L1 "Root Mean Square Propagation".
"""
