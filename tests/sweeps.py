"""Sweeps over many seeds or designs: the telling ones on every run, the whole of it in `make test-slow`."""

import pytest


def sweep(*fast, slow):
    """Return the cases for `parametrize`: `fast` as they are, `slow` marked; a case is a tuple of arguments."""
    return [
        *fast,
        *(pytest.param(*(c if isinstance(c, tuple) else (c,)), marks=pytest.mark.slow) for c in slow),
    ]
