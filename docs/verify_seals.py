#!/usr/bin/env python3
"""Check seals that a Diwan house has published, without any part of Diwan.

    python3 verify_seals.py SEALS.json                    the chain fits in itself
    python3 verify_seals.py SEALS.json --earlier OLD.json what was published before is still in it
    python3 verify_seals.py SEALS.json --proof PROOF.json the entry of the proof is under a seal

Needs Python 3.9 or newer and nothing else. What is proved, and what cannot be, stands in audit.md.
Exit code 0: it fits. 1: it does not, and the first fault is named.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

START = "0" * 64
FIELDS = ("number", "previous", "root", "count", "sealed_at")


class Fault(Exception):
    """What does not fit."""


def load(path, kind):
    """The file's contents, if it is of the format `kind`."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            data = json.load(file)
    except (OSError, ValueError) as error:
        raise Fault(f"{path} cannot be read: {error}") from error
    if not isinstance(data, dict) or data.get("format") != kind:
        raise Fault(f"{path} is not a file of the format {kind}")
    return data


def digest_of(seal):
    """SHA-256 over "diwan-seal/1" and the five fields, each followed by a line feed."""
    text = "".join(f"{each}\n" for each in ("diwan-seal/1", *(seal[name] for name in FIELDS)))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def check_chain(seals):
    """Every seal's digest follows from its fields, and names the digest before it."""
    previous = START
    for number, seal in enumerate(seals, start=1):
        if seal["number"] != number:
            raise Fault(f"seal {number} is missing (there is {seal['number']} in its place)")
        if digest_of(seal) != seal["digest"]:
            raise Fault(f"seal {number} was changed: its digest does not follow from its fields")
        if seal["previous"] != previous:
            raise Fault(f"seal {number} does not continue seal {number - 1}")
        previous = seal["digest"]


def check_earlier(seals, earlier):
    """What was published earlier is the beginning of the chain."""
    for seal in earlier:
        number = seal["number"]
        if number > len(seals):
            raise Fault(f"seal {number} was published earlier and is gone")
        if seals[number - 1]["digest"] != seal["digest"]:
            raise Fault(f"seal {number} is not the one that was published earlier")


def whole(value):
    """Numbers without a fraction are written without a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    return [whole(each) for each in value] if isinstance(value, list) else value


def leaf_of(entry):
    """SHA-256 over 0x00, "diwan-audit-entry/1", a line feed, and the entry as canonical JSON."""
    text = json.dumps(whole(entry), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\x00diwan-audit-entry/1\n" + text.encode("ascii")).digest()


def root_of(leaf, index, count, path):
    """Go up from the leaf as RFC 6962 §2.1.1 says."""
    node, last, rest = leaf, count - 1, [bytes.fromhex(each) for each in path]
    if not 0 <= index < count:
        raise Fault("the proof names a place that the seal does not have")
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                raise Fault("the path of the proof is too short")
            other = rest.pop(0)
            pair = other + node if index % 2 else node + other
            node = hashlib.sha256(b"\x01" + pair).digest()
        index, last = index // 2, last // 2
    if rest:
        raise Fault("the path of the proof is too long")
    return node.hex()


def check_proof(seals, proof):
    """The entry leads to the root of a seal that was published."""
    number = proof["seal"]["number"]
    if not 1 <= number <= len(seals):
        raise Fault(f"the proof names seal {number}, which was not published")
    seal = seals[number - 1]
    root = root_of(leaf_of(proof["entry"]), proof["index"], seal["count"], proof["path"])
    if root != seal["root"]:
        raise Fault(f"entry {proof['entry'].get('id')} is not under seal {number}: it was changed")


def main():
    """Check what the command line names."""
    parser = argparse.ArgumentParser(description="Check seals that a Diwan house has published.")
    parser.add_argument("seals", help="what `diwan audit publish` wrote")
    parser.add_argument("--earlier", help="an older such file")
    parser.add_argument("--proof", help="what `diwan audit proof` wrote")
    asked = parser.parse_args()
    try:
        seals = load(asked.seals, "diwan-seals/1")["seals"]
        check_chain(seals)
        print(f"{len(seals)} seals fit, up to {seals[-1]['sealed_at'] if seals else 'none'}.")
        if asked.earlier:
            check_earlier(seals, load(asked.earlier, "diwan-seals/1")["seals"])
            print("What was published earlier is in it, unchanged.")
        if asked.proof:
            proof = load(asked.proof, "diwan-proof/1")
            check_proof(seals, proof)
            print(f"Entry {proof['entry']['id']} lies under seal {proof['seal']['number']}.")
    except Fault as fault:
        sys.exit(f"Does not fit: {fault}.")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        sys.exit(f"Does not fit: a file is damaged ({error!r}).")


if __name__ == "__main__":
    main()
