"""Figures in Chinese and English from one call, with the numbers they plot beside them.

Each ``plot_*`` takes one table and a language and returns a new matplotlib Figure; nothing global
is drawn on. `save_figure` writes both languages and the table. All words come from the data.
"""

import re
from functools import cache, partial, wraps
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from .lettering import columns_of_legend, wrapped, write_numbers
from .loaders import labels_by_key, outcome_label, outcome_unit
from .periods import as_cohort, as_period, ordinals
from .schema import (
    SAID,
    DataError,
    as_output,
    as_stem,
    check_callable,
    check_choice,
    check_columns,
    is_simulated,
    mark_simulated,
    save_whole,
)

DIGITS = 8  # of numbers that are not whole, saved and drawn: beyond the tenth they differ between processors
FONT = Path(__file__).resolve().parent / "fonts" / "NotoSansSC-Subset.ttf"
INK, MUTED, BLUE, ORANGE = "#222222", "#8a8a8a", "#0072b2", "#d55e00"  # Okabe and Ito: colour-blind safe
PALE = "#cccccc"  # beside ORANGE, which grey print makes as dark as MUTED
_COLON = {"zh": "：", "en": ": "}
SPREAD = ("variation", "gini", "theil_t", "theil_l")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (6, 1, 1, 1, 1, 1)), (0, (8, 3)))  # told apart in grey print too
LINES = (BLUE, ORANGE, "#009e73", "#cc79a7", "#56b4e9", "#e69f00")  # the same palette, for cohorts


def use_style():
    """Set matplotlib to the project's style: Chinese glyphs from the shipped font, fixed sizes."""
    import matplotlib

    matplotlib.rcParams.update(_style())


def _styled():
    """Draw in the project's style whatever else is set, so that Chinese has its glyphs."""
    import matplotlib

    return matplotlib.rc_context(_style())


@cache
def _style():
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT)
    known = font_manager.fontManager.ttflist
    known.insert(0, known.pop())  # before a font of the same name that the machine may have
    name = font_manager.FontProperties(fname=FONT).get_name()
    return {
        "font.family": [name, "DejaVu Sans"],  # the Chinese font first: mathtext looks at the first only
        "font.size": 9,
        "axes.unicode_minus": False,
        "text.parse_math": False,  # the dollars of a name are no formula
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": MUTED,
        "text.color": INK,
        "axes.labelcolor": INK,
        "figure.dpi": 100,
        "savefig.dpi": 200,
        "pdf.fonttype": 42,
        "ps.fonttype": 42,  # read by PDF too (matplotlib 3.11): else each font is cut down twice
        "svg.hashsalt": "youthresearch",
    }


def _drawn_from(source, *needed, of):
    """Let a figure refuse what is not the table that it draws, and say where one comes from.

    `of` names the columns without a number in which there is nothing to draw.
    """

    def checking(plot):
        @wraps(plot)
        def checked(table, *, lang="en", **options):
            check_choice("lang", lang, ("zh", "en"))
            check_columns(f"{plot.__name__} figure", table, needed, f"give it {source}", untyped=needed)
            _check_drawn(plot.__name__, table, of)
            with _styled():
                return plot(table, lang=lang, **options)

        return checked

    return checking


def _check_drawn(name, table, of):
    """Refuse a table of which a figure would be empty."""
    if not len(table):
        raise DataError(f"The table for {name} has no rows, so there is nothing to draw.")
    if not any(np.isfinite(pd.to_numeric(table[c], errors="coerce").to_numpy(float)).any() for c in of):
        raise DataError(
            f"The table for {name} has no number in {' or '.join(of)}, so there is nothing to draw:", table
        )


@_drawn_from(
    "with_labels(derive_before(...), ...)",
    *("district", "baseline", "period_end", "growth_low", "growth_high", "before_low", "before_high"),
    *("after_low", "after_high", "indicator", "place_zh", "place_en", "label_zh", "label_en"),
    of=("growth_low", "growth_high"),
)
def plot_before_after(table, *, lang="en"):
    """Plot the growth that sources report, as intervals, with the levels before and after in figures.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `derive_before` or `series_growth`, with names from `with_labels`. One row is one
        indicator of one place; rows are drawn from the top, an interval without end as an arrow. A noun,
        where there is one, stands behind the name of the indicator.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = _figure(7.2, 1.5 + 0.46 * len(table), _word("title_before_after", lang))
    y = np.arange(len(table))[::-1]
    low, high = table["growth_low"], table["growth_high"]
    colours = [BLUE if district == "CN" else ORANGE for district in table["district"]]
    if np.isinf(table[["growth_low", "growth_high"]]).any(axis=None):
        low, high = _within(ax, low, high, y, _room(table[["growth_low", "growth_high"]]), colours)
    ax.hlines(y, low, high, color=colours, linewidth=8, alpha=0.5)
    ax.scatter((low + high) / 2, y, color=colours, s=np.where(high - low < 1, 28, 0), zorder=3)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_yticks(y, [_before_after_label(row, lang) for row in table.to_dict("records")])
    ax.tick_params(axis="y", length=0)
    for label in ax.get_yticklabels():
        label.set_linespacing(1.35)
    ax.set(xlabel=_word("growth_percent", lang), ylim=(-0.7, len(y) - 0.1))
    levels = ax.secondary_yaxis("right")
    header, records = _word("before_after_levels", lang), table.to_dict("records")
    levels.set_yticks([len(y) - 0.35, *y], [header, *(_levels(row) for row in records)])
    levels.tick_params(length=0)
    levels.spines[:].set_visible(False)
    return fig


def _before_after_label(row, lang):
    baseline = row["baseline"]
    if not baseline[:1].isdigit():
        baseline = _word(f"baseline_{baseline or 'unknown'}", lang)
    place = row["district"] if pd.isna(row[f"place_{lang}"]) else row[f"place_{lang}"]
    label = row["indicator"] if pd.isna(row[f"label_{lang}"]) else row[f"label_{lang}"]
    if isinstance(noun := row.get("noun"), str) and noun:
        label += ("（{}）" if lang == "zh" else " ({})").format(noun) if label else noun
    end = row["period_end"] or _word("baseline_unknown", lang)
    return f"{place}{_COLON[lang]}{label}\n{baseline} → {end}"


def _levels(row):
    return f"{_span(row['before_low'], row['before_high'])} → {_span(row['after_low'], row['after_high'])}"


@_drawn_from("counts of facts", "pillar", "class", "facts", of=("facts",))
def plot_facts_coverage(table, *, lang="en"):
    """Plot how many facts the sources of each class state in each pillar.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns pillar, class, facts; one row is one pillar in one class of sources.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    grid = table.pivot(index="pillar", columns="class", values="facts").fillna(0)
    return _plot_counts(_by_size(_by_size(grid).T).T, "title_facts_coverage", lang)


@_drawn_from(
    "with_labels(propose_repairs(...), ...)",
    *("source_id", "label_zh", "label_en", "from_value", "to_value", "from_text", "to_text"),
    of=("from_value",),
)
def plot_conflicts(table, *, lang="en"):
    """Plot figures that contradict the rest of their own document, against what the rest gives.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns source_id, label_zh, label_en, from_value, to_value, from_text, to_text (as from
        `propose_repairs`, with names from `with_labels`). One row is one figure, drawn from the top.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = _figure(7.2, 1.4 + 0.55 * len(table), _word("title_conflicts", lang))
    y, ratio = np.arange(len(table))[::-1], table["from_value"] / table["to_value"]
    ax.hlines(y, 1, ratio, color=ORANGE, linewidth=2)
    ax.plot(ratio, y, "o", color=ORANGE, zorder=5)
    ax.axvline(1, color=BLUE, linewidth=1)
    for at, row in zip(y, table.itertuples(index=False), strict=True):
        said = _word("conflict_said", lang).format(_grouped(row.from_text), _grouped(row.to_text))
        style = {"transform": ax.get_yaxis_transform(), "fontsize": 8, "backgroundcolor": "white"}
        ax.text(0.02, at + 0.24, said, **style)
    ax.set_yticks(y, [f"{t} ({s})" for t, s in zip(table[f"label_{lang}"], table["source_id"], strict=True)])
    ax.tick_params(axis="y", length=0)
    span = np.log10(ratio).abs().max() * 1.15
    ax.set(xscale="log", xlim=(10**-span, 10**span), ylim=(-0.5, len(table) - 0.3))
    ax.set_xlabel(_word("conflict_ratio", lang))
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:g}×")
    return fig


def _grouped(text):
    """Write a figure without its unit and with its thousands set off: 74167000人 -> 74,167,000."""
    number, percent = re.fullmatch(r"(-?[\d.]+)(%?).*", text).groups()
    whole, point, places = number.partition(".")
    return f"{int(whole):,}{point}{places}{percent}"


def _by_size(grid):
    return grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _plot_counts(grid, title, lang):
    """Draw a table of counts, each cell shaded by its size; the data name the rows and columns."""
    fig, ax = _figure(7.2, 1.4 + 0.29 * len(grid), _word(title, lang))
    _shade(ax, grid, [_word(f"{grid.index.name}_{r}", lang) for r in grid.index])
    ax.set_xticks(range(grid.shape[1]), [_word(f"{grid.columns.name}_{c}", lang) for c in grid])
    return fig


def _shade(ax, grid, names, vague=None, size=9):
    """Draw counts, each cell shaded by its size; behind some stands how many are known vaguely."""
    shade = np.sqrt(grid.to_numpy(float))
    ax.imshow(shade, cmap="Blues", aspect="auto", vmin=0, vmax=2 * max(shade.max(), 1))
    for i, j in np.argwhere(shade > 0):
        loose = 0 if vague is None else vague.iloc[i, j]
        said = f"{grid.iloc[i, j]:.0f}" + (f" ({loose})" if loose else "")
        ax.text(j, i, said, ha="center", va="center", fontsize=size)
    ax.set_yticks(range(len(grid)), names)
    ax.tick_params(length=0, labelsize=8)
    ax.spines[:].set_visible(False)


@_drawn_from("shares of proposals that are right", "layer", "share_right", of=("share_right",))
def plot_quality(table, *, lang="en"):
    """Plot the share of proposals that agree with the coding by hand, layer by layer.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns layer, share_right (0 to 1); one row is one layer, drawn from the top.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = _figure(7.2, 1.2 + 0.34 * len(table), _word("title_quality", lang))
    y = np.arange(len(table))[::-1]
    percent = 100 * table["share_right"]
    bars = ax.barh(y, percent, color=BLUE, height=0.6)
    ax.bar_label(bars, [f"{p:.1f}" for p in percent], padding=4)
    ax.set_yticks(y, [_word(f"layer_{layer}", lang) for layer in table["layer"]])
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 108), xlabel=_word("share_right", lang))
    return fig


@_drawn_from(
    'coverage(panel, by=["indicator", "period"])',
    *("indicator", "period", "exact", "interval", "open"),
    of=("exact", "interval", "open"),
)
def plot_coverage(table, *, lang="en", indicators=None):
    """Plot for how many districts each indicator is known in each period, and how many of them vaguely.

    Parameters
    ----------
    table : pandas.DataFrame
        As from ``coverage(panel, by=["indicator", "period"])``; indicators are drawn from the
        top, those known in most cells first; a period between others keeps its place without any figure. A
        cell reads 5 (2): known for five districts, for two of them not exactly.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    vague = table["interval"] + table["open"]
    cells = _dated(table).assign(known=table["exact"] + vague, vague=vague)
    known, vague = (_by_period(cells, column) for column in ("known", "vague"))
    known = _by_size(known)
    vague = vague.loc[known.index]
    fig, ax = _figure(
        1.9 + 0.42 * known.shape[1], 1.3 + 0.26 * len(known), _word("title_coverage", lang), table=table
    )
    _shade(ax, known, [outcome_label(name, lang, indicators) for name in known.index], vague, size=7)
    ax.set_xticks(range(known.shape[1]), list(known), rotation=45 if known.shape[1] > 12 else 0)
    ax.set_xlabel(_word("coverage_key", lang), fontsize=8)
    return fig


def _by_period(cells, column):
    """One row is one indicator, one column one period; a period of which nothing is known has one too."""
    grid = cells.pivot(index="indicator", columns="period", values=column)
    first, last = grid.columns.min(), grid.columns.max()
    whole = pd.period_range(first, last) if isinstance(first, pd.Period) else range(first, last + 1)
    return grid.reindex(columns=whole, fill_value=0).rename(columns=str)


@_drawn_from(
    "sigma_convergence(panel, outcome=...)", "period", "variation", "gini", "theil_t", "theil_l", of=SPREAD
)
def plot_spread(table, *, lang="en", indicators=None):
    """Plot how measures of the spread between districts move, the first period as 100.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `sigma_convergence`.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _dated(table)
    first = table.iloc[0]
    if not (first[list(SPREAD)].to_numpy(float) > 0).all():
        raise DataError(
            f"There is no spread in the first period, {first['period']}, to which the others could be "
            "related: leave it out.",
            table.head(1),
        )
    fig, ax = _figure(6.4, 3.4, _word("title_spread", lang), table=table)
    marker = {"marker": "o", "markersize": 3} if _has_gaps(table["at"]) else {}
    for name, style in zip(SPREAD, ("-", "--", ":", "-."), strict=True):
        colour, label = INK if name.startswith("theil") else BLUE, _word(f"spread_{name}", lang)
        line = 100 * table[name] / first[name]
        ax.plot(table["at"], line, linestyle=style, color=colour, label=label, **marker)
    ax.axhline(100, color=MUTED, linewidth=0.8)
    _name_periods(ax, table)
    _name_outcome(ax, table, lang, indicators, _word("first_period_100", lang))
    ax.legend(frameon=False, fontsize=8, ncols=2)
    return fig


def _dated(table):
    """Read periods and cohorts, of a file too; `at` is the place of a period where distance is time.

    That is the year itself, or the ordinal of a quarter or a month.
    """
    period = as_period(table["period"])
    dated = table.assign(period=period, at=ordinals(period))
    return dated.assign(cohort=as_cohort(table["cohort"], period)) if "cohort" in table else dated


def _place(period):
    return getattr(period, "ordinal", period)


def _has_gaps(at):
    """Tell whether places on the axis of time are not one after the other, so that points need marks."""
    known = np.unique(at)
    return len(known) < 2 or np.ptp(known) >= len(known)


def _name_periods(ax, table):
    """Put ticks at the periods that there are, as far apart as their names need."""
    names = dict(sorted(zip(table["at"], table["period"].astype(str), strict=True)))
    apart, shown = -(-(max(names) - min(names) + 1) // 9), []
    for at in names:
        if not shown or at - shown[-1] >= apart:
            shown.append(at)
    ax.set_xticks(shown, [names[at] for at in shown])


@_drawn_from("average_by_cohort(panel, outcome=...)", "cohort", "period", "value", of=("value",))
def plot_trends(table, *, lang="en", indicators=None):
    """Plot the average outcome of each cohort over time; a dotted line marks where its treatment begins.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `average_by_cohort`.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if table.duplicated(["cohort", "period"]).any():
        raise DataError(
            "A cohort has several values in a period: give plot_trends average_by_cohort(panel, ...)."
        )
    table = _dated(_steady(table))
    fig, ax = _figure(6.8, 3.6, _word("title_trends", lang), table=table)
    gaps = _has_gaps(table["at"]) or table["value"].isna().any()
    for k, (cohort, rows) in enumerate(table.groupby("cohort", dropna=False, sort=True)):
        never, rows = pd.isna(cohort), rows.dropna(subset="value").sort_values("at")
        colour = MUTED if never else LINES[k % len(LINES)]
        label = _word("never_treated", lang) if never else f"{_word('treated_from', lang)} {cohort}"
        style = "-" if never else DASHES[(k + k // len(LINES)) % len(DASHES)]  # of a colour that comes again
        marker = {"marker": "o", "markersize": 3} if never or gaps else {}
        ax.plot(rows["at"], rows["value"], color=colour, linestyle=style, label=label, **marker)
        if not never and table["at"].min() <= _place(cohort) <= table["at"].max():
            ax.axvline(_place(cohort) - 0.5, color=colour, linewidth=0.8, linestyle=":")
    _name_periods(ax, table)
    _name_outcome(ax, table, lang, indicators)
    _legend_above(ax)
    return fig


@_drawn_from("confidence_bands(effect, seed=...)", "event_time", "att", "low", "high", of=("att",))
def plot_event_study(table, *, lang="en", indicators=None):
    """Plot effects by event time with their intervals, row by row (dark) and all at once (light).

    Parameters
    ----------
    table : pandas.DataFrame
        As from `confidence_bands`; an end that is infinite is drawn at the edge. A column `effect` (as from
        `true_path`) is drawn as the truth.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _steady(table)
    fig, ax = _figure(6.8, 3.6, _word("title_event_study", lang), table=table)
    x = table["event_time"]
    ends = [c for c in ("att", "effect", "low", "high", "band_low", "band_high") if c in table]
    limits = _room(table[ends])
    for pair, style in (("band_", {"alpha": 0.3, "linewidth": 5}), ("", {"linewidth": 1.6})):
        low, high = (table[f"{pair}{end}"].clip(*limits) for end in ("low", "high"))
        ax.vlines(x, low, high, color=BLUE, **style)
    said = _at_level(_word("estimate", lang), table)
    ax.plot(x, table["att"], "o", color=BLUE, markersize=4, label=said)
    if "effect" in table:
        ax.plot(x, table["effect"], color=ORANGE, linewidth=1.6, label=_word("truth", lang))
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.axvline(-0.5, color=MUTED, linewidth=0.8, linestyle=":")
    ax.set_xlabel(_word("event_time", lang))
    _name_outcome(ax, table, lang, indicators)
    _legend_above(ax)
    return fig


def _legend_above(ax):
    """Put the legend between title and axes, where it can hide nothing, as wide as the axes at most."""
    names = ax.get_legend_handles_labels()[1]
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
    ax.legend(frameon=False, fontsize=8, ncols=columns_of_legend(names), **place)


def _name_outcome(ax, table, lang, indicators, said=""):
    """Name the outcome beside its axis, below it what is drawn of it, and write values as a reader would."""
    name = wrapped(outcome_label(table.attrs.get("outcome", ""), lang, indicators), lang)
    label = ax.set_ylabel("\n".join(filter(None, [name, said])))
    if said or "\n" in name:
        label.set_linespacing(1.6 if said else 1.35)
    write_numbers(ax.yaxis, lang)


def _at_level(text, table):
    """Put the level of a table's intervals into a text that speaks of 95%."""
    return text.replace("95%", f"{100 * table.attrs.get('level', 0.95):.10g}%")


@_drawn_from("compare_effects([...])", "estimator", "att", "low", "high", of=("att",))
def plot_effects(table, *, lang="en", indicators=None):
    """Plot several effects with their confidence intervals, side by side.

    Rows are named by their estimators; where there are several outcomes by these, and by both where both
    differ. Outcomes of one unit share an axis; others have one each, since their sizes cannot be compared.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `compare_effects`; rows are drawn from the top, an interval without end as an arrow. A
        column `effect` is drawn as the truth. Names of your own in the column estimator are drawn as they
        are: they tell two effects of one estimator apart.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`; a column `unit` says which of its outcomes share an axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _steady(table)
    names, said = _names_of_effects(table, lang, indicators)
    outcomes = table["outcome"] if "outcome" in table else pd.Series("", index=table.index)
    units = outcomes.map({name: outcome_unit(name, indicators) for name in outcomes.unique()})
    panels = [table.assign(name=names)[units == unit] for unit in units.unique()]
    title = _word("title_effects_by_outcome" if outcomes.nunique() > 1 else "title_effects", lang)
    lines = [len(rows) + 0.8 for rows in panels]
    fig, axes = _figure(
        6.8, 0.98 + 0.4 * sum(lines), title, table=table, shape=(len(panels), 1), height_ratios=lines
    )
    axes = np.atleast_1d(axes)
    for ax, rows in zip(axes, panels, strict=True):
        _draw_effects(ax, rows, lang)
    axes[-1].set_xlabel(said)
    if "effect" in table:
        left, right = axes[0].get_xlim()
        side = "right" if right > -left else "left"  # away from zero, where its sign looks like an estimate
        axes[0].legend(frameon=False, fontsize=8, loc=f"upper {side}")
    return fig


def _names_of_effects(table, lang, indicators):
    """Name effects by that in which they differ; what they share is said of the axis."""
    known = labels_by_key()[f"label_{lang}"]
    parts = {"estimator": [known.get(f"estimator_{name}", name) for name in table["estimator"]]}
    if "outcome" in table:
        parts = {"outcome": [outcome_label(n, lang, indicators) for n in table["outcome"]], **parts}
    shared = {part for part, names in parts.items() if len(set(names)) == 1}
    if len(shared) == len(parts):
        shared.discard("estimator")
    named = zip(*(parts[p] for p in parts if p not in shared), strict=True)
    rows = ["\n".join(wrapped(part, lang) for part in row) for row in named]
    said = [_at_level(_word("effect_interval", lang), table), *(parts[p][0] for p in parts if p in shared)]
    return rows, _COLON[lang].join(said)


def _draw_effects(ax, rows, lang):
    """Draw effects of one unit, the first row at the top."""
    y = np.arange(len(rows))[::-1]
    ax.plot(rows["att"], y, "o", color=BLUE)
    room = _room(rows[[c for c in ("att", "low", "high", "effect") if c in rows]])
    low, high = _within(ax, rows["low"], rows["high"], y, room, [BLUE] * len(rows))
    ax.hlines(y, low, high, color=BLUE, linewidth=2)
    if "effect" in rows:
        ax.vlines(rows["effect"], y - 0.4, y + 0.4, color=ORANGE, linewidth=2, label=_word("truth", lang))
    ax.axvline(0, color=MUTED, linewidth=0.8)
    write_numbers(ax.xaxis, lang)
    ax.set_yticks(y, rows["name"])
    ax.set_ylim(-0.6, len(rows) + 0.2)
    ax.tick_params(axis="y", length=0, pad=8)
    for label in ax.get_yticklabels():
        label.set_linespacing(1.35)


def _within(ax, low, high, y, room, colours):
    """Keep intervals within the limits of their axis, an end that is infinite as an arrow there."""
    ax.set_xlim(*room)
    for sign, end, infinite in (("<", room[0], low == -np.inf), (">", room[1], high == np.inf)):
        for k in np.flatnonzero(infinite):
            ax.plot(end, y[k], sign, color=colours[k], clip_on=False)
    return low.clip(lower=room[0]), high.clip(upper=room[1])


def _room(numbers):
    """Limits of an axis that has all finite numbers and zero, and a margin."""
    numbers = numbers.to_numpy(float)
    numbers = np.append(numbers[np.isfinite(numbers)], 0.0)
    margin = 0.05 * (np.ptp(numbers) or 1.0)
    return numbers.min() - margin, numbers.max() + margin


@_drawn_from("effect.cohort_weights", "cohort", "period", "weight", of=("weight",))
def plot_weights(table, *, lang="en"):
    """Plot the weight of each cohort in each period: what an estimator adds, and, hatched, what it subtracts.

    Parameters
    ----------
    table : pandas.DataFrame
        ``effect.cohort_weights``.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _dated(_steady(table))
    grid = _by_cohort(table)
    title = _word("title_weights", lang)
    if "estimator" in table.attrs:
        title += _COLON[lang] + _word(f"estimator_{table.attrs['estimator']}", lang)
    fig, ax = _figure(7.2, 1.4 + 0.4 * len(grid), title, table=table)
    weights, (first, last) = grid.to_numpy(), (grid.columns[0] - 0.5, grid.columns[-1] + 0.5)
    largest, extent = np.nanmax(np.abs(weights)), (first, last, len(grid) - 0.5, -0.5)
    image = ax.imshow(weights, cmap="RdBu_r", aspect="auto", vmin=-largest, vmax=largest, extent=extent)
    for row, column in np.argwhere(weights < -1e-9 * largest):  # not what rounding leaves of none
        colour = "white" if weights[row, column] < -0.5 * largest else INK
        ax.add_patch(_hatched(grid.columns[column], row, colour))
    for k, start in enumerate(grid.index.map(_place)):
        if not pd.isna(start) and first < start < last:
            ax.plot([start - 0.5, start - 0.5], [k - 0.5, k + 0.5], color=INK, linewidth=1.2)
    _name_periods(ax, table)
    names = [_word("never_treated", lang) if pd.isna(c) else f"{c}" for c in grid.index]
    ax.set_yticks(range(len(grid)), names)
    ax.tick_params(length=0, labelsize=8)
    ax.spines[:].set_visible(False)
    fig.colorbar(image, ax=ax, label=_word("weight", lang)).outline.set_visible(False)
    return fig


def _by_cohort(table):
    """One row is one cohort, one column one place on the axis of time; a period without cells has one too."""
    row, cohorts = pd.factorize(table["cohort"], use_na_sentinel=False)
    grid = table.assign(row=row).pivot(index="row", columns="at", values="weight")
    grid = grid.reindex(columns=range(grid.columns.min(), grid.columns.max() + 1))
    return grid.set_axis(cohorts.astype(object))


def _hatched(column, row, colour):
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="///", edgecolor=colour, linewidth=0)


@_drawn_from("placebo_in_time(...)", "lead", "att", "low", "high", of=("att",))
def plot_placebo(table, *, lang="en", indicators=None):
    """Plot the effect beside those at dates when nobody was treated yet, with their intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `placebo_in_time`; an interval without end goes to the edge.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _steady(table)
    fig, ax = _figure(6.8, 3.2, _word("title_placebo", lang), table=table)
    limits = _room(table[["att", "low", "high"]])
    actual = table["lead"] == 0
    for rows, colour, key in ((table[actual], ORANGE, "actual_date"), (table[~actual], BLUE, "false_date")):
        low, high = (rows[end].clip(*limits) for end in ("low", "high"))
        ax.vlines(-rows["lead"], low, high, color=colour, linewidth=1.6)
        ax.plot(-rows["lead"], rows["att"], "o", color=colour, label=_word(key, lang))
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.set_ylim(*limits)
    ax.set_xticks(-table["lead"], table["lead"].astype(str))
    ax.set_xlabel(_word("lead", lang))
    _name_outcome(ax, table, lang, indicators, _at_level(_word("effect_interval", lang), table))
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return fig


@_drawn_from("test.assignments", "statistic", "actual", of=("statistic",))
def plot_randomization(table, *, lang="en"):
    """Plot the estimate among those under other assignments of the pilots.

    Parameters
    ----------
    table : pandas.DataFrame
        ``test.assignments`` of a `RandomizationTest`; infinite statistics are left out.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    actual = table.loc[table["actual"], "statistic"].item()
    finite = table.loc[np.isfinite(table["statistic"]), "statistic"]
    far = finite.abs() >= abs(actual) * (1 - 1e-9)
    fig, ax = _figure(6.8, 3.2, _word("title_randomization", lang), table=table)
    ax.hist(
        [finite[~far], finite[far]],
        _bins(finite, abs(actual) * (1 - 1e-9)),
        stacked=True,
        color=[PALE, ORANGE],
        label=[_word("nearer_zero", lang), _word("as_far_from_zero", lang)],
    )
    ax.axvline(actual, color=BLUE, linewidth=1.6, label=_word("actual_assignment", lang))
    ax.set(xlabel=_word("statistic_of_assignment", lang), ylabel=_word("assignments", lang))
    ax.yaxis.get_major_locator().set_params(integer=True)
    write_numbers(ax.xaxis, lang)
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return fig


def _bins(values, edge):
    """Bins of one width, as many to either side of zero, two of whose ends are edge and -edge."""
    largest = values.abs().max() or 1.0
    width = 2 * largest / np.clip(2 * np.sqrt(len(values)), 15, 61)
    if round(edge / width) > 0:
        width = edge / round(edge / width)
    most = np.ceil(largest / width)
    return width * np.arange(-most, most + 1)


@_drawn_from("honest_did(effect).table", "m", "low", "high", of=("low", "high"))
def plot_honest(table, *, lang="en", indicators=None):
    """Plot intervals for an effect as trends are allowed to differ more, and where zero comes in.

    Parameters
    ----------
    table : pandas.DataFrame
        The table of `honest_did`; a column `breakdown` (one value) is drawn as a line.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _steady(table)
    fig, ax = _figure(6.8, 3.4, _word("title_honest", lang), table=table)
    m = table["m"].to_numpy()
    step = np.nanmax(m) / max(len(m) - 2, 1) or 1.0
    x = np.where(np.isnan(m), -step, m)
    zero = ((table["low"] <= 0) & (table["high"] >= 0)).to_numpy()
    for here, colour, key in ((~zero, BLUE, "honest_excludes"), (zero, ORANGE, "honest_includes")):
        ax.vlines(x[here], table["low"][here], table["high"][here], color=colour, linewidth=5, alpha=0.8)
        ax.plot([], [], color=colour, linewidth=5, alpha=0.8, label=_word(key, lang))
    if "breakdown" in table and 0 < table["breakdown"][0] < np.inf:
        at = table["breakdown"][0]
        said = _word("honest_breakdown", lang).format(f"{at:.3g}")
        ax.axvline(at, color=INK, linewidth=1, linestyle="--", label=said)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.set_xticks(x, [_word("honest_parallel", lang) if np.isnan(v) else f"{v:.3g}" for v in m])
    ax.set_xlabel(_word(f"honest_{table['method'].iloc[-1]}", lang))
    _name_outcome(ax, table, lang, indicators, _at_level(_word("honest_effect", lang), table))
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return fig


@_drawn_from("load_size()", "test", of=("size",))
def plot_size(table, *, lang="en"):
    """Plot how often tests reject a true null, by the number of pilots, one panel a design.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `load_size`, a few of its tests; several serial correlations or waves are several lines.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    from scipy.special import bdtr

    panels = table.groupby(["noise", "pilots"], sort=False)
    columns = min(len(panels) + 1, 4)
    rows = -(-(len(panels) + 1) // columns)
    title = _word("title_size", lang)
    fig, axes = _figure(2.3 * columns, 0.7 + 1.9 * rows, title, table=table, shape=(rows, columns))
    known, n = sorted(table["treated"].unique()), int(table["simulations"].min())
    colours = dict(zip(table["test"].unique(), (ORANGE, MUTED, BLUE, *LINES[2:]), strict=False))
    markers = dict(zip(colours, "os^Dv<>", strict=False))
    right = 100 * np.searchsorted(bdtr(np.arange(n + 1), n, 0.05), [0.025, 0.975]) / n
    for ax, ((noise, pilots), part) in zip(axes.flat, panels, strict=False):
        ax.axhspan(*right, color=MUTED, alpha=0.25, linewidth=0, label=_word("right_test", lang))
        for (test, _, staggered), line in part.groupby(["test", "rho", part["waves"] > 1], sort=False):
            x = [known.index(k) for k in line["treated"]]
            style = {"color": colours[test], "linestyle": "--" if staggered else "-", "linewidth": 1.2}
            style |= {"marker": markers[test], "markersize": 3.5, "label": _word(f"test_{test}", lang)}
            ax.plot(x, 100 * line["size"], **style)
        ax.set_title(f"{_word(f'noise_{noise}', lang)}\n{_word(f'pilots_{pilots}', lang)}", fontsize=8)
        ax.set_yscale("function", functions=(lambda share: np.sqrt(np.maximum(share, 0)), np.square))
        ax.set(ylim=(0, 95), xticks=range(len(known)))
        ax.set_xticks(range(len(known)), known)
        ax.set_yticks([0, 5, 20, 40, 80], ["0", "5", "20", "40", "80"])
    _legend_beside(axes.flat, len(panels), lang, several=(table["waves"] > 1).any())
    for row in axes.reshape(rows, columns):
        row[0].set_ylabel(_word("size_percent", lang))
    fig.supxlabel(_word("treated_of_60", lang), fontsize=9)
    return fig


def _legend_beside(axes, used, lang, *, several):
    """Put one legend for all panels into the first place that has none; clear the others."""
    handles, labels = axes[0].get_legend_handles_labels()
    once = dict(reversed(list(zip(labels, handles, strict=True))))
    once = {label: once[label] for label in dict.fromkeys(labels)}
    for ax in axes[used:]:
        ax.set_axis_off()
    if several:
        for key, style in (("one_wave", "-"), ("several_waves", "--")):
            once[_word(key, lang)] = axes[used].plot([], [], style, color=INK, linewidth=1.2)[0]
    axes[used].legend(once.values(), once.keys(), frameon=False, fontsize=8, loc="center")


@_drawn_from("power_curve(design, ...)", "effect", "power", "treated", of=("power",))
def plot_power(table, *, lang="en", indicators=None):
    """Plot the share of studies that would find an effect, with the simulation's error.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `power_curve`, of one design or of several with different numbers of treated districts.
    lang : {"zh", "en"}
    indicators : pandas.DataFrame, optional
        As for `effect_table`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = _figure(6.8, 3.6, _word("title_power", lang), table=table)
    for k, (treated, rows) in enumerate(table.groupby("treated")):
        colour, power, reach = LINES[k % len(LINES)], 100 * rows["power"], 196 * rows["se"]
        ax.fill_between(rows["effect"], power - reach, power + reach, color=colour, alpha=0.25, linewidth=0)
        said = f"{_word('pilots_count', lang)}{_COLON[lang]}{treated}"
        ax.plot(rows["effect"], power, color=colour, linestyle=DASHES[k % len(DASHES)], label=said)
    for level in (5, 80):  # what no effect gives at 5%, and what is usually asked for
        ax.axhline(level, color=MUTED, linewidth=0.8, linestyle=":")
    ax.set_xlabel(_COLON[lang].join([_word("true_effect", lang), _measured_in(table, lang, indicators)]))
    ax.set(ylabel=_word("share_found", lang), ylim=(0, 101))
    ax.set_yticks([0, 5, 20, 40, 60, 80, 100])
    write_numbers(ax.xaxis, lang)
    ax.legend(frameon=False, fontsize=8, loc="center right")
    return fig


def _measured_in(table, lang, indicators):
    """Name what the effects of a power curve are of; standard deviations where that is empty."""
    outcome = table.attrs.get("outcome")  # lost where curves of several outcomes were put together
    if outcome:
        return outcome_label(outcome, lang, indicators)
    return _word("effect_in_unit" if outcome is None else "effect_in_sd", lang)


@_drawn_from("reproduce_published(...)", "value", "standard_error", "se", "found", of=("att",))
def plot_published(table, *, lang="en"):
    """Plot estimates of this package beside published ones, each in published standard errors.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `reproduce_published`; rows that were not run or whose error is not published are left out.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = _steady(table[(table["found"] != "not run") & table["se"].notna()])
    _check_drawn("plot_published, without what was not run or has no error,", table, ["att"])
    fig, ax = _figure(7.6, 1.4 + 0.27 * len(table), _word("title_published", lang))
    y, unit = np.arange(len(table))[::-1], table["se"].astype(float)
    value = table["value"].astype(float) / unit
    ours, width = table["att"] / unit, table["standard_error"] / unit
    ax.hlines(y + 0.12, value - 1, value + 1, color=MUTED, linewidth=3)
    ax.plot(value, y + 0.12, "s", color=MUTED, markersize=5, label=_word("published", lang))
    colours = np.where(table["found"] == "same", BLUE, ORANGE)
    ax.hlines(y - 0.12, ours - width, ours + width, color=colours, linewidth=1.6)
    for colour, sign, key in ((BLUE, "o", "ours_same"), (ORANGE, "D", "ours_differs")):
        here = colours == colour
        ax.plot(ours[here], y[here] - 0.12, sign, color=colour, markersize=4, label=_word(key, lang))
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_yticks(y, table[f"label_{lang}"])
    ax.tick_params(axis="y", length=0, labelsize=8)
    ax.set(ylim=(-0.7, len(table) - 0.3), xlabel=_word("published_errors", lang))
    ax.legend(frameon=False, fontsize=8, loc="upper right")
    return fig


def save_figure(plot, stem, data, *, lang="en", folder=None, **options):
    """Draw a figure in both languages and save it with the numbers that it plots.

    Writes <stem>.zh.png, <stem>.zh.pdf, <stem>.en.png, <stem>.en.pdf and <stem>.csv (the table, its numbers
    to eight significant digits, whole ones to all of theirs). The files are the same bytes on every run.
    Simulated data say so on the figure, and in a column of the table.

    Parameters
    ----------
    plot : callable
        A ``plot_*`` function.
    stem : str
        File name without ending, the notebook's own.
    data : pandas.DataFrame
        What `plot` takes.
    lang : {"zh", "en"}
        Language of the figure that is returned.
    folder : path, optional
        figures/ of the clone by default, of the working folder if the package was not installed from one.
    **options
        Passed on to `plot`: ``indicators=``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    check_callable("plot", plot, "pass one that draws the data, such as yr.plot_trends")
    stem, folder = as_stem(stem), as_output(folder)
    with _styled():
        drawn = {language: plot(data, lang=language, **options) for language in ("zh", "en")}
        for language, fig in drawn.items():
            _mark(fig, data)
            save_both(fig, folder / f"{stem}.{language}")
    data = mark_simulated(_steady(data), is_simulated(data))
    plotted = data.to_csv(index=False, float_format="%.15g", lineterminator="\n")
    save_whole(folder / f"{stem}.csv", plotted.encode())
    return drawn[lang]


def save_both(fig, path):
    """Save as PNG and PDF, undated, in one draw each, and laid out once: `savefig` takes twice as many."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    shown, fig.dpi = fig.dpi, rcParams["savefig.dpi"]
    png, pdf = BytesIO(), BytesIO()
    FigureCanvasAgg(fig).print_png(png, metadata={"Software": None})
    fig.set_layout_engine("none")  # keeps what was laid out, in the notebook too
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    FigureCanvasPdf(fig).print_pdf(pdf, metadata=undated)
    fig.dpi = shown
    for ending, drawn in {"png": png, "pdf": pdf}.items():
        save_whole(Path(f"{path}.{ending}"), drawn.getvalue())


def _steady(table):
    """Round to the digits that are saved; whole numbers have all of theirs.

    The last bits of a sum depend on the processor. With its vector instructions on and off, no number of the
    notebooks differs in nine digits, one of 3,933 does in ten, and 50 do in twelve.
    """
    floats = table.select_dtypes("float")
    return table.assign(**{c: list(map(_steadied, floats[c])) for c in floats})


def _steadied(value):
    return value if pd.isna(value) or float(value).is_integer() else float(f"{value:.{DIGITS}g}")


def _figure(width, height, title, *, table=None, shape=(1, 1), **layout):
    """Make a figure (inches) with a title and one axes, or several, known to no global state."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(width, height), layout="constrained")
    fig._repr_png_ = partial(save_in_memory, fig)  # of itself a notebook draws none before pyplot is imported
    fig.suptitle(title, x=0.01, ha="left", fontsize=11)
    _mark(fig, table)
    return fig, fig.subplots(*shape, **layout)


def save_in_memory(fig):
    """Return a figure as the bytes of a PNG, which a notebook shows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = BytesIO()
    with _styled():
        FigureCanvasAgg(fig).print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _mark(fig, table):
    """Say on a figure of simulated data, once, that it is one."""
    if table is not None and is_simulated(table) and SAID not in [t.get_text() for t in fig.texts]:
        fig.text(0.99, 0.99, SAID, ha="right", va="top", color=ORANGE, fontsize=10)


def _word(key, lang):
    return labels_by_key().loc[key, f"label_{lang}"]


def _span(low, high):
    """Write an interval as a reader would: 682, 190,000–210,000, or ≥ 230,000."""
    if high == low or f"{low:.4g}" == f"{high:.4g}":
        return f"{(low + high) / 2:,.0f}"
    return f"≥ {low:,.0f}" if np.isinf(high) else f"{low:,.0f}–{high:,.0f}"
