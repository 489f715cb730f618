"""Every write of the room: one verb a function, the actor first."""
