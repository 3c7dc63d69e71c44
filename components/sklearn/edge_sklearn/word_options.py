"""How a vectorizer's words are found in the graph: by an expression that means what Python's does."""

import re
from collections.abc import Iterator
from typing import Any

#: What Python means by them. To RE2, which ONNX Runtime takes, they mean ASCII's letters and digits alone.
MEANINGS = {r"\w": r"\pL\pN_", r"\d": r"\p{Nd}"}
OPPOSITES = {r"\W": r"\w", r"\D": r"\d"}
#: Words and nothing else, of at least so many letters. RE2 takes the longest, so that `\b` adds nothing.
WORDS = re.compile(r"(?:\\b)?(?P<words>(?:\\w)*\\w(?:\+|\{\d+,\}))(?:\\b)?")
#: Knows ASCII's letters alone, and each device has it.
PLAIN_LOCALE = "C"
#: Knows all letters. Debian has it from the start; a device that has not says so as it loads the model.
WIDE_LOCALE = "C.UTF-8"


def word_options(vectorizer: Any, said: str) -> dict[str, str]:
    """The options of its converter: what `said`, the options' text, does not name.

    skl2onnx takes the locale en_US, which a device need not have, and `[a-zA-Z0-9_]+` for scikit-learn's own
    expression, which finds `na` and `ve` in naïve.
    """
    found: dict[str, str] = {}
    if "locale" not in said:
        needs_all = vectorizer.lowercase and any(not word.isascii() for word in getattr(vectorizer, "vocabulary_", ()))
        found["locale"] = WIDE_LOCALE if needs_all else PLAIN_LOCALE
    if vectorizer.analyzer == "word" and "tokenexp" not in said and "separators" not in said:
        found["tokenexp"] = as_re2(vectorizer.token_pattern or "") or vectorizer.token_pattern
    return {name: value for name, value in found.items() if value is not None}


def looks_at_ends_of_words(vectorizer: Any) -> bool:
    """Whether its pattern has what RE2 cannot say: the end of a word that may have any letter."""
    pattern = vectorizer.token_pattern or ""
    return vectorizer.analyzer == "word" and r"\b" in pattern.lower() and as_re2(pattern) is None


def as_re2(pattern: str) -> str | None:
    """The pattern as RE2 takes it, with the same meaning; None where it has none."""
    pattern = pattern.removeprefix("(?u)")
    is_words = WORDS.fullmatch(pattern)
    parts = list(_parts(is_words["words"] if is_words else pattern))
    return None if None in parts else "".join(part for part in parts if part)


def _parts(pattern: str) -> Iterator[str | None]:
    in_set = False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part in MEANINGS:
            yield MEANINGS[part] if in_set else f"[{MEANINGS[part]}]"
        elif part in OPPOSITES:
            yield None if in_set else f"[^{MEANINGS[OPPOSITES[part]]}]"
        else:
            yield None if part in (r"\b", r"\B") else part
            in_set = part == "[" or (in_set and part != "]")
