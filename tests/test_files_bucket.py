"""Evidence in object storage: the same behaviour, against a server that speaks S3."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone, translation
from moto.server import ThreadedMotoServer

from diwan.config.evidence import evidence_storage
from diwan.kernel import files
from diwan.kernel.errors import Unavailable
from diwan.kernel.files import content
from diwan.kernel.models import Blob, StoredFile
from diwan.kernel.tests.factories import a_ref, a_user

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-bucket"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    """An S3 of our own on a free port."""
    running = ThreadedMotoServer(port=0, verbose=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def bucket(server: ThreadedMotoServer, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A bucket that the settings name."""
    host, port = server.get_host_and_port()
    settings.DIWAN_HOME = tmp_path
    variables = {
        "DIWAN_S3_BUCKET": "evidence",
        "DIWAN_S3_ENDPOINT": f"http://{host}:{port}",
        "DIWAN_S3_REGION": "us-east-1",
        "DIWAN_S3_KEY_ID": "diwan",
        "DIWAN_S3_SECRET": SECRET,
        "DIWAN_S3_FOLDER": "/diwan/",
    }
    settings.STORAGES = {**settings.STORAGES, "evidence": evidence_storage(variables)}
    made = boto3.resource(
        "s3",
        endpoint_url=variables["DIWAN_S3_ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id="diwan",
        aws_secret_access_key=SECRET,
    ).create_bucket(Bucket="evidence")
    with translation.override("en"):
        yield made
    made.objects.all().delete()


def put(text: str, name: str = "a.txt") -> StoredFile:
    return files.store(a_user(), a_ref(), io.BytesIO(text.encode()), name)


def keys(bucket: Any) -> list[str]:
    return [one.key for one in bucket.objects.all()]


def test_content_goes_into_the_bucket_once_and_comes_back(bucket: Any, tmp_path: Path) -> None:
    stored, again = put("evidence"), put("evidence", "b.txt")
    assert stored.blob_id == again.blob_id
    assert keys(bucket) == [f"diwan/blobs/{stored.sha256[:2]}/{stored.sha256}"]
    with files.opened(stored.sha256) as file:
        assert file.read() == b"evidence"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_bucket_is_cleared_of_what_nobody_uses(bucket: Any) -> None:
    used, unused = put("used"), put("unused")
    unused.delete()
    bucket.put_object(Key=f"diwan/blobs/{'ab'}/{'ab' * 32}", Body=b"without a row")
    bucket.put_object(Key="diwan/blobs/ab/notes.txt", Body=b"not ours")
    bucket.put_object(Key="other/blobs/ab/thing", Body=b"not ours")
    assert files.clean(timezone.now() + timedelta(days=2)) == 2
    assert sorted(keys(bucket)) == sorted(
        [
            f"diwan/blobs/{used.sha256[:2]}/{used.sha256}",
            "diwan/blobs/ab/notes.txt",
            "other/blobs/ab/thing",
        ]
    )


def test_what_is_missing_or_damaged_in_the_bucket_is_found(bucket: Any) -> None:
    missing, damaged = put("missing"), put("damaged")
    bucket.Object(f"diwan/{files.content_name(missing.sha256)}").delete()
    bucket.put_object(Key=f"diwan/{files.content_name(damaged.sha256)}", Body=b"DAMAGED")
    found = {one.sha256: one.kept for one in files.examine() if one}
    assert found == {missing.sha256: files.Kept.MISSING, damaged.sha256: files.Kept.DAMAGED}
    with pytest.raises(Unavailable, match="damaged"):
        files.opened(damaged.sha256)


def test_a_server_that_is_away_is_one_sentence_and_nothing_is_stored(
    bucket: Any, settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    stored = put("was there")
    away = {**settings.STORAGES["evidence"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {**settings.STORAGES["evidence"], "OPTIONS": away},
    }
    caplog.set_level(logging.DEBUG, "diwan")
    for attempt in (lambda: put("new"), lambda: files.opened(stored.sha256)):
        with pytest.raises(Unavailable, match="does not answer"):
            attempt()
    with pytest.raises(Unavailable):
        files.clean(timezone.now() + timedelta(days=2))
    assert list(StoredFile.objects.all()) == [stored]
    assert Blob.objects.count() == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert "127.0.0.1:9" in caplog.text
    assert SECRET not in caplog.text


def test_a_key_that_the_server_refuses_is_told_the_same_way(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.delete()
    with pytest.raises(Unavailable, match="does not answer"):
        put("nowhere")
    bucket.create()


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"DIWAN_S3_SECRET": SECRET}, "DIWAN_S3_BUCKET is not"),
        ({"DIWAN_S3_BUCKET": "b", "DIWAN_S3_SECRET": SECRET}, "go together"),
        ({"DIWAN_S3_BUCKET": "b", "DIWAN_S3_ENDPOINT": "s3.example.org"}, "should look like"),
        (
            {"DIWAN_S3_BUCKET": "b", "DIWAN_S3_ENDPOINT": f"https://a:{SECRET}@s3.example.org"},
            "key",
        ),
    ],
)
def test_variables_that_contradict_each_other_are_told(
    variables: dict[str, str], says: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=says) as told:
        evidence_storage(variables)
    assert SECRET not in str(told.value)


def test_without_variables_it_is_the_data_folder() -> None:
    assert evidence_storage({"DIWAN_S3_BUCKET": ""})["BACKEND"].endswith("EvidenceDisk")
    assert content.content_name("a" * 64) == f"blobs/aa/{'a' * 64}"
