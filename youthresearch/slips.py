"""What a printed figure may have been before a slip of the pen.

Kinds after Scholtus (2009, deductive correction of typing and unit errors) and Damerau (1964): one digit
replaced, two neighbours swapped, a digit lost or doubled, the decimal point moved, 万 or 亿 lost or added.
"""

SLIPS = {"digit": 0, "transposed": 0, "decimal": 1, "unit": 1, "lost": 2, "doubled": 2}  # kind -> how rare
PLAIN = ("digit", "transposed")
FACTORS = {"decimal": (10.0, 0.1, 100.0, 0.01), "unit": (1e4, 1e-4, 1e8, 1e-8)}


def slips_of(value, resolution, *, counted=True):
    """List the values that one slip away from a printed figure stand.

    Parameters
    ----------
    value : float
        Nominal value, signed.
    resolution : float
        Size of the last printed place: the slip is in the digits above it.
    counted : bool
        Whether it is a count: of that 万 or 亿 may be lost, and it stays a whole number.

    Returns
    -------
    dict of float to str
        Value -> kind, the plainest where several give it; the value itself is not among them.
    """
    place = resolution or 1.0
    text, sign = str(round(abs(value) / place)), -1 if value < 0 else 1
    found = [(_exact(sign * int(t) * place), kind) for t, kind in _digits(text) if t[0] != "0" or t == "0"]
    kinds = ("decimal", "unit") if counted else ("decimal",)
    found += [(_exact(value * factor), kind) for kind in kinds for factor in FACTORS[kind]]
    best = {}
    for slipped, kind in found:
        if (counted and slipped % 1) or slipped == 0:
            continue
        if slipped != value and SLIPS[kind] < SLIPS.get(best.get(slipped), 9):
            best[slipped] = kind
    return best


def _digits(text):
    """Edit a string of digits in every way that counts as one slip."""
    size = range(len(text))
    yield from ((text[:i] + d + text[i + 1 :], "digit") for i in size for d in "0123456789")
    yield from ((text[:i] + text[i + 1] + text[i] + text[i + 2 :], "transposed") for i in size[:-1])
    yield from ((text[:i] + text[i + 1 :], "doubled") for i in size if len(text) > 1)
    yield from ((text[:i] + d + text[i:], "lost") for i in range(len(text) + 1) for d in "0123456789")


def _exact(value):
    """Drop floating-point dust."""
    return float(f"{value:.12g}")
