"""One module a claim: what to measure, how to judge, what to draw."""
