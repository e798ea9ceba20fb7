"""What every `pytest --nbval` run shares, from whichever folder it is started."""

import gc

import pytest

from notebooks.run import set_environment

set_environment()
gc.set_threshold(50_000, 20, 50)  # tables make many objects, and hardly any that only the collector can free


def pytest_collection_finish():
    """Spare the garbage collector what lives to the end: statsmodels and pytest often collect in full."""
    gc.freeze()


def pytest_sessionfinish():
    """The same at the end, when pytest collects in full once more, twice."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable():
    """Send no keywords with a report: nothing here reads them, and packing them takes half a millisecond."""
    data = yield
    data["keywords"] = {}
    return data


def pytest_itemcollected(item):
    """Give a notebook cell longer to hand over its output than nbval's 5 s, too short on a busy machine."""
    if type(item).__name__ == "IPyNbCell":
        item.output_timeout = 60
