"""The page on which anybody checks the record: checkpoint, key, proofs, the checker itself."""
