"""How many hidden units the dimension of the input takes: a count that proves it, and trained nets.

L1 "¿Por que muchos layers?".
"""
