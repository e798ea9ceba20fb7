"""How well the audit finds relations, errors and repairs in reports whose truth is known, and how fast.

Simulated reports (`simulate_reports`), once as their figures stand, once as `extract_facts` reads the text.
"""

import time

import pandas as pd

import youthresearch as yr

FAMILY = {  # rule -> the relation that a sentence was written to state
    **dict.fromkeys(("growth", "base", "growth_between", "change", "from_to"), "growth"),
    **{"share": "share", "sum": "sum"},
}
WRONG = ["conflict", "infeasible"]


def main():
    """Print the quality table, then the time for ever more facts."""
    rows = {}
    for errors in (0.1, 0.3):
        documents, facts, planted = reports(districts=20, errors=errors)
        rows[f"printed, {errors:.0%}"] = score(facts, facts, planted)
        rows[f"extracted, {errors:.0%}"] = score(facts, extracted(documents, facts), planted)
    print(pd.DataFrame(rows).round(3).to_string(), end="\n\n")  # per cent of sentences with an error
    for error, share in by_error(facts, planted).items():
        print(f"{error:20} among the first three proposals: {share:.3f}")
    print()
    _, facts, _ = reports(districts=40, errors=0.02)
    for size in (1250, 2500, 5000, 10000):
        began = time.perf_counter()
        yr.audit_facts(facts.head(size), yr.load_identities(), yr.load_districts())
        print(f"{size:6,} facts audited in {time.perf_counter() - began:5.2f} s")


def reports(districts, errors):
    """Write quarterly reports of six years for the first districts of a simulated panel."""
    panel, _ = yr.simulate_panel(districts=60, periods=24, seed=7)
    first = panel["district"].drop_duplicates().head(districts)
    return yr.simulate_reports(panel[panel["district"].isin(first)], seed=11, errors=errors)


def extracted(documents, facts):
    """Extract the facts of each report, under the fact_id of the printed figure that ends where each does."""
    texts = documents[["source_id", "text"]].itertuples(index=False)
    drafts = pd.concat([yr.extract_facts(text, source_id=s) for s, text in texts], ignore_index=True)
    names = facts.set_index(["source_id", "end"])["fact_id"]
    names = names[~names.index.duplicated()].to_dict()
    old = drafts["fact_id"]
    new = [
        names.get(key, name)
        for key, name in zip(zip(drafts["source_id"], drafts["end"], strict=True), old, strict=True)
    ]
    part_of = drafts["part_of"].map(dict(zip(old, new, strict=True))).fillna("")
    return drafts.assign(fact_id=new, part_of=part_of)


def stated_relations(facts):
    """List the relations that the sentences were written to state: kind and figures.

    Two levels, or a growth rate of a vague level without the change, leave nothing to check.
    """
    groups, last = [], None
    for fact in facts[facts["relation"] != ""].to_dict("records"):
        kind = FAMILY[fact["relation"]]
        opens = fact["kind"] == "level" and not fact["part_of"] and not _goes_on(fact, last)
        if opens:
            groups.append((kind, []))
        groups[-1][1].append(fact)
        last = fact
    return [
        (kind, frozenset(f["fact_id"] for f in rows))
        for kind, rows in groups
        if kind != "growth" or len(rows) > 2 or (rows[0]["hedge"] == "exact" and rows[1]["kind"] == "growth")
    ]


def _goes_on(fact, last):
    """Tell whether a level follows the level that it grew from (由682个增加到1100个)."""
    same = ("source_id", "indicator", "relation", "kind")
    return bool(last) and all(fact[c] == last[c] for c in same) and fact["start"] - last["end"] < 12


def score(printed, audited, planted):
    """Audit one reading of the reports and compare with what was written and what was planted."""
    findings = yr.audit_facts(audited, yr.load_identities())
    members = findings["fact_ids"].str.split(" ").map(frozenset)
    kinds = findings["relation"].map(FAMILY)
    source = audited.set_index("fact_id")["source_id"].to_dict()
    found = {
        (k, m)
        for k, m in zip(kinds, members, strict=True)
        if isinstance(k, str)
        and len({source[i] for i in m}) == 1  # those across reports were not written down
    }
    whole = {(k, m) for k, m in zip(kinds, members, strict=True) if isinstance(k, str)}
    stated = stated_relations(printed)
    wrong = members[findings["verdict"].isin(WRONG)]
    errors = planted[planted["error"] != "truncated"]
    slipped = set(errors["fact_id"])
    in_relation = errors[errors["relation"] != ""]
    caught = in_relation["fact_id"].isin({i for m in wrong for i in m})
    return {
        "figures": len(audited),
        "relations stated": len(stated),
        "relation recall": sum(_is_among(kind, m, whole) for kind, m in stated) / len(stated),
        "relations found": len(found),
        "relation precision": sum(_is_among(kind, m, stated) for kind, m in found) / len(found),
        "errors in relations": len(in_relation),
        "errors caught": caught.mean(),
        "conflicts": len(wrong),
        "conflicts without an error": sum(not m & slipped for m in wrong),
        **repaired(audited, in_relation[caught]),
    }


def _is_among(kind, figures, relations):
    """Tell whether a relation is among others, be it with a figure of another report as well."""
    return any(k == kind and figures <= m for k, m in relations if m & figures)


def repaired(facts, caught):
    """Tell how often the right value is the first, or among the first three, of the proposals."""
    single = yr.propose_repairs(facts, yr.load_identities()).query("edits == 1")
    both = single.merge(caught[["fact_id", "right_value"]], on="fact_id")
    right = both[(both["to_value"] - both["right_value"]).abs() <= 1e-9 * both["right_value"].abs()]
    rank = right.groupby("fact_id")["rank"].min().reindex(caught["fact_id"])
    return {"right repair first": (rank == 1).mean(), "... among three": (rank <= 3).mean()}


def by_error(facts, planted):
    """Break the repairs down by the kind of error."""
    findings = yr.audit_facts(facts, yr.load_identities())
    wrong = findings.loc[findings["verdict"].isin(WRONG), "fact_ids"].str.split(" ").explode()
    caught = planted[planted["fact_id"].isin(wrong) & planted["relation"].ne("")]
    caught = caught[caught["error"] != "truncated"]
    return {error: repaired(facts, rows)["... among three"] for error, rows in caught.groupby("error")}


if __name__ == "__main__":
    main()
