"""Building the index of the search from the command line."""

from diwan.config.terminal import progress
from diwan.kernel import search


def rebuild_index() -> int:
    """Build it anew, telling how far it is; returns how many records it holds."""
    headings = {source.kind: source for source in search.sources()}
    with progress("Indexing") as report:
        totals: dict[str, int] = {}
        read: dict[str, int] = {}

        def tell(kind: str, done: int) -> None:
            if kind not in headings:
                return
            if kind not in totals:
                totals[kind] = headings[kind].records().count()
            read[kind] = read.get(kind, 0) + done
            report(min(read[kind], totals[kind]), totals[kind], str(headings[kind].heading))

        return search.rebuild(tell)
