"""The pages of the readings: the catalogue, and one page made from each declaration alone."""
