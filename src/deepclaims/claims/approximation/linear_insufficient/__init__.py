"""L1 "Las soluciones lineales pueden ser insuficientes": the best linear solution against a net.

On problems in the plane the best line can be computed, in hindsight and on the test set itself, so
nothing is left to the linear side's loss, training or luck (`linear`). Nets are tuned alike, with
a g (`nets`) and without (`without_g`).
"""
