"""The format `diwan-register/1` as rules: reading, checking, working out, writing. Plain Python."""
