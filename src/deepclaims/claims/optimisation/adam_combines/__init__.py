"""Adam as RMSProp with momentum: its formula with and without the hat on m, and what that changes.

L1 "ADAM" prints α m_t / √(v̂_t + ε) under "both with bias correction"; L2 "¿Cuál usar?" has a
slight gain over RMSprop from Kingma & Ba (2015).
"""
