"""Names and bounds of this room."""

USER_KIND = "accounts.user"
ELEVATION_MINUTES = (15, 30, 60)
INVITATION_DAYS = (1, 7, 14, 30)
DEFAULT_INVITATION_DAYS = 14
PASSWORD_LINK_HOURS = 24
LANGUAGES = ("fa", "ar", "en")
ELEVATION_SESSION_KEY = "elevation"
