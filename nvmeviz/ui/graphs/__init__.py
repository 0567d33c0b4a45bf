"""The graphs under the panes: pyqtgraph axes with our own curves, grid and marks."""
