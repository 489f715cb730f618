"""The desk's pages."""

from .home import home, unit, word
from .posts import choose_post, posts
from .search import search

__all__ = ["choose_post", "home", "posts", "search", "unit", "word"]
