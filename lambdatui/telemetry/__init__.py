"""The spine: one typed, ordered stream of what happened; everything people or programs see reads it."""
