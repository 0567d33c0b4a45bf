"""Where the cells between the rings stand: in a card of two rows, or side by side in a strip."""

from __future__ import annotations

from dataclasses import dataclass

from nvmeviz.ui.draw.rect import Rect


@dataclass(frozen=True, slots=True)
class CellPlan:
    """card: around the cells. labels: baselines of the rows' labels below its top; cells: an SQ and
    a CQ cell of each row. roomy: the card has a title.
    """

    card: Rect
    labels: tuple[float, float]
    cells: tuple[Rect, Rect, Rect, Rect]
    roomy: bool


def cell_card(at: Rect, u: float) -> CellPlan:
    """Two rows of two cells in a card, in the middle of `at`."""
    roomy = at.h >= 196 * u
    card_h = (142.0 if roomy else 84.0) * u
    card_w = min(at.w, 168 * u)
    total = card_h + 36 * u
    card = Rect(round(at.cx - card_w / 2), round(at.cy - total / 2), card_w, card_h)
    tops = (46.0, 99.0) if roomy else (18.0, 57.0)
    labels = ((40.0 if roomy else 14.0) * u, (93.0 if roomy else 53.0) * u)
    cell_h = (30.0 if roomy else 22.0) * u
    w = (card_w - 26 * u - 7 * u) / 2

    def cell(i: int) -> Rect:
        x = card.x + 13 * u + (i % 2) * (w + 7 * u)
        return Rect(round(x), round(card.y + tops[i // 2] * u), w, cell_h)

    return CellPlan(card, labels, (cell(0), cell(1), cell(2), cell(3)), roomy)


def cell_strip(at: Rect, u: float) -> tuple[Rect, Rect, Rect, Rect]:
    """All four cells side by side."""
    w = (at.w - 3 * 5 * u) / 4

    def cell(i: int) -> Rect:
        return Rect(round(at.x + i * (w + 5 * u)), at.y, w, 31 * u)

    return cell(0), cell(1), cell(2), cell(3)
