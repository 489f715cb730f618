"""The page shell and everything a page is made of. No word of any domain."""
