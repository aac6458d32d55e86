"""Tests of the corpus, its command and its documentation."""
