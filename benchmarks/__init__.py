"""How quick Diwan's pages are at every size, beside a bare view that reads one row."""
