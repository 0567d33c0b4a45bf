"""Every term there is: those of the glossary, the doorbell modes (`mode:NAME`) and the rules of
findings (`rule:NAME`), which bring sentences of their own; and a term as help.
"""

from __future__ import annotations

from functools import lru_cache

from nvmeviz.analysis.findings import FINDINGS
from nvmeviz.app.glossary import Term, glossary
from nvmeviz.engine.doorbell import MODES


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """All terms by key, in the order of the sheet."""
    found = dict(glossary())
    for mode in MODES:
        key = f"mode:{mode.name}"
        found[key] = Term(key, mode.title, mode.sentence, "Doorbell modes")
    for rule in FINDINGS:
        key, words = f"rule:{rule.name}", f"{rule.words} ({rule.severity})."
        found[key] = Term(key, rule.name, words, "Rules of findings")
    return found


def term_named(key: str) -> Term:
    """A term; of a mode that a log does not tell, that of modes as such."""
    every = terms()
    return every["mode"] if key.startswith("mode:") and key not in every else every[key]


def explained(key: str, says: str = "") -> str:
    """Hover help, a paragraph a line: the term's name, what it is, and what is so here and now."""
    term = term_named(key)
    return "\n".join(part for part in (term.name, term.words, says) if part)
