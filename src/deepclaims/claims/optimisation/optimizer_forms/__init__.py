"""Both decks' update rules against torch.optim: where the same path comes out, and where not.

L1 "Diferentes tipos de optimizadores"; L2 "SGD + Momentum", "Nesterov", "AdaGrad", "RMSprop",
"Adam". The pairs that are compared stand in `form_pairs`.
"""
