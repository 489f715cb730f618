"""XPath 1.0 as forms use it (ODK XForms), bounded in length, depth and work. Plain Python."""
