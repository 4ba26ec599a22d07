"""Assessment: the tests of a class, scores attempt by attempt."""
