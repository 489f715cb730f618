"""In which of five steps a share of late things lies. No Django."""

FEWEST = 3
"""Of fewer things no share is drawn: one late of two says nothing."""

STEPS = (0, 10, 25, 50)
"""A step holds what is late of a hundred up to this; the last step holds what is more."""


def depth_of(late: int, owed: int) -> int | None:
    """The step from 0 (nothing late) to 4 (more than half); None where there are too few.

    >>> depth_of(0, 9), depth_of(1, 10), depth_of(3, 10), depth_of(9, 10), depth_of(1, 2)
    (0, 1, 3, 4, None)
    """
    if owed < FEWEST:
        return None
    return sum(late * 100 > owed * step for step in STEPS)
