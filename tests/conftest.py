"""How long property tests look for a counterexample: ten times as long in the slow suite."""

import pytest
from hypothesis import settings

settings.register_profile("fast", max_examples=20, deadline=None)
settings.register_profile("slow", max_examples=200, deadline=None)


def pytest_configure(config):
    settings.load_profile("slow" if config.getoption("markexpr") == "slow" else "fast")


def pytest_itemcollected(item):
    """Property tests belong to both suites."""
    searched = getattr(item.obj, "is_hypothesis_test", False)
    if searched and item.config.getoption("markexpr") == "slow":
        item.add_marker(pytest.mark.slow)
