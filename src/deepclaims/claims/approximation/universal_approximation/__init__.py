"""L1 "Aproximación Universal": what one hidden layer reaches, what it cannot, what training finds.

Three things are kept apart. *Existence*: the hidden layer is drawn and the output solved by least
squares, in float64 (`line`, `plane`; `solved`, on the data of the slide's variants), or the whole
net is written down (`construction`, `stairs`). *The counterexample* to the theorem as printed, a g
that is not a polynomial and does not approximate (`line`, `close_up`). *Training*: the slide's
three variants (regression, in one and two dimensions, classification, autoencoder) with the
Lightning task.
"""
