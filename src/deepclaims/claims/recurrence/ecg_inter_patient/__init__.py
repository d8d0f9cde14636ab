"""Every beat of patients never seen: the whole of the lecture's example, and what it is worth.

L1 "Redes Bidireccionales", example. Beats of DS2 are labelled by an ensemble trained on DS1, and
compared with de Chazal, O'Dwyer & Reilly 2004 on the same beats.
"""
