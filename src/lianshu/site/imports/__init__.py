"""The import wizard: a file is looked at first, taken only when somebody says so."""
