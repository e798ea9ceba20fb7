"""youthresearch: from figures in Chinese work reports to coded facts, an audit and a policy paper."""

from importlib import import_module

_HOME = {
    "audit": ("audit_facts", "audit_report", "derive_before", "propose_repairs", "tighten"),
    "coding": ("compare_codings", "list_disagreements", "settle_codings"),
    "cohorts": ("add_programmes", "assign_cohorts"),
    "composite": (
        "composite_table",
        "coupling_coordination",
        "entropy_index",
        "entropy_weights",
        "normalise",
        "pca_index",
        "topsis",
    ),
    "corpus": ("extract_corpus", "read_corpus"),
    "districts": ("follow_codes", "resolve_district"),
    "documents": ("Limits", "ReportError", "read_report"),
    "effects": (
        "Effect",
        "average_by_cohort",
        "compare_effects",
        "confidence_bands",
        "did",
        "event_study",
        "goodman_bacon",
        "imputation_did",
        "staggered_did",
        "sun_abraham",
        "synthetic_did",
    ),
    "evidence": ("save_evidence", "show_evidence"),
    "extract": ("extract_facts", "score_extraction"),
    "figures": (
        "plot_before_after",
        "plot_conflicts",
        "plot_coverage",
        "plot_effects",
        "plot_event_study",
        "plot_facts_coverage",
        "plot_published",
        "plot_quality",
        "plot_spread",
        "plot_trends",
        "plot_weights",
        "save_figure",
        "use_style",
    ),
    "inequality": (
        "beta_convergence",
        "decompose_inequality",
        "gini",
        "sigma_convergence",
        "theil_l",
        "theil_t",
        "variation",
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
        "load_judgements",
        "load_labels",
        "load_lexicon",
        "load_national",
        "load_nouns",
        "load_pilots",
        "load_programmes",
        "load_published",
        "load_sources",
        "load_templates",
        "load_traditional",
        "load_units",
        "with_labels",
    ),
    "metrics": (
        "activities_per_house",
        "add_metrics",
        "annual_growth",
        "cadre_mix",
        "cadres_per_org",
        "compute_metrics",
        "fill_rate",
        "funds_per_youth",
        "growth",
        "honours_per_10k_members",
        "hours_per_participation",
        "hours_per_volunteer",
        "log_growth",
        "meeting_compliance",
        "member_youth_ratio",
        "members_per_cadre",
        "members_per_org",
        "organisational_coverage",
        "participation_per_activity",
        "participation_per_project",
        "per_100_youth",
        "per_10k_youth",
        "series_growth",
        "share",
        "star_share",
        "work_coverage",
    ),
    "panel": ("as_panel", "build_panel", "coverage"),
    "published": ("read_study", "reproduce_published"),
    "quantities": ("parse_quantity",),
    "repair": ("apply_repair",),
    "report": ("effect_table", "save_numbers"),
    "schema": ("DataError",),
    "screens": (
        "find_heaping",
        "find_multiples",
        "find_near_duplicates",
        "find_selective_reporting",
        "find_templates",
    ),
    "simulate": ("simulate_panel", "simulate_reports", "true_path"),
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
