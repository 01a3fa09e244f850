"""The page of data quality: what the named checks found, and what was refused."""
