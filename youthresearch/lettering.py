"""Names and numbers on figures, as wide as there is room, and as a reader would write them."""

from textwrap import wrap

import numpy as np


def columns_of_legend(names):
    """In how many columns, at most four, the names of a legend fit: filled one after the other."""
    widths = [6 + sum(1 + (letter > "\u2e80") for letter in name) for name in names]
    for columns in (4, 3, 2):
        parts = np.array_split(widths, columns)
        if sum(max(part, default=0) for part in parts) <= 98:
            return columns
    return 1


def wrapped(name, lang):
    """Break a name that is longer than an axis into lines of about the same length."""
    most, ragged = (20, 0) if lang == "zh" else (48, 5)
    lines = -(-len(name) // most)
    broken = "\n".join(wrap(name, len(name) // lines + 1 + ragged)) if lines > 1 else name
    return broken.replace("（\n", "\n（")  # no line ends in a bracket that opens


def write_numbers(axis, lang):
    """Write numbers as 3.5亿, 350m, 35,000 or 1.2e-05, and not as 3.5 with 1e8 above the axis."""
    largest = np.abs(axis.get_view_interval()).max()
    steps = {"zh": ((1e8, 1e8, "亿"), (1e5, 1e4, "万")), "en": ((1e9, 1e9, "bn"), (1e6, 1e6, "m"))}[lang]
    unit, name = next(((unit, name) for least, unit, name in steps if largest >= least), (1, ""))
    if largest >= 1e4:
        axis.set_major_formatter(lambda x, _: f"{x / unit:,.10g}{name if x else ''}")
    elif largest < 1e-3:
        axis.set_major_formatter(lambda x, _: f"{x:.4g}")
    else:
        axis.get_major_formatter().set_useOffset(False)
