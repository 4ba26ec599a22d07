"""Side-by-side measurements, never tests: ``make bench``."""
