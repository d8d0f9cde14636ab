"""L1 "Funciones de Activación g" and "Vanishing/Exploting": formulas and bounds of four functions.

In decimal arithmetic of 120 digits, straight from the slide (`formulas`), where σ(z) < 1 can be
told from σ(z) = 1; beside it what floats do: torch's functions, and where their ends are (`ends`).
"""
