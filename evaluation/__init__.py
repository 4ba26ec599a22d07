"""Evaluation of training quality under Circular 10: schemes, forms, anonymous ballots, indices."""
