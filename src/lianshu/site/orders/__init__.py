"""Orders, entries and things: lists and pages on which every number opens to the record."""
