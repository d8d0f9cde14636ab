"""How many units depth saves: in functions made for it, in what deep nets usually compute.

L1 "¿Por que muchos layers?". Apart are kept what any net needs (counted), what exists (written
down) and what training finds.
"""
