"""Measurements of the hot paths, each as a ratio against a peer or a physical limit, in one interleaved run."""
