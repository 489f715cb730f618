"""Names and bounds of this room."""

from datetime import timedelta

USER_KIND = "accounts.user"
ELEVATION_MINUTES = (15, 30, 60)
INVITATION_DAYS = (1, 7, 14, 30)
DEFAULT_INVITATION_DAYS = 14
PASSWORD_LINK_HOURS = 24
LANGUAGES = ("fa", "ar", "en")
ELEVATION_SESSION_KEY = "elevation"

VISIT_OVER = timedelta(minutes=30)
"""Who has not looked for so long has left; the next look is a new visit."""

TOKEN_PREFIX = "diwan_"  # noqa: S105 - the mark by which scanners of secrets know a token
LONGEST_TOKEN_DAYS = 365
TOKEN_DAYS = (30, 90, 180, 365)
TOKENS_IN_FORCE = 50
