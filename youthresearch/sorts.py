"""What sort of thing a figure counts (persons, items, money), so that only like is held against like."""

YEARLY = ("年均", "年平均")  # in the note of a growth rate: of one year among several
EITHER = "item person"  # the base of 个


def bases_of(units):
    """Return what each unit counts.

    Parameters
    ----------
    units : pandas.DataFrame
        As from `load_units`.
    """
    return dict(zip(units["unit"], units["base"], strict=True))


def sort_of(unit, bases, person):
    """Name the sort of thing that a unit counts; "" where it may be persons or items.

    Parameters
    ----------
    unit : str
        One that is not known is of a sort of its own.
    bases : dict
        As from `bases_of`.
    person : bool or None
        What 个 counts: persons as the noun or the code book has it, items, or None, where neither says.
    """
    base = bases.get(unit, unit)
    if base != EITHER:
        return base
    return "" if person is None else "person" if person else "item"


def is_alike(one, other):
    """Tell whether two figures may count the same sort of thing, as far as is said."""
    return one == other or not (one and other)
