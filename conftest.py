"""What every `pytest --nbval` run shares, from whichever folder it is started."""

from notebooks.run import set_environment

set_environment()


def pytest_itemcollected(item):
    """Give a notebook cell longer to hand over its output than nbval's 5 s, too short on a busy machine."""
    if type(item).__name__ == "IPyNbCell":
        item.output_timeout = 60
