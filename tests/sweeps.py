"""Sweeps over many seeds or designs: the telling ones on every run, the whole of it in `make test-slow`."""

import pytest


def sweep(*fast, slow):
    """Return cases for `parametrize`, those in `slow` marked so; a case of several arguments is a tuple."""
    cases = (case if isinstance(case, tuple) else (case,) for case in slow)
    return [*fast, *(pytest.param(*case, marks=pytest.mark.slow) for case in cases)]
