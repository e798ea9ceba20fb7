"""Every figure draws in both languages without complaint, and is saved the same on every run."""

import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.metrics import METRICS
from youthresearch.schema import SAID


@cache
def facts():
    return yr.load_facts()


@cache
def before_after():
    """Make the changes of Nanshan and of the nation."""
    table = pd.concat(
        [
            yr.derive_before(facts().query("source_id == 'nanshan-2021'")),
            yr.series_growth(yr.load_national(), 2017, 2021),
        ],
        ignore_index=True,
    )
    return yr.with_labels(table.dropna(subset="growth_low"), yr.load_indicators(), yr.load_districts())


@cache
def coverage():
    pillars = facts().merge(yr.load_indicators()[["indicator", "pillar"]])
    classes = pillars.merge(yr.load_sources()[["source_id", "class"]])
    return classes.groupby(["pillar", "class"], as_index=False).agg(facts=("fact_id", "size"))


@pytest.mark.slow
def test_every_metric_has_a_name_for_its_axis_in_both_languages():
    labels = yr.load_labels().set_index("key")
    for metric, _, indicators in METRICS:
        said = labels.loc[f"outcome_{metric}", ["label_zh", "label_en"]]
        assert said.str.count("{}").eq("youth" in indicators).all() and said.str.len().gt(4).all()
    table = pd.DataFrame({"cohort": [2019] * 2, "period": [2018, 2019], "value": [1.0, 2.0]})
    table.attrs["outcome"] = "members_per_10k_youth_14_35_resident"
    names = [yr.plot_trends(table, lang=lang).axes[0].get_ylabel() for lang in ("zh", "en")]
    assert names == ["每万名14—35岁常住青年的团员数", "Members per 10,000 residents aged 14 to 35"]


@pytest.mark.slow
def test_places_and_indicators_without_a_name_go_by_their_codes():
    table = before_after().head(1).assign(place_zh=None, label_zh=None, period_end="", district="990101")
    label = yr.plot_before_after(table, lang="zh").axes[0].get_yticklabels()[0].get_text()
    assert label.startswith(f"990101：{table['indicator'].iloc[0]}") and label.endswith("→ 未写明")


def test_a_panel_is_no_table_of_averages():
    panel = pd.DataFrame({"cohort": [2019] * 2, "period": [2018] * 2, "value": [1.0, 2.0]})
    with pytest.raises(yr.DataError, match="average_by_cohort"):
        yr.plot_trends(panel)


@cache
def misprints():
    """Make the first repair of every conflict of three sources, with names."""
    some = facts()[facts()["source_id"].isin(["nanshan-2021", "c005", "c074"])]
    repairs = yr.propose_repairs(some, yr.load_identities()).query("rank == 1").drop_duplicates("fact_id")
    named = repairs.merge(facts()[["fact_id", "indicator", "district"]], on="fact_id")
    return yr.with_labels(named, yr.load_indicators(), yr.load_districts())


def quality():
    return pd.DataFrame({"layer": ["value", "noun"], "share_right": [0.99, 0.8]})


@cache
def cells():
    local = yr.build_panel(facts()[facts()["district"].isin(["440305", "440309", "CN"])])
    local = local[local["period"] >= 2015]
    return yr.coverage(local[local["indicator"] < "d"], by=["indicator", "period"])


@cache
def spread():
    panel, _ = yr.simulate_panel(seed=1, districts=12, periods=6, waves={"2017Q4": 2})
    return yr.sigma_convergence(panel, outcome="orgs_per_10k_youth_14_28")


@cache
def effects():
    """Make two effects on a simulated panel."""
    panel = yr.simulate_panel(seed=1, periods=12, waves={"2018Q1": 12, "2019Q1": 12})[0]
    outcome = "orgs_per_10k_youth_14_28"
    return panel, outcome, [f(panel, outcome=outcome) for f in (yr.event_study, yr.imputation_did)]


@cache
def trends():
    panel, outcome, _ = effects()
    return yr.average_by_cohort(panel, outcome=outcome)


@cache
def bands():
    return yr.confidence_bands(effects()[2][0], seed=1).assign(effect=1.0)


def side_by_side():
    return yr.compare_effects(effects()[2]).assign(effect=1.0)


@cache
def reassigned(seed=1):
    panel, _ = yr.simulate_panel(seed=seed, districts=12, periods=6, waves={"2017Q4": 2})
    return yr.randomization_test(yr.did, panel, outcome="orgs", seed=1).assignments


@cache
def honest():
    panel, _ = yr.simulate_panel(seed=1, districts=30, periods=8, waves={"2018Q1": 4}, effect={"orgs": 30.0})
    result = yr.honest_did(yr.event_study(panel, outcome="orgs_per_10k_youth_14_28"), m=[0, 0.5, 1, 2])
    return result.table.assign(breakdown=result.breakdown)


@cache
def placebos():
    panel, _ = yr.simulate_panel(seed=1, districts=12, periods=8, waves={"2018Q1": 1})
    return yr.placebo_in_time(yr.did, panel, outcome="orgs", level=0.9, seed=1)


def weights():
    return effects()[2][0].cohort_weights


@cache
def published():
    published = yr.load_published()
    return yr.reproduce_published(published[published["study"].isin(["enterprise_zones", "organ_donations"])])


@cache
def sizes():
    size = yr.load_size()
    return size[(size["rho"] == 0.5) & size["test"].isin(["clustered", "strata"]) & (size["pilots"] == "any")]


@cache
def power():
    designs = [yr.design_study(districts=20, periods=6, waves={4: k}, rho=0.5) for k in (1, 2)]
    effects = [0.0, 1.0, 2.0]
    return pd.concat([yr.power_curve(d, effects=effects, seed=1, simulations=50) for d in designs])


PLOTS = {
    "plot_size": sizes,
    "plot_power": power,
    "plot_trends": trends,
    "plot_event_study": bands,
    "plot_effects": side_by_side,
    "plot_weights": weights,
    "plot_published": published,
    "plot_placebo": placebos,
    "plot_randomization": reassigned,
    "plot_honest": honest,
    "plot_coverage": cells,
    "plot_spread": spread,
    "plot_quality": quality,
    "plot_before_after": before_after,
    "plot_facts_coverage": coverage,
    "plot_conflicts": misprints,
}
IN_WORDS = ["plot_size", "plot_event_study", "plot_effects", "plot_weights", "plot_published", "plot_quality"]


def texts(figure):
    """Return every text of a figure, empty ones left out."""
    return [t.get_text() for t in figure.findobj(lambda artist: hasattr(artist, "get_text")) if t.get_text()]


def test_every_plot_is_tried():
    assert set(PLOTS) == {name for name in yr.__all__ if name.startswith("plot_")}


@cache
def made(name, lang, drawn=False):
    """Make a figure as save_figure does and, if `drawn`, lay out its every glyph; a warning is an error."""
    from matplotlib import rc_context

    with warnings.catch_warnings(), rc_context():
        warnings.simplefilter("error")
        yr.use_style()
        figure = getattr(yr, name)(PLOTS[name](), lang=lang)
        if drawn:
            figure.draw_without_rendering()
    return figure


@pytest.mark.slow
@pytest.mark.parametrize("lang", sweep("zh", slow=["en"]))
@pytest.mark.parametrize("name", sweep("plot_placebo", slow=[p for p in PLOTS if p != "plot_placebo"]))
def test_drawn_without_complaint(name, lang, logged):
    """The others are drawn by the notebooks as well, which hold a complaint for a wrong output."""
    assert type(made(name, lang, drawn=True)).__name__ == "Figure"
    assert not logged


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save one figure twice, with a column of large numbers in its table."""
    folders = [tmp_path_factory.mktemp(run) for run in ("a", "b")]
    for folder in folders:
        figure = yr.save_figure(yr.plot_quality, "x", quality().assign(members=81246000.0), folder=folder)
        assert type(figure).__name__ == "Figure"
    return folders


@pytest.mark.slow
def test_what_is_saved_has_the_digits_that_every_processor_agrees_on(tmp_path):
    """Sums of one set of numbers as two processors make them; whole numbers have all digits."""
    sums = [[0.1 + 0.2 + 0.3, 12.34567890499999], [0.3 + 0.2 + 0.1, 12.345678905000001]]
    assert sums[0][0] != sums[1][0]
    for name, share in zip("ab", sums, strict=True):
        table = quality().assign(members=1234567890123.0, share=share, gap=np.nan)
        yr.save_figure(yr.plot_quality, name, table, folder=tmp_path)
    saved = [(tmp_path / f"{name}.csv").read_text(encoding="utf-8") for name in "ab"]
    assert saved[0] == saved[1]
    assert "1234567890123,0.6," in saved[0] and "1234567890123,12.345679," in saved[0]


@pytest.mark.slow
def test_a_notebook_shows_a_figure():
    """Without pyplot, which nobody needs to import."""
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(yr.plot_quality(quality()))
    assert shown["image/png"].startswith(b"\x89PNG") and shown["text/plain"].startswith("<Figure size")


def test_chinese_has_its_glyphs_without_use_style():
    """A glyph that is missing is a warning."""
    import matplotlib

    with matplotlib.rc_context({"font.family": ["DejaVu Sans"]}), warnings.catch_warnings(action="error"):
        assert yr.plot_quality(quality(), lang="zh")._repr_png_()


@pytest.mark.slow
def test_saved_in_both_languages(saved):
    files = sorted(p.name for p in saved[0].iterdir())
    assert files == ["x.csv", "x.en.pdf", "x.en.png", "x.zh.pdf", "x.zh.png"]
    assert (saved[0] / "x.zh.pdf").read_bytes().count(b"/FontFile2") == 1  # one font, cut down once


def test_saved_twice_the_same_bytes(saved):
    first, second = saved
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", sweep(*IN_WORDS, slow=[p for p in PLOTS if p not in IN_WORDS]))
def test_the_two_languages_differ_in_words_only(name):
    chinese, english = ([t for t in texts(made(name, lang)) if t != SAID] for lang in ("zh", "en"))
    assert any("\u4e00" <= c <= "\u9fff" for c in "".join(chinese))
    assert not any("\u4e00" <= c <= "\u9fff" for c in "".join(english))
    assert len(chinese) == len(english)
    both = set(chinese) & set(english)  # numbers, codes, names
    assert not [text for text in both if re.search("[a-z]{3,} [a-z]{3,}", text)]


@pytest.mark.slow
def test_points_stand_where_the_growth_is():
    table = before_after().query("source_id == 'nanshan-2021'")
    axes = yr.plot_before_after(table).axes[0]
    bars, points = axes.collections
    drawn = [path[:, 0].tolist() for path in bars.get_segments()]
    assert drawn == table[["growth_low", "growth_high"]].to_numpy().tolist()
    assert points.get_offsets()[:, 0].tolist() == pytest.approx(
        table[["growth_low", "growth_high"]].mean(axis=1)
    )


def test_honest_intervals_with_zero_are_told_from_those_without():
    table = honest()
    assert 0 < table["breakdown"][0] < 2
    axes = yr.plot_honest(table).axes[0]
    without, with_zero = ([s[:, 1] for s in c.get_segments()] for c in axes.collections)
    assert len(without) + len(with_zero) == len(table) and len(without) > 0 and len(with_zero) > 0
    assert all(low > 0 or high < 0 for low, high in without)
    assert all(low <= 0 <= high for low, high in with_zero)
    assert axes.lines[2].get_xdata()[0] == pytest.approx(table["breakdown"][0])
    assert "Organisations per 10,000" in axes.get_ylabel() and "95%" in axes.get_ylabel()


def test_every_count_is_written_in_its_cell_and_shades_it():
    axes = yr.plot_facts_coverage(coverage()).axes[0]
    written = sorted(int(t.get_text()) for t in axes.texts)
    assert written == sorted(coverage()["facts"])
    shade = axes.images[0].get_array()
    assert all(
        shade[int(t.get_position()[1]), int(t.get_position()[0])] ** 2 == pytest.approx(int(t.get_text()))
        for t in axes.texts
    )


def test_misprints_are_drawn_against_what_would_fit():
    """Nanshan's 62.76% beside the 61.29% that 418 on top of 682 give; 416.7万 beside 7,416.7万."""
    axes = yr.plot_conflicts(misprints()).axes[0]
    written = " ".join(t.get_text() for t in axes.texts)
    assert "62.76%; 61.29% would fit" in written and "4,167,000; 74,167,000 would fit" in written
    drawn = axes.lines[0].get_xdata()
    assert drawn.max() == pytest.approx(100) and drawn.min() == pytest.approx(4167 / 74167)


@pytest.mark.parametrize("seed", sweep(3, slow=[1, 5]))  # four others are as far; none; five
def test_no_bar_holds_both_nearer_and_farther_assignments(seed):
    """The p-value can be counted: bars of one colour lie beyond the actual estimate, the others within."""
    table = reassigned(seed)
    actual = table.loc[table["actual"], "statistic"].abs().item()
    nearer, farther = yr.plot_randomization(table).axes[0].containers
    far = [bar for bar in farther if bar.get_height() > 0]
    assert sum(bar.get_height() for bar in far) == (table["statistic"].abs() >= actual * (1 - 1e-9)).sum()
    for bars, inside in ((far, False), ([bar for bar in nearer if bar.get_height() > 0], True)):
        middles = [abs(bar.get_x() + bar.get_width() / 2) for bar in bars]
        assert bars and all((middle < actual) == inside for middle in middles)
    light, dark = (np.dot(bars[0].get_facecolor()[:3], [0.299, 0.587, 0.114]) for bars in (nearer, farther))
    assert light > dark + 0.2  # told apart in grey print (as ITU-R BT.601 makes grey of colours)


@pytest.mark.slow
@pytest.mark.parametrize("plot", sweep("plot_trends", slow=["plot_event_study"]))
def test_the_outcome_is_named_on_its_axis_and_the_legend_is_outside(plot):
    for lang, name in (("en", "Organisations per 10,000"), ("zh", "团组织数")):
        axes = made(plot, lang, drawn=True).axes[0]
        assert name in axes.get_ylabel()
        assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1


def test_an_axis_of_effects_says_what_they_are_measured_in():
    """Standard deviations where the noise has one, the outcome where it is known, and else its unit."""
    curves, other = power(), power().copy()
    other.attrs["outcome"] = "orgs_per_10k_youth_14_28"
    both = pd.concat([curves, other])
    for table, said in ((curves, "standard deviations"), (other, "Organisations per 10,000"), (both, "unit")):
        assert said in yr.plot_power(table).axes[0].get_xlabel()


def test_every_size_stands_at_its_number_of_pilots():
    """One panel a design, one line a test and number of waves; the scale is of square roots from zero."""
    table = sizes()
    panels = [ax for ax in made("plot_size", "zh").axes if ax.get_title()]
    assert len(panels) == len(table[["noise", "pilots"]].drop_duplicates()) == 3
    shown = sorted(y for ax in panels for line in ax.lines for y in line.get_ydata())
    assert shown == pytest.approx(sorted(100 * table["size"]))


def test_the_numbers_beside_a_figure_are_whole(saved):
    """81,246,000 is not to be saved as 8.1246e+07."""
    assert "81246000" in (saved[0] / "x.csv").read_text(encoding="utf-8")


def test_an_unknown_language_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="fr"):
        yr.plot_facts_coverage(coverage(), lang="fr")


@pytest.mark.slow
def test_levels_are_written_as_a_reader_would():
    table = before_after().query("source_id == 'nanshan-2021'")
    words = texts(yr.plot_before_after(table))
    assert {"682 → 1,100", "1,367 → 2,209", "≥ 190,000 → ≥ 230,000"} <= set(words)


def test_numbers_are_saved_as_they_are_quoted(tmp_path):
    table = yr.save_numbers(
        "x", {"a": 1100, "b": 61.29, "c": 190000.0, "d": "holds", "e": -9.3}, folder=tmp_path
    )
    assert table["value"].tolist() == ["1,100", "61.29", "190,000", "holds", "-9.3"]
    assert pd.read_csv(tmp_path / "x.numbers.csv", dtype="str").equals(table.astype("str"))


def test_an_interval_without_end_is_an_arrow():
    table = yr.compare_effects(effects()[2]).assign(low=[-np.inf, -3.0], high=[4.0, np.inf])
    lines = yr.plot_effects(table).axes[0].get_lines()
    ends = {line.get_marker(): line.get_ydata().tolist() for line in lines if line.get_marker() in "<>"}
    assert ends == {"<": [1], ">": [0]}


@pytest.mark.parametrize(
    "periods", [[2018, 2019, 2021], pd.PeriodIndex(["2018Q4", "2019Q1", "2019Q3"], freq="Q")]
)
def test_a_period_of_which_nothing_is_known_keeps_its_place(periods):
    table = pd.DataFrame({"indicator": "orgs", "period": periods, "exact": 1, "interval": 0, "open": 0})
    ax = yr.plot_coverage(table).axes[0]
    shown = [t.get_text() for t in ax.get_xticklabels()]
    assert shown in (["2018", "2019", "2020", "2021"], ["2018Q4", "2019Q1", "2019Q2", "2019Q3"])
    assert [text.get_position()[0] for text in ax.texts] == [0, 1, 3]


def places_on(ax):
    """Return where the ticks of a figure are, by their names."""
    return dict(zip([t.get_text() for t in ax.get_xticklabels()], ax.get_xticks().tolist(), strict=True))


@cache
def with_a_gap(periods):
    """Make a panel of four districts, two of them treated, in these periods."""
    rows = [(d, t, c, 10 + k + 3 * i) for k, (d, c) in enumerate(GROUPS) for i, t in enumerate(periods)]
    table = pd.DataFrame(rows, columns=["place", "year", "start", "camps"])
    return yr.as_panel(table, district="place", period="year", cohort="start", outcomes="camps")


GROUPS = [("p", 2019), ("q", 2020), ("r", None), ("s", None)]


@pytest.mark.slow
def test_distance_is_time_on_axes_with_years():
    panel = with_a_gap((2012, 2018, 2019, 2020))
    tables = {
        "plot_trends": yr.average_by_cohort(panel, outcome="camps"),
        "plot_spread": yr.sigma_convergence(panel, outcome="camps"),
        "plot_weights": yr.did(panel, outcome="camps").cohort_weights,
    }
    for name, table in tables.items():
        ax = getattr(yr, name)(table).axes[0]
        assert places_on(ax) == {"2012": 2012, "2018": 2018, "2019": 2019, "2020": 2020}, name
    points = yr.plot_trends(tables["plot_trends"]).axes[0].get_lines()
    drawn = [line.get_xdata().tolist() for line in points if len(line.get_xdata()) == 4]
    assert drawn == [[2012, 2018, 2019, 2020]] * 3
    image = yr.plot_weights(tables["plot_weights"]).axes[0].images[0]
    assert image.get_extent()[:2] == [2011.5, 2020.5]
    assert np.ma.getmaskarray(image.get_array()).all(axis=0).tolist() == [False, *[True] * 5, *[False] * 3]


@pytest.mark.slow
def test_starts_of_cohorts_stand_where_they_belong():
    table = yr.average_by_cohort(with_a_gap((2018, 2020)), outcome="camps")
    dotted = [line for line in yr.plot_trends(table).axes[0].get_lines() if line.get_linestyle() == ":"]
    assert [line.get_xdata()[0] for line in dotted] == [2018.5, 2019.5]


@pytest.mark.slow
def test_quarters_lie_as_far_apart_as_they_are_and_ticks_do_not_crowd(tmp_path):
    """Of 24 quarters five are missing; a table that was saved and read again draws the same."""
    outcome = "orgs_per_10k_youth_14_28"
    panel = yr.simulate_panel(seed=1, districts=12, periods=24, waves={"2018Q1": 3})[0]
    panel = panel[~panel["period"].astype("str").isin(["2017Q3", "2017Q4", "2020Q1", "2020Q2", "2020Q3"])]
    table = yr.average_by_cohort(panel, outcome=outcome)
    table.to_csv(tmp_path / "x.csv", index=False)
    for given in (table, pd.read_csv(tmp_path / "x.csv")):
        ax = yr.plot_trends(given).axes[0]
        at = places_on(ax)
        assert set(at) <= set(table["period"].astype("str")) and 4 <= len(at) <= 9
        assert all(place == pd.Period(name, freq="Q").ordinal for name, place in at.items())
        (start,) = [line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == ":"]
        assert start == pd.Period("2018Q1", freq="Q").ordinal - 0.5


def test_a_cohort_known_here_and_there_is_not_lost():
    """A line through single points between missing ones would not be drawn at all."""
    table = pd.DataFrame({"cohort": 2019, "period": [2017, 2018, 2019], "value": [np.nan, 5.0, np.nan]})
    line = yr.plot_trends(table).axes[0].get_lines()[0]
    assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == ([2018], [5.0])
    assert line.get_marker() == "o"


NUMBERS = {  # without which nothing can be drawn
    "plot_before_after": ["growth_low", "growth_high"],
    "plot_coverage": ["exact", "interval", "open"],
    "plot_honest": ["low", "high"],
    "plot_spread": ["variation", "gini", "theil_t", "theil_l"],
    **{p: ["att"] for p in ("plot_event_study", "plot_effects", "plot_placebo", "plot_published")},
    **{"plot_trends": ["value"], "plot_weights": ["weight"], "plot_randomization": ["statistic"]},
    **{"plot_size": ["size"], "plot_power": ["power"], "plot_quality": ["share_right"]},
    **{"plot_conflicts": ["from_value"], "plot_facts_coverage": ["facts"]},
}


@pytest.mark.parametrize("name", sweep("plot_spread", slow=[p for p in PLOTS if p != "plot_spread"]))
def test_what_has_nothing_to_draw_is_refused(name):
    table = PLOTS[name]()
    missing = table.assign(**dict.fromkeys(NUMBERS[name], np.nan))
    for empty, why in ((table.head(0), "no rows"), (missing, "no number in")):
        with pytest.raises(yr.DataError, match=why):
            getattr(yr, name)(empty)


def test_a_spread_is_related_to_one_that_there_is():
    panel = with_a_gap((2018, 2019))
    same = panel.assign(**{c: panel[c].where(panel["period"] > 2018, 10.0) for c in ("low", "high", "value")})
    with pytest.raises(yr.DataError, match="no spread in the first period, 2018"):
        yr.plot_spread(yr.sigma_convergence(same, outcome="camps"))


def test_published_results_without_errors_are_no_figure():
    with pytest.raises(yr.DataError, match="no rows"):
        yr.plot_published(published().assign(se=None))


OWN = pd.DataFrame({"indicator": ["camps"], "label_zh": ["夏令营"], "label_en": ["Summer camps"]})


@pytest.mark.slow
def test_outcomes_are_named_by_a_code_book_of_ones_own(tmp_path, monkeypatch):
    panel = with_a_gap((2018, 2019, 2020))
    effect, study = yr.did(panel, outcome="camps"), yr.event_study(panel, outcome="camps")
    trends = yr.average_by_cohort(panel, outcome="camps")
    tables = {
        "plot_trends": trends,
        "plot_spread": yr.sigma_convergence(panel, outcome="camps"),
        "plot_event_study": yr.confidence_bands(study, seed=1),
        "plot_effects": yr.compare_effects(effect),
        "plot_coverage": yr.coverage(panel, by=["indicator", "period"]),
    }
    for plot, table in tables.items():
        assert "夏令营" in " ".join(texts(getattr(yr, plot)(table, lang="zh", indicators=OWN))), plot
    for lang, name in (("zh", "夏令营"), ("en", "Summer camps")):
        assert name in yr.effect_table(effect, lang=lang, indicators=OWN).iloc[0].tolist()
    monkeypatch.setattr("youthresearch.figures.save_both", lambda fig, path: None)
    figure = yr.save_figure(yr.plot_trends, "x", trends, folder=tmp_path, indicators=OWN)
    assert figure.axes[0].get_ylabel() == "Summer camps"
    nameless = OWN.assign(label_zh=None)
    assert yr.plot_trends(trends, lang="zh", indicators=nameless).axes[0].get_ylabel() == "camps"
    with pytest.raises(yr.DataError, match="label_zh"):
        yr.plot_trends(trends, indicators=OWN[["indicator"]])


def rows_of_effects(outcomes, estimators, lang="en", indicators=None):
    """Return the names of the rows of each panel of a figure of effects, and what is below."""
    panel, _, _ = effects()
    made = [f(panel, outcome=outcome) for outcome in outcomes for f in estimators]
    axes = yr.plot_effects(yr.compare_effects(made), lang=lang, indicators=indicators).axes
    return [[t.get_text() for t in ax.get_yticklabels()] for ax in axes], axes[-1].get_xlabel()


@pytest.mark.slow
def test_rows_of_effects_are_named_by_what_differs():
    named, below = rows_of_effects(["members", "cadres"], [yr.did], "zh")
    assert named == [["共青团员", "团干部"]] and below.endswith("：双向固定效应")
    named, below = rows_of_effects(["members"], [yr.did, yr.imputation_did], "zh")
    assert named == [["双向固定效应", "插补法（BJS）"]] and below.endswith("：共青团员")
    named, below = rows_of_effects(["members", "cadres"], [yr.did, yr.imputation_did], "zh")
    assert named[0][1:3] == ["共青团员\n插补法（BJS）", "团干部\n双向固定效应"] and "：" not in below


@pytest.mark.slow
def test_outcomes_of_different_units_have_an_axis_each():
    """Persons share one; organisations are items, and a ratio is neither."""
    outcomes = ["members", "orgs", "cadres", "orgs_per_10k_youth_14_28"]
    named, _ = rows_of_effects(outcomes, [yr.did])
    assert named == [
        ["League members", "League cadres"],
        ["League organisations"],
        ["Organisations per 10,000 people aged 14 to 28"],
    ]
    own = pd.DataFrame({"indicator": outcomes[:2], "label_zh": "", "label_en": ["m", "o"], "unit": "thing"})
    assert rows_of_effects(outcomes[:2], [yr.did], indicators=own)[0] == [["m", "o"]]


def test_figures_that_share_an_indicator_are_told_apart_by_their_nouns():
    """Of an indicator without a unit the note has the noun; of another it is a remark."""
    table = facts()[facts()["source_id"] == "nanshan-2021"].copy()
    organisations = table["indicator"] == "orgs_social"
    table.loc[organisations, ["indicator", "note"]] = ["positions_other", "青年驿站; as printed"]
    table.loc[~organisations, "note"] = "as printed"
    derived = yr.derive_before(table)
    assert derived.loc[derived["noun"] != "", ["indicator", "noun"]].to_numpy().tolist() == [
        ["positions_other", "青年驿站"]
    ]
    table = yr.with_labels(derived, yr.load_indicators(), yr.load_districts())
    for lang, name in (("zh", "南山区：其他阵地（青年驿站）"), ("en", "Nanshan: Other venues (青年驿站)")):
        shown = [t.get_text() for t in yr.plot_before_after(table, lang=lang).axes[0].get_yticklabels()]
        assert [said.split("\n")[0] for said in shown].count(name) == 1
        assert not any("as printed" in said for said in shown)


def test_growth_without_end_is_an_arrow():
    table = before_after().head(2).assign(growth_high=[np.inf, 20.0], growth_low=[5.0, 10.0])
    ax = yr.plot_before_after(table).axes[0]
    (arrow,) = [line for line in ax.get_lines() if line.get_marker() == ">"]
    assert (arrow.get_xdata()[0], arrow.get_ydata()[0]) == (ax.get_xlim()[1], 1)
    bars = ax.collections[0].get_segments()
    assert [bar[:, 0].tolist() for bar in bars] == [[5.0, ax.get_xlim()[1]], [10.0, 20.0]]


@pytest.mark.parametrize(
    ("values", "lang", "written"),
    [
        ([0, 9_000], "en", "8000"),  # as they are
        ([0, 40_000], "en", "30,000"),
        ([-35e6, 0], "en", "-30m"),
        ([-35e6, 0], "zh", "-3,000万"),
        ([1e8, 4.8e8], "zh", "4.5亿"),
        ([0, 2.5e9], "en", "1.5bn"),
        ([0, 4e-6], "en", "2e-06"),
        ([1000.001, 1000.003], "en", "1000.00200"),
    ],
)
def test_large_numbers_are_written_as_a_reader_would(values, lang, written):
    """No 1e8 above the axis, where the legend hides it."""
    rows = pd.DataFrame({"cohort": pd.NA, "period": [2018, 2019], "value": np.array(values, float)})
    axis = yr.plot_trends(rows, lang=lang).axes[0].yaxis
    names = axis.get_major_formatter().format_ticks(axis.get_majorticklocs())
    assert written in names
    assert not axis.get_major_formatter().get_offset()


@pytest.mark.slow
def test_a_long_name_is_broken_and_lies_beside_its_axis():
    name = "Expenditure from the general public budget on education, culture and sport"
    book = pd.DataFrame(
        {
            "indicator": ["spending"],
            "label_zh": "地方一般公共预算支出中的教育文化体育支出（万元）",
            "label_en": name,
        }
    )
    table = pd.DataFrame({"cohort": pd.NA, "period": [2018, 2019], "value": [1.0, 2.0]})
    table.attrs["outcome"] = "spending"
    for lang, words in (("en", name.split()), ("zh", list("（万元）"))):
        fig = yr.plot_trends(table, lang=lang, indicators=book)
        fig.draw_without_rendering()
        label, title = fig.axes[0].yaxis.label, fig._suptitle
        assert label.get_text().count("\n") == 1 and "（\n" not in label.get_text()
        assert [word for word in words if word not in label.get_text()] == []
        assert label.get_window_extent().y1 < title.get_window_extent().y0


def test_dollars_in_a_name_are_no_formula():
    book = pd.DataFrame(
        {"indicator": ["x"], "label_zh": "支出（$，2015年$）", "label_en": "Cost ($, 2015 $)"}
    )
    table = pd.DataFrame({"cohort": pd.NA, "period": [2018, 2019], "value": [1.0, 2.0]})
    table.attrs["outcome"] = "x"
    for lang in ("zh", "en"):
        label = yr.plot_trends(table, lang=lang, indicators=book).axes[0].yaxis.label
        assert label.get_text() == book.loc[0, f"label_{lang}"] and not label.get_parse_math()


@pytest.mark.slow
def test_eight_cohorts_are_told_apart_and_their_legend_lies_within_the_figure():
    quarters = pd.period_range("2018Q1", periods=9, freq="Q")
    rows = [{"cohort": c, "period": p, "value": k} for k, c in enumerate(quarters[1:]) for p in quarters]
    fig = yr.plot_trends(pd.DataFrame(rows), lang="en")
    fig.draw_without_rendering()
    lines = [line for line in fig.axes[0].get_lines() if len(line.get_xdata()) == 9]
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 8
    assert fig.axes[0].get_legend().get_window_extent().x1 <= fig.bbox.x1


@pytest.mark.slow
def test_what_rounding_leaves_of_a_weight_is_not_subtracted():
    table = pd.DataFrame(
        {"cohort": [2019, 2019, 2019], "period": [2017, 2018, 2019], "weight": [-1e-17, -1, 1]}
    )
    assert len(yr.plot_weights(table).axes[0].patches) == 1


@pytest.mark.slow
def test_effects_of_one_estimator_go_by_names_of_ones_own():
    panel, _, _ = effects()
    table = yr.compare_effects([yr.did(panel, outcome="members")] * 2)
    axes = yr.plot_effects(table.assign(estimator=["all counties", "不含直辖市"]), lang="zh").axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["all counties", "不含直辖市"]


def test_false_dates_name_outcome_and_level():
    panel, _, _ = effects()
    table = yr.placebo_in_time(yr.did, panel, outcome="members", leads=1, draws=99, level=0.9)
    label = yr.plot_placebo(table, lang="zh").axes[0].get_ylabel()
    assert label.startswith("共青团员") and "90%" in label
