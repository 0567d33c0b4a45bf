"""The messages that ask for a file to be written: a recording, an export, a recipe. And how one is
written whole, for `ui`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.files import reason, whole_file

if TYPE_CHECKING:
    from nvmeviz.app.recipe_choice import RecipeChoice


@dataclass(frozen=True, slots=True)
class SaveRecording:
    """Write all panes' runs into one recording file."""

    path: str


@dataclass(frozen=True, slots=True)
class Export:
    """Write the selected pane's run as `format`, the name of an exporter."""

    path: str
    format: str


@dataclass(frozen=True, slots=True)
class SaveRecipe:
    """Write the steps of a recording on one's own host as a shell script."""

    path: str
    choice: RecipeChoice


__all__ = ["Export", "SaveRecipe", "SaveRecording", "reason", "whole_file"]
