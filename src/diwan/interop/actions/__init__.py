"""Every write of the room: taking registers in, and the sample."""
