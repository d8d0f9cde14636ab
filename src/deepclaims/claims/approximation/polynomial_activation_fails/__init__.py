"""L1 "Aproximación Universal", its "solo si": nets whose g is a polynomial do not approximate.

What any output weights could reach is a linear programme over the hidden units (`spans`); nets with
other g cross that floor (`others`). So they do trained, and those with polynomials do not
(`trained`). Linear ones get no further with more layers (`deep`).
"""
