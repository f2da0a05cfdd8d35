"""Pseudo-random numbers that depend on nothing but what they are asked for.

The same words give the same numbers in every process, so a verdict can be repeated. The generator
of the standard library is not used: importing it costs more than a whole derivation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_MASK = (1 << 128) - 1
_FACTOR = 0x2360ED051FC65DA44385DF649FCCF645
_STEP = 0x5851F42D4C957F2D14057B7EF767814F
_MERSENNE = (1 << 127) - 1
_BASE = 0x4C957F2D14057B7EF767814F5851F42D


def mix(*parts: int) -> int:
    """128 bits that depend on all parts and their order."""
    state = _STEP
    for part in parts:
        state = ((state ^ (part % _MERSENNE)) * _FACTOR + _STEP) & _MASK
        state ^= state >> 61
    state = (state * _FACTOR + _STEP) & _MASK
    return state ^ (state >> 67)


def stream(state: int) -> Iterator[int]:
    """Numbers of 128 bits, one after the other, from a start."""
    while True:
        state = (state * _FACTOR + _STEP) & _MASK
        yield state ^ (state >> 67)


def letters(text: str) -> int:
    """A text as a number, different for different texts."""
    return int.from_bytes(text.encode(), "big")


def fingerprint(values: Iterable[int]) -> int:
    """One number for a list of numbers: different lists give different ones, but for bad luck."""
    total = 1
    for value in values:
        total = (total * _BASE + value) % _MERSENNE
    return total
