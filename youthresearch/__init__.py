"""youthresearch: from figures in Chinese work reports to coded facts, an audit and a policy paper."""

from importlib import import_module

_HOME = {
    "audit": ("audit_facts", "derive_before"),
    "corpus": ("extract_corpus", "read_corpus"),
    "districts": ("follow_codes", "resolve_district"),
    "documents": ("Limits", "ReportError", "read_report"),
    "evidence": ("save_evidence", "show_evidence"),
    "extract": ("extract_facts", "score_extraction"),
    "figures": (
        "plot_before_after",
        "plot_facts_coverage",
        "plot_quality",
        "plot_verdicts",
        "save_figure",
        "use_style",
    ),
    "intervals": ("corners", "hedge_interval", "rounding_interval"),
    "loaders": (
        "check_evidence",
        "load_districts",
        "load_divisions",
        "load_documents",
        "load_facts",
        "load_identities",
        "load_indicators",
        "load_labels",
        "load_lexicon",
        "load_national",
        "load_nouns",
        "load_pilots",
        "load_programmes",
        "load_sources",
        "load_templates",
        "load_traditional",
        "load_units",
        "with_labels",
    ),
    "metrics": (
        "cadres_per_org",
        "compute_metrics",
        "fill_rate",
        "growth",
        "hours_per_participation",
        "members_per_cadre",
        "members_per_org",
        "participation_per_project",
        "series_growth",
        "share",
    ),
    "panel": ("add_programmes", "as_panel", "assign_cohorts", "build_panel", "coverage"),
    "quantities": ("parse_quantity",),
    "report": ("save_numbers",),
    "schema": ("DataError",),
    "simulate": ("simulate_panel", "simulate_reports"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE)
__version__ = "0.1.0"


def __getattr__(name):
    """Import the module of a public name when it is first used, so that the package itself costs nothing."""
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE[name]}", __name__), name)


def __dir__():
    return __all__
