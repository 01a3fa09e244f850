"""The page of one's access tokens for programs."""
