"""Public pages of reference: what this is, its words, its tables."""
