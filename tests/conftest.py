"""Two suites: the fast one as in a plain install, the slow one long and with all extras."""

import logging
from functools import cache

import pytest


@cache
def prepare(fast):
    """Choose how long property tests search for a counterexample, and how pandas keeps text.

    A plain install has no pyarrow: there pandas keeps text as Python objects, and small tables are a quarter
    faster. Notebooks and the slow suite have it kept by pyarrow.
    """
    import pandas as pd
    from hypothesis import settings

    settings.register_profile("fast", max_examples=6, deadline=None)
    settings.register_profile("slow", max_examples=200, deadline=None)
    settings.load_profile("fast" if fast else "slow")
    if fast:
        pd.set_option("mode.string_storage", "python")


def pytest_pycollect_makemodule(parent):
    """Prepare before the first module is imported, and in the processes that run tests alone."""
    prepare(parent.config.getoption("markexpr") == "not slow")


@pytest.fixture
def link():
    """Make symbolic links, for which Windows wants a privilege."""

    def made(path, target):
        try:
            path.symlink_to(target)
        except NotImplementedError:
            pytest.skip("no links on this system")
        except OSError as error:
            if getattr(error, "winerror", None) != 1314:
                raise
            pytest.skip("no privilege to make links")

    return made


@pytest.fixture
def logged():
    """List what matplotlib says in its log, from a warning on, while a test runs."""
    messages, handler, logger = [], logging.Handler(logging.WARNING), logging.getLogger("matplotlib")
    handler.emit = lambda record: messages.append(record.getMessage())
    logger.addHandler(handler)
    yield messages
    logger.removeHandler(handler)
