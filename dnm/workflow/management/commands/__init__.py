"""Commands of this package, by file name."""
