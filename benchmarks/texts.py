"""Text as dense in figures as real reports, from the project's own documents.

These state little but figures: 56 facts and 85 numbers in 1,000 characters. Work reports of five committees,
24,304 characters, have 7 and 17: `REAL`. So most figures are cut out of the sentences here; each draw cuts
others, and gives those that stay other digits.
"""

import random
import re

import youthresearch as yr

REAL = {"facts": 6.6, "numbers": 17.0}  # in 1,000 characters
KEPT = {"facts": 0.068, "numbers": 0.22}  # shares of figures, and of other numbers, that stay
PARAGRAPH = 5  # sentences


def load_sentences():
    """Return the sentences of the project's documents, each with the places of its numbers."""
    found = []
    for text in yr.load_documents()["text"]:
        for sentence in re.findall(r"[^。;；\n]*[\u4e00-\u9fff][^。;；\n]*[。;；]?", text):
            facts = yr.extract_facts(sentence)
            spans = [(a, b, "facts") for a, b in zip(facts["start"], facts["end"], strict=True)]
            spans += [(r["start"], r["end"], "numbers") for r in yr.list_refused(facts).to_dict("records")]
            found.append((sentence, sorted(spans, reverse=True)))
    return found


def draw_text(sentences, size, rng):
    """Return a text of about so many bytes of UTF-8."""
    parts, bytes_ = [], 0
    while bytes_ < size:
        sentence, spans = rng.choice(sentences)
        for start, end, sort in spans:  # from the last to the first
            figure = re.sub(r"\d", lambda _: str(rng.randint(1, 9)), sentence[start:end])
            stays = {"facts": figure, "numbers": sentence[start:end]}[sort]
            sentence = sentence[:start] + (stays if rng.random() < KEPT[sort] else "") + sentence[end:]
        parts.append(sentence + "\n" * (len(parts) % PARAGRAPH == PARAGRAPH - 1))
        bytes_ += len(parts[-1].encode())
    return "".join(parts)


def density(facts, refused, characters):
    """Say how many facts and numbers stand in 1,000 characters, and how many in real reports."""
    here = {"facts": 1000 * facts / characters, "numbers": 1000 * (facts + refused) / characters}
    said = " and ".join(f"{here[k]:.1f} {k} (real reports {REAL[k]})" for k in REAL)
    return f"in 1,000 characters {said}"


if __name__ == "__main__":
    text = draw_text(load_sentences(), 200_000, random.Random(2024))
    drawn = yr.extract_facts(text)
    print(density(len(drawn), len(yr.list_refused(drawn)), len(text)))
    print(text[:600])
