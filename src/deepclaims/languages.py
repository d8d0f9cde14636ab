"""The languages in which the report and the claims are written."""

LANGUAGES = ("es", "en")
