"""Effects as a paper prints them, and the figures of effects: what is drawn is what the table holds."""

import numpy as np
import pandas as pd
import pytest

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
    low, high = (float(end) for end in table.iloc[1, 3].strip("[]").split(", "))
    assert low < EFFECTS[1].att < high
    assert table.attrs["simulated"]
    assert not table.isna().any(axis=None)


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
    """Say whether each value is among those drawn, to the ten digits that are kept."""
    distance = np.abs(np.subtract.outer(values.to_numpy(), np.asarray(drawn, dtype=float)))
    return (np.nanmin(distance, axis=1) < 1e-6).all()


@pytest.mark.parametrize("lang", ["zh", "en"])
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
