"""Effects as a paper prints them, and the figures of effects: what is drawn is what the table holds."""

import re

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr

OUTCOME = "orgs_per_10k_youth_14_28"
PANEL, TRUTH = yr.simulate_panel(seed=5, districts=40, periods=12, waves={"2018Q1": 10, "2019Q1": 12})
EFFECTS = [yr.did(PANEL, outcome=OUTCOME), yr.imputation_did(PANEL, outcome=OUTCOME)]


@pytest.mark.parametrize(
    ("lang", "estimator", "column"),
    [("zh", "双向固定效应", "标准误"), ("en", "Two-way fixed effects", "Std. error")],
)
def test_effect_table_has_the_numbers_of_its_effects(lang, estimator, column):
    table = yr.effect_table(EFFECTS, lang=lang)
    assert table.iloc[0, 0] == estimator
    assert float(table[column][1]) == pytest.approx(EFFECTS[1].se, rel=0.01)
    low, high = (float(end) for end in table[table.filter(like="95%").columns[0]][1].strip("[]").split(", "))
    assert low < EFFECTS[1].att < high
    assert table.attrs["simulated"]
    assert not table.isna().any(axis=None)


def test_effect_table_says_of_which_outcome_in_which_unit():
    both = [EFFECTS[0], yr.did(PANEL, outcome="members_per_10k_youth_14_28")]
    assert yr.effect_table(both)["Outcome"].tolist() == [
        "Organisations per 10,000 people aged 14 to 28",
        "Members per 10,000 people aged 14 to 28",
    ]
    assert yr.effect_table(both, lang="zh")["结果变量"][1] == "每万名14—28岁青年的团员数"


def test_effects_of_one_estimator_are_told_apart_by_their_options():
    weighted = yr.did(PANEL, outcome=OUTCOME, population="youth_14_28", errors="iid")
    other = yr.event_study(PANEL, outcome=OUTCOME, base=-2, controls=["members_per_10k_youth_14_28"])
    effects = [EFFECTS[0], weighted, other, yr.event_study(PANEL, outcome=OUTCOME, base=-1)]
    assert yr.effect_table(effects)["Specification"].tolist() == [
        "",
        "population weights: Youth aged 14 to 28",
        "base=-2; covariates: Members per 10,000 people aged 14 to 28",
        "",
    ]
    assert yr.effect_table(effects, lang="zh")["设定"][1] == "人口权重：14-28岁青年"
    assert "Specification" not in yr.effect_table(EFFECTS)


@pytest.mark.slow
def test_an_interval_without_end_is_no_number():
    panel, _ = yr.simulate_panel(seed=3, districts=12, periods=9, waves={"2018Q1": 1})
    effect = yr.did(panel, outcome=OUTCOME, strata=yr.strata_by(panel, by="youth_14_28"))
    for lang, few in (("en", " (too few treated: unreliable)"), ("zh", "（处理组地区太少，不可靠）")):
        table = yr.effect_table([effect], lang=lang)
        assert table.filter(like="95%").iloc[0, 0] == "(-∞, ∞)"
        assert table.iloc[0, 6].endswith(few)
        latex = table.to_latex(index=False, escape=True)
        assert latex.count(r"95\%") == 1 and not re.search(r"(?<!\\)%", latex)


def test_every_estimator_has_its_words():
    labels = yr.load_labels()["key"]
    known = {"did", "event_study", "sun_abraham", "imputation_did", "staggered_did"}
    known |= {"synthetic_did", "synthetic_control"}
    assert known == {k.removeprefix("estimator_") for k in labels if k.startswith("estimator_")}


def test_true_path_averages_the_cells_of_an_event_time():
    path = yr.true_path(TRUTH, outcome=OUTCOME)
    rows = TRUTH[(TRUTH["indicator"] == OUTCOME) & TRUTH["cohort"].notna()]
    steps = (rows["period"].astype("int64") - rows["cohort"].astype("int64")).to_numpy()
    assert path["cells"].sum() == (steps >= 0).sum()
    assert path["effect"][3] == pytest.approx(rows["effect"][steps == 3].mean())
    assert path.attrs["simulated"]


def points(fig):
    """Return the y values of all lines of a figure."""
    return np.concatenate([line.get_ydata() for line in fig.axes[0].get_lines()])


def are_drawn(values, drawn):
    """Say whether each value is among those drawn, to the eight digits that are kept."""
    distance = np.abs(np.subtract.outer(values.to_numpy(), np.asarray(drawn, dtype=float)))
    return (np.nanmin(distance, axis=1) <= 5.01e-8 * values.abs()).all()


@pytest.mark.slow
@pytest.mark.parametrize("lang", sweep("zh", slow=["en"]))
def test_figures_draw_their_table_and_say_that_data_are_simulated(lang):
    yr.use_style()
    trends = yr.average_by_cohort(PANEL, outcome=OUTCOME)
    bands = yr.confidence_bands(yr.event_study(PANEL, outcome=OUTCOME), seed=1)
    table = yr.compare_effects(EFFECTS)
    weights = EFFECTS[0].cohort_weights
    figures = {
        "trends": (yr.plot_trends(trends, lang=lang), trends["value"]),
        "event study": (yr.plot_event_study(bands, lang=lang), bands["att"]),
    }
    for fig, values in figures.values():
        assert are_drawn(values, points(fig))
    drawn = yr.plot_weights(weights, lang=lang)
    assert np.asarray(drawn.axes[0].images[0].get_array()).ravel() == pytest.approx(
        weights["weight"].to_numpy()
    )
    effects = yr.plot_effects(table.assign(effect=1.0), lang=lang)
    xs = np.concatenate([line.get_xdata() for line in effects.axes[0].get_lines()])
    assert are_drawn(table["att"], xs)
    assert not are_drawn(table["att"] + 1e-4, xs)
    for fig in (drawn, effects, *(fig for fig, _ in figures.values())):
        assert any("simulated data" in text.get_text() for text in fig.texts)


def test_figures_name_level_and_outcome_of_their_intervals():
    table, bands = (
        yr.compare_effects(EFFECTS, level=0.9),
        yr.confidence_bands(yr.event_study(PANEL, outcome=OUTCOME), level=0.9, seed=1),
    )
    spread = yr.sigma_convergence(PANEL, outcome=OUTCOME)
    for lang, name in (
        ("zh", "每万名14—28岁青年的团组织数"),
        ("en", "Organisations per 10,000 people aged 14 to 28"),
    ):
        axis = yr.plot_effects(table, lang=lang).axes[0].get_xlabel()
        assert "90%" in axis and "95%" not in axis and name in axis
        legend = yr.plot_event_study(bands, lang=lang).axes[0].get_legend().get_texts()[0].get_text()
        assert "90%" in legend and "95%" not in legend
        assert name in yr.plot_spread(spread, lang=lang).axes[0].get_ylabel()


def style(line):
    """Return how a line is drawn, without its colour, as a print in grey shows it."""
    return str(line._dash_pattern), line.get_marker()


def labelled(ax):
    return [line for line in ax.get_lines() if not line.get_label().startswith("_")]


@pytest.mark.slow
def test_lines_are_told_apart_without_colour():
    waves = {"2018Q1": 3, "2018Q2": 3, "2018Q3": 3}
    panel, _ = yr.simulate_panel(seed=1, districts=12, periods=9, waves=waves)
    ax = yr.plot_trends(yr.average_by_cohort(panel, outcome=OUTCOME)).axes[0]
    assert len({style(line) for line in labelled(ax)}) == 4
    design = [yr.design_study(districts=12, periods=6, waves={4: k}, rho=0.5) for k in (1, 2, 3)]
    curves = pd.concat([yr.power_curve(d, effects=[0, 1], seed=1, simulations=20) for d in design])
    assert len({style(line) for line in labelled(yr.plot_power(curves).axes[0])}) == 3
    weights = EFFECTS[0].cohort_weights
    hatched = [p for p in yr.plot_weights(weights).axes[0].patches if p.get_hatch()]
    assert len(hatched) == (weights["weight"] < 0).sum() > 0


def test_published_figure_leaves_out_what_was_not_run():
    table = pd.DataFrame(
        {
            "label_zh": ["甲", "乙", "丙"],
            "label_en": ["a", "b", "c"],
            "value": ["1.0", "2.0", "3.0"],
            "se": ["0.5", None, "1.0"],
            "att": [1.0, 2.0, np.nan],
            "standard_error": [0.5, 1.0, np.nan],
            "found": ["same", "value", "not run"],
        }
    )
    for lang, name in (("zh", "甲"), ("en", "a")):
        ax = yr.plot_published(table, lang=lang).axes[0]
        assert [label.get_text() for label in ax.get_yticklabels()] == [name]
    assert any("simulated" in t.get_text() for t in ax.figure.texts) is False


def test_numbers_that_cannot_be_quoted_leave_nothing_behind(tmp_path):
    for value in (np.nan, np.inf, True, None, [1], object()):
        with pytest.raises(yr.DataError, match="cannot be quoted"):
            yr.save_numbers("one", {"fine": 1.5, "wrong": value}, folder=tmp_path / "new")
    as_text = yr.save_numbers("one", {"rounded": round(1.001, 2), "quoted": f"{1.001:.2f}"}, folder=tmp_path)
    assert as_text["value"].tolist() == ["1", "1.00"]
    with pytest.raises(yr.DataError, match="is no file name"):
        yr.save_numbers("a/b", {"fine": 1.5}, folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(yr.DataError, match="lang='fr' is not known"):
        yr.effect_table(EFFECTS, lang="fr")


def test_a_figure_is_drawn_from_a_table():
    with pytest.raises(
        yr.DataError, match=r"Effect is no table of the plot_event_study figure; give it confidence_bands\("
    ):
        yr.plot_event_study(EFFECTS[0])
