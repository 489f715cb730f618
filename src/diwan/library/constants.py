"""Words of the room that others use, too."""

DOCUMENT = "library.document"
