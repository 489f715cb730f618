"""Documents that decisions lean on."""
