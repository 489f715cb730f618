"""Units through time, posts, people, and who held which post when."""
