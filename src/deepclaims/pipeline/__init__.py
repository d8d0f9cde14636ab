"""The five verbs: fetch, prepare, measure, judge, publish."""
