"""The conformance kit: does an extractor behave as a benchmark must be able to rely on?

It says nothing of how good an extractor is. `kit` runs the checks, one after the other, in real
workers; each gives a `Finding`.
"""
