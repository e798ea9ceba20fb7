"""What results print, the same in a terminal and in a notebook, and how they write their numbers."""

from dataclasses import dataclass, fields
from html import escape

import numpy as np
import pandas as pd

from .schema import SAID


class Result:
    """What every result prints, in a terminal and in a notebook: a title, and pairs of a name and a text.

    It has `_title`, `_said()`, which gives the pairs, and `simulated`: whether the data were made up.
    """

    def __repr__(self):
        """Show the title, and a line for each pair."""
        return "\n".join([self._title, *(f"  {name:<12} {text}" for name, text in self._pairs())])

    def _repr_html_(self):
        rows = "".join(f"<tr><th>{escape(n)}</th><td>{escape(t)}</td></tr>" for n, t in self._pairs())
        return f"<table><caption>{escape(self._title)}</caption>{rows}</table>"

    def _pairs(self):
        return [*self._said(), *([("data", SAID)] if self.simulated else [])]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OfEffect(Result):
    """What a test, an interval or bounds tell of the effect that they are of.

    Attributes
    ----------
    estimator, outcome : str
    att : float
    n_treated, n_control : int
        As in `Effect`.
    periods : pandas.Index
    simulated : bool
        Whether the panel was not observed.
    """

    estimator: str
    outcome: str
    att: float
    n_treated: int
    n_control: int
    periods: pd.Index
    simulated: bool

    @classmethod
    def of(cls, effect, **own):
        """Make one of an effect and what is its own."""
        return cls(**({f.name: getattr(effect, f.name) for f in fields(OfEffect)} | own))


def said_of_sample(result):
    """Say which districts and periods a result rests on, from its n_treated, n_control and periods."""
    periods = result.periods
    return [
        ("districts", f"{result.n_treated} treated, {result.n_control} not"),
        ("periods", f"{len(periods)}, {periods[0]} to {periods[-1]}"),
    ]


def fixed(value, se):
    """Write a number with three significant digits of its standard error."""
    usable = np.isfinite(se) and se > 1e-12  # less is rounding
    places = int(np.clip(2 - np.floor(np.log10(se)), 0, 12)) if usable else 4
    return f"{value:,.{places}f}"


def as_percent(level):
    """Write a level or a power with all its digits: 0.975 is 97.5%, and 0.999 is not 100%."""
    return f"{100 * level:.10g}%"


def p_as_text(p):
    """Write a p-value with four decimals, or two digits where that would leave none: p is never 0."""
    if p < 1e-5:
        return "<0.00001"
    return f"{p:.4f}" if p >= 0.001 or np.isnan(p) else f"{p:.2g}"
