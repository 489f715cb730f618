"""Every write of the directory: a verb each, the actor first."""
