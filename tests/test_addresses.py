"""What has no language: the entrance."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("accepts", "goes_to"),
    [("ar-EG,ar;q=0.9", "/ar/"), ("en-US", "/en/"), ("de", "/fa/"), ("", "/fa/")],
)
def test_the_entrance_leads_to_the_readers_language(
    client: Client, accepts: str, goes_to: str
) -> None:
    answer = client.get("/", headers={"accept-language": accepts})
    assert (answer.status_code, answer["Location"]) == (302, goes_to)
    assert "Accept-Language" in answer["Vary"]


def test_the_chosen_language_comes_before_the_browsers(client: Client) -> None:
    client.cookies["diwan_language"] = "ar"
    assert client.get("/", headers={"accept-language": "en"})["Location"] == "/ar/"
