"""What painters share: geometry of a pane, fragment arrays, sprites, glyphs, cached text."""
