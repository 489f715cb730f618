"""Users, sign-in, sessions, invitations, timed elevation."""
