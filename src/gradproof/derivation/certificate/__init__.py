"""Certificates: what a derivation claims, with all that a small checker needs to follow it.

Begin with `write`.
Not here: the checker (`checker`), of which only the laws are used.
"""
