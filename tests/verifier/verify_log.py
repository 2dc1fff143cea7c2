#!/usr/bin/env python3
"""Verifies a C2SP tiled log, with nothing of the gateway's.

Python's standard library and the openssl command only. Follows c2sp.org/tlog-tiles, tlog-checkpoint, signed-note and tlog-proof, RFC 6962
(hashes) and RFC 9162 (checking of proofs).

    verify_log.py log DIR --key VKEY             every entry, every tile, the root, the signature; prints size and root
    verify_log.py proof FILE --key VKEY          a .tlog-proof
    verify_log.py make DIR IN OUT                proofs for the questions in IN
    verify_log.py check DIR FILE                 the proofs in FILE, against roots of its own making

Questions and proofs, one a line: "inclusion INDEX SIZE [HASH,HASH,...]" and "consistency OLD NEW [HASH,HASH,...]", hashes in hex.
Exit code 0: all of it holds. 1: something does not; it says what.
"""
import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tempfile


class Bad(Exception):
    pass


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count):
    """The largest power of two below count."""
    return 1 << ((count - 1).bit_length() - 1)


class Tree:
    """A tree over leaf hashes. Remembers the full subtrees; everything else follows the RFC's definition."""

    def __init__(self, leaves):
        self.levels = [leaves]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def root(self, start, end):
        count = end - start
        if count == 0:
            return hashlib.sha256(b"").digest()
        if count & (count - 1) == 0 and start % count == 0:
            return self.levels[count.bit_length() - 1][start // count]
        middle = start + split(count)
        return node_hash(self.root(start, middle), self.root(middle, end))

    def inclusion(self, index, start, end):
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if index < middle:
            return self.inclusion(index, start, middle) + [self.root(middle, end)]
        return self.inclusion(index, middle, end) + [self.root(start, middle)]

    def consistency(self, old, new):
        return [] if old in (0, new) else self.subproof(old, 0, new, True)

    def subproof(self, old, start, end, whole):
        if old == end:
            return [] if whole else [self.root(start, end)]
        middle = start + split(end - start)
        if old <= middle:
            return self.subproof(old, start, middle, whole) + [self.root(middle, end)]
        return self.subproof(old, middle, end, False) + [self.root(start, middle)]


def root_of_inclusion(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        raise Bad("index outside the tree")
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Bad("proof too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        node >>= 1
        last >>= 1
    if last:
        raise Bad("proof too short")
    return root


def check_consistency(old, new, old_root, new_root, proof):
    """RFC 9162, 2.1.4.2."""
    if old == new or old == 0:
        if proof or (old == new and old_root != new_root):
            raise Bad("not consistent")
        return
    if not proof:
        raise Bad("empty proof")
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise Bad("proof too long")
        if node & 1 or node == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        node >>= 1
        last >>= 1
    if last or first != old_root or second != new_root:
        raise Bad("not consistent")


# --- files -----------------------------------------------------------------------------------------------------------------------


def place(number, width):
    groups = "%03d" % (number % 1000)
    number //= 1000
    while number:
        groups = "x%03d/%s" % (number % 1000, groups)
        number //= 1000
    return groups if width == 256 else "%s.p/%d" % (groups, width)


def read(folder, path):
    try:
        with open(os.path.join(folder, *path.split("/")), "rb") as file:
            return file.read()
    except OSError as error:
        raise Bad("%s: %s" % (path, error.strerror))


def tiles(size, level):
    count = size >> (8 * level)
    return [(number, min(256, count - number * 256)) for number in range((count + 255) // 256)]


def entries(folder, size):
    for number, width in tiles(size, 0):
        path = "tile/entries/" + place(number, width)
        bundle, at = read(folder, path), 0
        for index in range(number * 256, number * 256 + width):
            length = int.from_bytes(bundle[at:at + 2], "big")
            entry = bundle[at + 2:at + 2 + length]
            if at + 2 + length > len(bundle) or not entry:
                raise Bad("entry %d is missing" % index)
            yield entry
            at += 2 + length
        if at != len(bundle):
            raise Bad(path + " holds more than its entries")


def load(folder, size):
    """The tree over the entries, after every tile was compared with it."""
    leaves = [leaf_hash(entry) for entry in entries(folder, size)]
    tree = Tree(leaves)
    level = 0
    while size >> (8 * level):
        for number, width in tiles(size, level):
            path = "tile/%d/%s" % (level, place(number, width))
            expected = tree.levels[8 * level][number * 256:number * 256 + width]
            stored = read(folder, path)
            if stored != b"".join(expected):
                wrong = [i for i, hash_ in enumerate(expected) if stored[32 * i:32 * i + 32] != hash_]
                raise Bad("%s differs from the entries below it, first at index %d"
                          % (path, (number * 256 + (wrong[0] if wrong else width)) << (8 * level)))
        level += 1
    return tree


# --- signed notes ----------------------------------------------------------------------------------------------------------------


def parse_key(vkey):
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    if len(key) != 33 or key[0] not in (1, 4):
        raise Bad("a verifier key of another kind: " + vkey)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
        raise Bad("the verifier key's id is wrong: " + vkey)
    return name, bytes.fromhex(key_id), key[0], key[1:]


def ed25519_verifies(key, message, signature):
    # SubjectPublicKeyInfo of RFC 8410 before the 32 bytes of the key.
    der = bytes.fromhex("302a300506032b6570032100") + key
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key.der", "message", "signature")]
        for name, content in zip(names, (der, message, signature)):
            with open(name, "wb") as file:
                file.write(content)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin", "-in", names[1], "-sigfile", names[2]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0


def open_checkpoint(note, vkeys):
    """Size and root of a checkpoint that each of these keys has signed, the first of which is the log's."""
    text, blank, below = note.rpartition(b"\n\n")
    if not blank:
        raise Bad("the checkpoint is no signed note")
    text += b"\n"
    lines = text.decode().split("\n")
    for position, vkey in enumerate(vkeys):
        name, key_id, kind, key = parse_key(vkey)
        if position == 0 and (kind != 1 or lines[0] != name):
            raise Bad("the checkpoint is of %s, the key of %s" % (lines[0], name))
        found = False
        for line in below.decode().split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != name:
                continue
            signature = base64.b64decode(parts[2], validate=True)
            if signature[:4] != key_id:
                continue
            message, signed = text, signature[4:]
            if kind == 4:
                message = b"cosignature/v1\ntime %d\n" % int.from_bytes(signed[:8], "big") + text
                signed = signed[8:]
            if not ed25519_verifies(key, message, signed):
                raise Bad("the signature of %s is wrong" % name)
            found = True
        if not found:
            raise Bad("%s has not signed the checkpoint" % name)
    if str(int(lines[1])) != lines[1]:
        raise Bad("the checkpoint's size is no number")
    root = base64.b64decode(lines[2], validate=True)
    return int(lines[1]), root


# --- commands --------------------------------------------------------------------------------------------------------------------


def verify_log(args):
    size, root = open_checkpoint(read(args.folder, "checkpoint"), [args.key] + args.witness)
    if load(args.folder, size).root(0, size) != root:
        raise Bad("the entries do not lead to the signed root")
    print(size, root.hex())


def verify_proof(args):
    head, blank, note = read(os.path.dirname(args.file) or ".", os.path.basename(args.file)).partition(b"\n\n")
    lines = head.decode().split("\n")
    if not blank or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Bad("no proof with its entry in the extra line")
    entry = base64.b64decode(lines[1][6:], validate=True)
    size, root = open_checkpoint(note, [args.key] + args.witness)
    proof = [base64.b64decode(line, validate=True) for line in lines[3:]]
    if root_of_inclusion(leaf_hash(entry), int(lines[2][6:]), size, proof) != root:
        raise Bad("the entry is not in the log")
    print(lines[2][6:], size, hashlib.sha256(entry).hexdigest())


def size_of(folder):
    return int(read(folder, "checkpoint").split(b"\n")[1])


def make(args):
    tree = load(args.folder, size_of(args.folder))
    with open(args.questions, encoding="ascii") as questions, open(args.out, "w", encoding="ascii") as out:
        for line in questions:
            kind, first, second = line.split()[:3]
            proof = tree.inclusion(int(first), 0, int(second)) if kind == "inclusion" else tree.consistency(int(first), int(second))
            print(kind, first, second, ",".join(hash_.hex() for hash_ in proof), file=out)


def check(args):
    tree = load(args.folder, size_of(args.folder))
    count = 0
    with open(args.file, encoding="ascii") as lines:
        for line in lines:
            parts = line.split()
            first, second = int(parts[1]), int(parts[2])
            proof = [bytes.fromhex(hash_) for hash_ in parts[3].split(",")] if len(parts) > 3 else []
            try:
                if parts[0] == "consistency":
                    check_consistency(first, second, tree.root(0, first), tree.root(0, second), proof)
                elif root_of_inclusion(tree.levels[0][first], first, second, proof) != tree.root(0, second):
                    raise Bad("not included")
            except Bad as bad:
                raise Bad("%s %d %d: %s" % (parts[0], first, second, bad))
            count += 1
    print(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    for name, run, arguments in (
            ("log", verify_log, ("folder",)), ("proof", verify_proof, ("file",)),
            ("make", make, ("folder", "questions", "out")), ("check", check, ("folder", "file"))):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        for argument in arguments:
            command.add_argument(argument)
        if run in (verify_log, verify_proof):
            command.add_argument("--key", required=True)
            command.add_argument("--witness", action="append", default=[])
    args = parser.parse_args()
    try:
        args.run(args)
    except (Bad, ValueError) as bad:
        print(bad, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
