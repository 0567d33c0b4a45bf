"""A pane: the painters in order, and the widget around them."""
