"""The control tower: what a chain did in a period, and what is late in it."""
