"""Provisional months: what is decided, what may still be expected of the undecided, and how far both were off before."""
