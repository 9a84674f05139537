"""Benches: ratios inside one run, never absolute times compared across machines.

`make bench BENCH=scope` runs one, `make bench` all. Each prints what it does and ends with one line of JSON.
"""
