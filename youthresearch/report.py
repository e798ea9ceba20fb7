"""What the text quotes, published once: nothing is retyped."""

from pathlib import Path

import pandas as pd

from .schema import FIGURES


def save_numbers(stem, numbers, *, folder=None):
    """Save the numbers that a text quotes from a notebook, as figures/<stem>.numbers.csv.

    Parameters
    ----------
    stem : str
        The notebook's own.
    numbers : dict
        Name -> number, rounded as it shall be quoted, or text.
    folder : path, optional
        As for `save_figure`.

    Returns
    -------
    pandas.DataFrame
        One row is one number: name, value (as text, as it is quoted).
    """
    folder = Path(folder or FIGURES)
    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame({"name": list(numbers), "value": [_quoted(v) for v in numbers.values()]})
    table.to_csv(folder / f"{stem}.numbers.csv", index=False, lineterminator="\n")
    return table


def _quoted(value):
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"
