"""Sample events: what AWS services send to a function. Reads files; sends nothing."""
