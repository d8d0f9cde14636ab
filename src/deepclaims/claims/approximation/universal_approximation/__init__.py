"""L1 "Aproximación Universal": what one hidden layer reaches, what it cannot, what training finds.

Three things are kept apart. *Existence*: the hidden layer is drawn and the output solved by least
squares, in float64 (`line`, `plane`). *The counterexample* to the theorem as printed, a g that is
not a polynomial and does not approximate (`line`, `close_up`). *Training*: the slide's three
variants (regression, classification, autoencoder) with the Lightning task.
"""
