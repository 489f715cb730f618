"""Each kind of wrong file: nothing is stored, and the sentence names file, line, fault and mend."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from diwan.directory.models import Register
from diwan.interop.public import ImportRefused, import_files
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

from .factories import HEAD, REGISTER, file_of

pytestmark = pytest.mark.django_db


def refusal(folder: Path, text: str | bytes, name: str = "trial.yaml") -> ImportRefused:
    """Why the file is refused; nothing of it may be stored."""
    with translation.override("en"), pytest.raises(ImportRefused) as caught:
        import_files([file_of(folder, text, name)])
    assert not Register.objects.exists()
    assert not AuditEntry.objects.exists()
    return caught.value


def said(folder: Path, text: str | bytes) -> str:
    with translation.override("en"):
        return str(refusal(folder, text))


def test_the_register_that_the_wrong_ones_are_made_of_is_right(tmp_path: Path) -> None:
    report = import_files([file_of(tmp_path, REGISTER)])
    assert report.changed == 0


# The mark `# !` stands on the line that the fault must name.
WRONG = [
    ("  kind: office\n", "  kind: office\n  knd: x # !\n", "key knd is unknown. Perhaps kind is"),
    ("register: trial\n", "register: trial\nregister: trial # !\n", "register stands here twice"),
    ("- key: branches", "- key: office # !", "the key office was given to an earlier record"),
    ("  unit: office\n  name: {en: Chief}", "  unit: offise # !\n  name: {en: Chief}",
     "there is no unit offise in the register trial. Perhaps office?"),
    ("'2026-10-20'", "'2026-02-30' # !", "that month has 28 days. Write a day up to 28."),
    ("'2026-10-20'", "{jalali: '1405-13-01'} # !", "a year has 12 months"),
    ("'2026-10-20'", "{hijri: '0999-01-01'} # !", "lies outside the years of its calendar"),
    ("'2026-10-20'", "'9999-12-31' # !", "9999-12-31 lies outside the years of its calendar"),
    ("'2026-10-20'", "{hijri: '1500'} # !", "1500 lies outside the years of its calendar"),
    ("'2026-10-20'", "2026 # !", "here must stand a date: in quotes as"),
    ("'2026-10-20'", "FY2019/2021 # !", "FY2019/2021 is no date"),
    ("'2026-10-20'", "{event: m1} # !", "a meeting has a date of its own"),
    ("{post: chief}", "{post: chief, since: '2026-05-01', until: '2026-05-01'} # !",
     "until does not lie after since"),
    ("{post: chief}", "{post: chief, since: {event: m9}} # !", "there is no meeting m9"),
    ("{post: chief}", "{post: branch-head} # !", "Name one of them, such as branch-head-IR-00"),
    ("  kind: office\n", "  kind: office\n  parent: branches # !\n", "branches stands for many"),
    ("{post: chief, role: chair}", "{post: chief, unit: office, role: chair} # !",
     "one of post, unit, partner or seat, and the role"),
    ("{post: chief, role: chair}", "{role: chair} # !", "one of post, unit, partner or seat"),
    ("{post: chief, role: chair}", "{post: chief, role: chairman} # !", "(perhaps chair)"),
    ("      owner: chief\n", "      owner: branch-head # !\n", "branch-head stands for many"),
    ("      each_unit: branches", "      each_unit: office # !", "office is one unit alone"),
    ("due_after: 1 month", "due_after: 99999999 months # !", "is too long a span"),
    ("due_after: 1 month", "due_after: 9000 years # !", "is too long a span"),
    ("'2026-10-20'", "'0001-01-01' # !", "0001-01-01 lies outside the years of its calendar"),
    ("due_after: 1 month", "due_after: soon # !", "a span such as 2 months"),
    ("due_after: 1 month", "state: dropped # !", "what was dropped has a reason"),
    ("      owner: chief\n      due_after: 1 month", "      state: doing # !", "has an owner"),
    ("    - key: a2", "    - key: a1 # !", "the key a1 was given to an earlier record"),
    ("  one_per: province", "  one_per: parent # !", "needs a parent that stands for many"),
    ("  one_per: province", "  one_per: province\n  province: IR-23 # !", "leave province out"),
    ("  one_per: province", "  one_per: province\n  except: {IR-99: {kind: x}} # !",
     "IR-99 is no province of IR"),
    ("  one_per: province", "  one_per: province\n  except: {IR-23: {seats: 2}} # !",
     "an exception is a mapping of some of these keys"),
    ("  kind: office\n", "  kind: office\n  province: EG-C # !\n", "EG-C is no province of IR"),
    ("  kind: branch\n  parent: office\n  one_per: province",
     "  kind: branch\n  parent: nothing # !\n  one_per: province", "there is no unit nothing"),
    ("kind: office", f"kind: {'x' * 61} # !", "kind has more than 60 letters"),
    ("key: office", "key: -office # !", "here must stand a key: Latin letters"),
    ("{en: Office}", "{de: Amt} # !", "the key de is unknown"),
    ("{en: Office}", "{} # !", "here must stand the text by language"),
    ("{en: Office}", "Office # !", "here must stand the text by language"),
    ("- key: office\n  name: {en: Office}\n  kind: office",
     "- key: office # !\n  name: {en: Office}", "the key kind is missing here"),
    ("format: diwan-register/1", "format: diwan-register/2 # !", "must stand diwan-register/1"),
    ("key: office", "key: &o office # !", "anchors (&) and aliases (*) are not taken"),
    ("key: office", "key: !!str office # !", "tags (!) are not taken"),
    ("{en: Office}", '{en: "a\\u202eb"} # !', "the invisible character U+202E"),
    ("    text: {en: Do it.}", "    text: {en: Do it.}\n    about: unit:nowhere # !",
     "there is no unit nowhere"),
    ("    text: {en: Do it.}", "    text: {en: Do it.}\n    about: other/unit:office # !",
     "there is no register other here"),
    ("    text: {en: Do it.}", "    text: {en: Do it.}\n    about: office # !",
     "a typed reference such as unit:KEY"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "words"), WRONG)
def test_each_fault_is_told_with_its_line(
    tmp_path: Path, right: str, wrong: str, words: str
) -> None:
    assert right in REGISTER
    text = REGISTER.replace(right, wrong, 1)
    line = text[: text.index("# !")].count("\n") + 1
    error = refusal(tmp_path, text)
    with translation.override("en"):
        told = [fault.sentence() for fault in error.faults]
    matching = [sentence for sentence in told if words in sentence]
    assert matching, told
    assert matching[0].startswith(f"trial.yaml, line {line}: "), told


def test_circles_are_told_once_and_whole(tmp_path: Path) -> None:
    text = REGISTER.replace(
        "posts:\n",
        "- key: north\n  name: {en: N}\n  kind: x\n  parent: south\n"
        "- key: south\n  name: {en: S}\n  kind: x\n  parent: north\nposts:\n",
    )
    told = said(tmp_path, text)
    assert told.count("\n") == 0
    assert "parent runs in a circle: north → south → north" in told


def test_a_body_that_stands_above_itself(tmp_path: Path) -> None:
    assert "parent runs in a circle: board → board" in said(
        tmp_path, REGISTER.replace("  kind: board", "  kind: board\n  parent: board")
    )


def test_more_holders_than_seats(tmp_path: Path) -> None:
    text = REGISTER.replace(
        "bodies:\n", "- key: other\n  name: {en: Other}\n  holds: [{post: chief}]\nbodies:\n"
    )
    assert "more people hold chief at once than it has seats (1)" in said(tmp_path, text)


def test_a_number_stands_once_in_a_body(tmp_path: Path) -> None:
    text = REGISTER.replace("    kind: resolved", "    number: '7'\n    kind: resolved")
    text += "  - {key: r2, number: '7', kind: announced, text: {en: Again.}}\n"
    assert "the number 7 stands already in line 42" in said(tmp_path, text)


def test_an_action_belongs_to_one_resolution(tmp_path: Path) -> None:
    text = REGISTER + (
        "  - key: r2\n    kind: announced\n    text: {en: Again.}\n"
        "    actions: [{key: a1, text: {en: Twice}}]\n"
    )
    assert "another resolution of this register has an action a1" in said(tmp_path, text)


def test_many_faults_are_told_together_and_at_most_twenty(tmp_path: Path) -> None:
    error = refusal(tmp_path, REGISTER.replace("unit: office", "unit: a").replace("chief}", "b}"))
    assert len(error.faults) > 2
    many = "".join(f"unknown{n}: 1\n" for n in range(100))
    error = refusal(tmp_path, HEAD + many)
    assert len(error.faults) == 20
    with translation.override("en"):
        assert "There may be more" in str(error)


def test_one_wrong_file_keeps_the_right_ones_out(tmp_path: Path) -> None:
    right = file_of(tmp_path, REGISTER, "right.yaml")
    wrong = file_of(tmp_path, HEAD.replace("trial", "other") + "unts: []\n", "wrong.yaml")
    with translation.override("en"), pytest.raises(ImportRefused, match=r"wrong\.yaml, line 6"):
        import_files([right, wrong])
    assert not Register.objects.exists()


def test_faults_are_told_in_the_readers_language(tmp_path: Path) -> None:
    path = file_of(tmp_path, REGISTER.replace("key: office", "kee: office"))
    for language, line in (("fa", "سطر ۷"), ("ar", "السطر ٧")):
        with translation.override(language):
            with pytest.raises(ImportRefused) as caught:
                import_files([path])
            assert line in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"a\x00b",
        b"[[[[",
        b"- 1\n- 2\n",
        b"just words",
        b"{" * 30,
        b"? [a]\n: b",
        b"%YAML 9.9\n---\na",
        b'"\\q"',
        b"---\n---\n",
    ],
)
def test_what_is_no_register_at_all(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).faults


BOMB = b"a: &a [x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n"


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b"x" * 51_000_000,
        b"a: b\n" * 9_000_000,
        b"a" * 45_000_000,
        b"a\n" * 20_000_000,
        b"#" * 45_000_000,
        b"- x\n" * 11_000_000,
        b"[" * 10_000_000,
        HEAD.encode() + b"units: [" + b"1," * 20_000_000,
        HEAD.encode() + b"bodies:\n- oversees: [" + b"a," * 20_000_000,
        HEAD.encode() + b"units:\n- except: {a: [" + b"a," * 20_000_000,
    ],
    ids=[
        *("bomb", "too-large", "keys", "word", "words", "comment"),
        *("list", "deep", "units", "refs", "except"),
    ],
)  # fmt: skip
def test_bombs_and_fifty_megabytes_of_nonsense_are_refused_quickly(
    tmp_path: Path, content: bytes
) -> None:
    began = time.process_time()  # our own: how busy the machine is does not count
    assert refusal(tmp_path, content).faults
    assert time.process_time() - began < 20


def _zip(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "trial.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"a.txt": b"x"}, "the archive holds no register"),
        ({"../r.yaml": REGISTER.encode()}, "leads out of the archive"),
        ({"/r.yaml": REGISTER.encode()}, "leads out of the archive"),
        ({"r.yaml": REGISTER.encode(), "big.pdf": b"0" * 26_300_000}, "larger than 25 MB"),
        ({"r.yaml": b"a" * 51_000_000}, "larger than 50 MB"),
        ({"r.yaml": REGISTER.replace("kind: o", "kynd: o").encode()}, "zip/r.yaml, line 9"),
    ],
)  # fmt: skip
def test_archives_that_are_wrong(tmp_path: Path, members: dict[str, bytes], words: str) -> None:
    path = _zip(tmp_path, members)
    with translation.override("en"), pytest.raises(ImportRefused) as caught:
        import_files([path])
    with translation.override("en"):
        assert words in str(caught.value)
    assert not Register.objects.exists()


def test_a_proof_that_is_another_file_than_its_checksum_says(tmp_path: Path) -> None:
    proof = "\n      proof: [{file: paper.txt, sha256: '" + "0" * 64 + "'}]"
    text = REGISTER.replace("      due_after: 1 month", f"      due_after: 1 month{proof}")
    path = _zip(tmp_path, {"r.yaml": text.encode(), "paper.txt": b"something else"})
    with translation.override("en"), pytest.raises(ImportRefused, match="another file than"):
        import_files([path])


def test_a_damaged_archive(tmp_path: Path) -> None:
    data = io.BytesIO(_zip(tmp_path, {"r.yaml": REGISTER.encode()}).read_bytes())
    broken = bytearray(data.getvalue())
    broken[40:60] = b"\x00" * 20
    error = refusal(tmp_path, bytes(broken), "trial.zip")
    assert error.faults


def test_only_the_system_and_elevations_import(tmp_path: Path) -> None:
    path = file_of(tmp_path, REGISTER)
    with pytest.raises(NotFound):
        import_files([path], actor=Actor.anonymous())
    with pytest.raises(Forbidden):
        import_files([path], actor=Actor.user(new_id(), "somebody"))
    assert not Register.objects.exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        import_files([tmp_path / "nothing.yaml"])
