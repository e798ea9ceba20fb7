"""youthresearch: from figures in Chinese work reports to coded facts, an audit and a policy paper."""

from importlib import import_module

_HOME = {
    "audit": ("audit_facts", "derive_before"),
    "coding": ("compare_codings", "list_disagreements", "settle_codings"),
    "corpus": ("extract_corpus", "read_corpus"),
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
        "load_documents",
        "load_facts",
        "load_identities",
        "load_indicators",
        "load_labels",
        "load_lexicon",
        "load_national",
        "load_pilots",
        "load_nouns",
        "load_sources",
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
    "quantities": ("parse_quantity",),
    "report": ("save_numbers",),
    "schema": ("DataError",),
    "screens": (
        "find_heaping",
        "find_multiples",
        "find_near_duplicates",
        "find_selective_reporting",
        "find_templates",
    ),
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
