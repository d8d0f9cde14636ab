"""Deep nets against classical methods: from how many samples, and inputs, they pay (L1)."""
