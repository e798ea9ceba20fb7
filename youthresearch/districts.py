"""Places over time: a name is resolved to candidates, a code is followed to the one that replaced it."""

import pandas as pd

from .loaders import given_or_own
from .schema import DataError, as_names, as_text, check_columns, check_count

_OF_DIVISIONS = ["district", "name_zh", "level", "parent", "valid_from", "valid_to", "successor"]
_KINDS = (  # what a county's name ends in, the longer first
    *("自治县", "自治旗", "林区", "特区", "矿区"),
    *("市", "县", "区", "旗", "盟", "州", "省", "地区"),
)


def resolve_district(name, divisions=None, *, year=None, hints=()):
    """Find the places that a name can mean: candidates, never a silent choice.

    Parameters
    ----------
    name : str
        As a text has it, with its kind or without (南山区, 南山).
    divisions : pandas.DataFrame, optional
        As from `load_divisions` (the default).
    year : int, optional
        Only places under a code that was valid in that year.
    hints : str or list of str
        Words that narrow it down: a province or city, or a longer text that names one.

    Returns
    -------
    pandas.DataFrame
        One row is one candidate: district, name_zh, level, parent, within (names of province and city),
        valid_from, valid_to, successor, hinted (the hints name its province or city); those that are hinted
        come first. One row and no other is an answer; several are a question. Empty if nothing fits.

    Raises
    ------
    DataError
        If the name is empty or of one character.
    """
    divisions = given_or_own("divisions", divisions)
    check_columns("divisions", divisions, _OF_DIVISIONS, "load them with load_divisions", _OF_DIVISIONS)
    if year is not None:
        check_count(year=year)
    name = name.strip() if isinstance(name, str) else ""
    if len(name) < 2:
        raise DataError(f"{name!r} is too short a name for a place: give at least two characters.")
    fits = (divisions["name_zh"] == name) | (divisions["name_zh"].map(_short) == name)
    found = divisions[fits & _valid(divisions, year)]
    upper = divisions[divisions["level"] != "county"]
    upper = upper[_valid(upper, year)].sort_values("valid_from").drop_duplicates("district", keep="last")
    names, parents = (upper.set_index("district")[c].to_dict() for c in ("name_zh", "parent"))
    above = [_above(parent, names, parents) for parent in found["parent"]]
    text = "|".join(as_names(hints, "hints"))
    hinted = [any(n in text or _short(n) in text for n in within) for within in above]
    found = found.assign(within=["".join(reversed(a)) for a in above], hinted=hinted)
    columns = [*_OF_DIVISIONS[:4], "within", *_OF_DIVISIONS[4:], "hinted"]
    order = ["hinted", "district", "valid_from"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)[columns]


def _short(name):
    """Leave out what kind of place it is: 南山区 -> 南山."""
    return next((name.removesuffix(k) for k in _KINDS if name.endswith(k) and len(name) > len(k) + 1), name)


def _valid(divisions, year):
    if year is None:
        return pd.Series(True, index=divisions.index)
    return (divisions["valid_from"] <= year) & (divisions["valid_to"].fillna(year) >= year)


def _above(code, names, parents):
    """Names of the places above a code, from the nearest up."""
    found = []
    while code in names:
        found.append(names[code])
        code = parents[code]
    return found


def follow_codes(districts, divisions=None):
    """Follow each code to the one that the same place has today.

    Parameters
    ----------
    districts : pandas.Series of str, shape (n,)
        Codes, as text or as whole numbers; what is not in the table stays as it is.
    divisions : pandas.DataFrame, optional
        As from `load_divisions` (the default). A code has a successor where one place went on under it
        alone (a county that became a city or district, a change of code); mergers and divisions have none. A
        code that was given to two places is followed from its last use.

    Returns
    -------
    pandas.Series of str, shape (n,)
    """
    divisions = given_or_own("divisions", divisions)
    after = divisions.dropna(subset="successor").set_index("district")["successor"].to_dict()
    districts = pd.Series(districts)
    if pd.api.types.is_numeric_dtype(districts):  # a spreadsheet's
        districts = as_text(districts, empty=True)
    codes, names = pd.factorize(districts, use_na_sentinel=False)  # few names in many rows
    today = pd.array([_last(name, after) for name in names], dtype="str")
    return pd.Series(today.take(codes), index=districts.index)


def _last(code, after):
    seen = set()
    while code in after:
        if code in seen:
            raise DataError(f"The successors of district {code} lead in a circle: {sorted(seen)}.")
        seen.add(code)
        code = after[code]
    return code


def check_namesakes(rows, districts, columns, divisions):
    """Refuse a name that several places have (鼓楼区) where a column of cities or codes tells them apart.

    Parameters
    ----------
    rows : pandas.DataFrame
    districts : pandas.Series of str
        What each row is of.
    columns : list of str
        Of `rows`, that may tell places apart.
    divisions : pandas.DataFrame
        As from `load_divisions`.

    Raises
    ------
    DataError
        With the rows of such names, each pair of name and place once.
    """
    shared = districts[districts.isin(names_shared(divisions))]
    places = divisions.assign(name=divisions["name_zh"].map(_short))
    known = {*places["district"], *places.loc[places["level"] != "county", "name"]}
    for column in columns if len(shared) else []:
        told = rows.loc[shared.index, column].dropna().astype("str").str.removesuffix(".0").map(_short)
        if not told.isin(known).all():
            continue
        several = follow_codes(told, divisions).groupby(shared).transform("nunique") > 1
        if several.any():
            raise DataError(
                f"{shared[several[several].index].nunique()} names are of several places by {column!r}, and "
                "would be one district: give the column of codes, or write the city before the name.",
                rows.loc[several[several].index].drop_duplicates([districts.name, column]),
            )


def names_shared(divisions):
    """List the names that several places have or had, with their kind and without."""
    today = follow_codes(divisions["district"], divisions)
    names = pd.concat([divisions["name_zh"], divisions["name_zh"].map(_short)])
    counts = pd.concat([today, today]).groupby(names.to_numpy()).nunique()
    return counts.index[counts > 1]
