"""What a place in a pane means, in words: for the pointer that rests there.

The painters know their places and what stands there (`spots`); the glossary knows what that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.terms import explained
from nvmeviz.ui.painters import center, controller, device, guest, header, hidden, rings, wall

if TYPE_CHECKING:
    from nvmeviz.app.present.frame import PaneFrame
    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout, Spot
    from nvmeviz.ui.draw.rect import Rect

_PARTS = (hidden, header, guest, center, rings, wall, controller, device)  # a veil is over its part


def spot_at(c: Canvas, frame: PaneFrame, plan: PaneLayout, x: float, y: float) -> Spot | None:
    """The smallest place around a point that means something."""
    c.u = plan.u
    every = (spot for part in _PARTS for spot in part.spots(c, frame, plan, (x, y)))
    return next((spot for spot in every if spot.at.contains(x, y)), None)


def hint_at(
    c: Canvas, frame: PaneFrame, plan: PaneLayout, x: float, y: float
) -> tuple[str, Rect] | None:
    """What stands at a place, and the rectangle that it holds for; None where nothing does."""
    spot = spot_at(c, frame, plan, x, y)
    return None if spot is None else (explained(spot.term, spot.says), spot.at)
