"""What words on screen mean, for somebody who meets them for the first time, as `resources/glossary.toml`
has them.

Knows nothing of engine or window; `terms` adds what explains itself.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nvmeviz.app import resources


@dataclass(frozen=True, slots=True)
class Term:
    """key: what the program calls it; name: as one looks it up. words: a sentence or two. shown:
    texts on screen that mean this and nothing else. settings: those that are about it.
    """

    key: str
    name: str
    words: str
    section: str
    shown: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def glossary() -> dict[str, Term]:
    """The terms of the file by key, in its order."""
    data: dict[str, Any] = tomllib.loads(resources.path("glossary.toml").read_text("utf-8"))
    return {
        key: Term(
            key,
            row["name"],
            row["words"],
            section["title"],
            tuple(row.get("shown", ())),
            tuple(row.get("settings", ())),
        )
        for section in data["section"]
        for key, row in section.items()
        if key != "title"
    }


@lru_cache(maxsize=1)
def _by_text() -> dict[str, str]:
    return {text: term.key for term in glossary().values() for text in term.shown}


def key_shown(text: str, otherwise: str = "") -> str:
    """The key of the term that a text on screen stands for."""
    return _by_text().get(text, otherwise)


@lru_cache(maxsize=1)
def _by_setting() -> dict[str, Term]:
    return {setting: term for term in glossary().values() for setting in term.settings}


def setting_words(setting: str) -> str:
    """What a setting is about: a term and its sentences, in a line."""
    term = _by_setting()[setting]
    return f"{term.name}: {term.words}"
