"""Verifies a witness's cosignature without any code of the gateway: Python's standard library and openssl.

python3 verify_cosignature.py NOTE VKEY prints the cosignature's time and ends with 0, or says what is wrong and ends with 1.
The formats: c2sp.org/signed-note, c2sp.org/tlog-cosignature.
"""
import base64
import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile

# SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) up to its 32 bytes.
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


def verified(message: bytes, signature: bytes, key: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "key").write_bytes(ED25519_SPKI + key)
        (place / "message").write_bytes(message)
        (place / "signature").write_bytes(signature)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", place / "key",
             "-rawin", "-in", place / "message", "-sigfile", place / "signature"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def main(note: bytes, vkey: str) -> str:
    name, key_id, rest = vkey.split("+", 2)
    kind, key = base64.b64decode(rest, validate=True)[0], base64.b64decode(rest, validate=True)[1:]
    if kind != 4 or len(key) != 32:
        sys.exit("not the vkey of a witness")
    if hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4].hex() != key_id:
        sys.exit("the vkey's id is not its key's")

    text, signatures = note[:note.rindex(b"\n\n") + 1], note[note.rindex(b"\n\n") + 2:]
    for line in signatures.decode().splitlines():
        dash, signer, encoded = line.split(" ")
        blob = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and blob[:4].hex() == key_id:
            (time,) = struct.unpack(">Q", blob[4:12])
            message = b"cosignature/v1\ntime %d\n" % time + text
            if verified(message, blob[12:], key):
                return str(time)
            sys.exit("the cosignature does not verify")
    sys.exit("no cosignature of this witness")


if __name__ == "__main__":
    print(main(pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[2]))
