"""The annotator: networks that label the beats of any WFDB record, and what is said of it."""
