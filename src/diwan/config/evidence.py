"""Where evidence is kept: the data folder, or object storage that speaks S3. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

DISK = "diwan.kernel.files.disk.EvidenceDisk"
BUCKET = "diwan.kernel.files.bucket.EvidenceBucket"
ENDPOINT = "DIWAN_S3_ENDPOINT"
KEY_ID, SECRET = "DIWAN_S3_KEY_ID", "DIWAN_S3_SECRET"


def evidence_storage(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's entry for ``STORAGES["evidence"]``; DIWAN_S3_BUCKET chooses object storage.

    Raises ImproperlyConfigured where the variables contradict each other; the secret is not told.
    """
    bucket = environ.get("DIWAN_S3_BUCKET", "").strip()
    given = sorted(name for name in environ if name.startswith("DIWAN_S3_") and environ[name])
    if not bucket:
        if given:
            raise ImproperlyConfigured(
                f"{given[0]} is set but DIWAN_S3_BUCKET is not; name the bucket, or leave all out."
            )
        return {"BACKEND": DISK}
    endpoint = environ.get(ENDPOINT, "").strip().rstrip("/")
    parts = urlsplit(endpoint)
    if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
        raise ImproperlyConfigured(
            f"{ENDPOINT} should look like https://s3.example.org:9000, without a key in it."
        )
    if bool(environ.get(KEY_ID)) != bool(environ.get(SECRET)):
        raise ImproperlyConfigured(f"{KEY_ID} and {SECRET} go together; one of them is missing.")
    options = {
        "bucket_name": bucket,
        "location": environ.get("DIWAN_S3_FOLDER", "").strip("/ "),
        "region_name": environ.get("DIWAN_S3_REGION", "").strip() or None,
        "endpoint_url": endpoint or None,
        "access_key": environ.get(KEY_ID) or None,
        "secret_key": environ.get(SECRET) or None,
    }
    return {"BACKEND": BUCKET, "OPTIONS": options}
