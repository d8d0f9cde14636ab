"""The noise of a minibatch (deck and slide)."""
