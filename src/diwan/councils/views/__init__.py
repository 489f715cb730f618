"""The councils' pages. Every view says who opens it, with which question, and what follows."""
