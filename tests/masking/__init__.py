"""Measures which personal details are masked, and what is masked that should not be. `python -m tests.masking` prints the table."""
