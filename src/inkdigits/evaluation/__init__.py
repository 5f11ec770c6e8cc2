"""How well a model reads: sets to measure on, what is measured, and reports of it."""
