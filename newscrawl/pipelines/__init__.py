"""Item pipelines, one small step a file: validate, duplicates, budget, mongo."""
