"""The register as a file, in and out."""
