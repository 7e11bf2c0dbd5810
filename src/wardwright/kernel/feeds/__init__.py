"""What to ask a source for: one walk for each kind of feed, without any network of its own.

:func:`walk` asks through the function that it is given, and yields :class:`Page` after page. Each page says with which
cursor the walk goes on behind it, so that a run that was stopped is not begun anew. What the pages hold is read by
``kernel.bulletins``.
"""

from .front import FEEDS, Feed, walk
from .model import Answer, Ask, NoAnswer, Page, Plan, Unusable

__all__ = ["FEEDS", "Answer", "Ask", "Feed", "NoAnswer", "Page", "Plan", "Unusable", "walk"]
