"""One file per part of a pane; each paints its part of a `PaneFrame` and knows none of its
siblings.
"""
