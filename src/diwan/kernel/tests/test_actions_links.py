"""Links between records of rooms that don't know each other."""

import pytest
from django.db import IntegrityError, transaction

from diwan.kernel.ids import new_id
from diwan.kernel.links import Verb, links_of, set_links, targets
from diwan.kernel.models import Link
from diwan.kernel.tests.factories import a_ref

pytestmark = pytest.mark.django_db


def test_exactly_what_is_wanted_is_linked() -> None:
    source, first, second, third = a_ref(), a_ref(), a_ref(), a_ref("other.kind")
    assert set_links(source, Verb.ABOUT, [first, second])
    assert targets(source, Verb.ABOUT) == [first, second]
    assert set_links(source, Verb.ABOUT, [second, third])
    assert targets(source, Verb.ABOUT) == [second, third]
    assert set_links(source, Verb.ABOUT, [])
    assert targets(source, Verb.ABOUT) == []


def test_setting_the_same_again_changes_nothing() -> None:
    source, target = a_ref(), a_ref()
    set_links(source, Verb.ANSWERS, [target])
    row = Link.objects.get()
    assert not set_links(source, Verb.ANSWERS, [target, target])
    assert Link.objects.get().pk == row.pk


def test_verbs_and_sources_are_kept_apart() -> None:
    source, other, target = a_ref(), a_ref(), a_ref()
    set_links(source, Verb.ABOUT, [target])
    set_links(source, Verb.WITH, [target])
    set_links(other, Verb.ABOUT, [target])
    assert set_links(source, Verb.ABOUT, [])
    assert targets(source, Verb.WITH) == [target]
    assert targets(other, Verb.ABOUT) == [target]


def test_links_are_followed_both_ways() -> None:
    source, target = a_ref(), a_ref()
    set_links(source, Verb.CARRIES_OUT, [target])
    assert [link.source_id for link in links_of(target)] == [source.id]
    assert [link.target_id for link in links_of(source)] == [target.id]
    assert links_of(a_ref()) == []


def test_the_database_holds_a_link_once() -> None:
    source, target = a_ref(), a_ref()
    set_links(source, Verb.ABOUT, [target])
    row = Link.objects.get()
    row.pk = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
