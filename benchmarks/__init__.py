"""Measures the budgets of the design: ``python -m benchmarks``, or ``make bench``."""
