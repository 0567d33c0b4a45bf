"""The start page beside the panes: what is seen, files, and cards of all that can be opened."""
