"""Ed25519 keys of the log and of parties, and the text by which others know them.

RFC 8032 Ed25519; C2SP signed-note: a verifier key ("vkey") is written ``name+keyhash+base64``, where
the key hash is the first 4 bytes of SHA-256(name || 0x0A || 0x01 || public key) and the base64 is of
0x01 || public key. The private key is a PKCS#8 PEM file (RFC 5958, RFC 8410) of mode 0600.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

ED25519 = b"\x01"
"""Signature type of C2SP signed-note for Ed25519."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name under which it signs.

    >>> vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    >>> key = VerifierKey.parse(vkey)
    >>> key.name, key.key_id, str(key) == vkey
    ('example.com/log/testdata', '33d7b496', True)
    """

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a vkey; raises ``Refused`` if it is not one, is not Ed25519, or its hash is wrong."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            raise _refused("vkey", "不是 名称+哈希+base64 的形式", "it is not name+hash+base64")
        name, hash_text, encoded = parts
        data = decode_base64(encoded)
        if data is None or len(data) != 33 or data[:1] != ED25519:
            raise _refused("vkey", "不是 Ed25519 公钥", "it holds no Ed25519 public key")
        key = cls(name, data[1:])
        if hash_text != key.key_id:
            raise _refused("vkey", "哈希与公钥不符", "its hash is not that of its name and key")
        return key

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes that mark this key's signatures (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def key_id(self) -> str:
        """``key_hash`` as 8 hex digits: how entries name the key that signed them."""
        return self.key_hash.hex()

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id}+{encoded}"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's over ``message``; never raises for a wrong one."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A private key and the name under which it signs.

    >>> key = SigningKey.from_seed("example.org/log", bytes(32))
    >>> key.verifier.verify(key.sign(b"hello"), b"hello")
    True
    >>> key.verifier.verify(key.sign(b"hello"), b"other")
    False
    >>> key
    SigningKey('example.org/log', '4e933303')
    """

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        if not is_key_name(name):
            raise _refused(
                "name",
                "密钥名称不得为空、含空白、控制字符或“+”",
                "a key name is not empty and has no space, control character or plus",
            )
        self._private = private
        self.verifier = VerifierKey(name, private.public_key().public_bytes_raw())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> SigningKey:
        """The key of a 32-byte seed (RFC 8032 §5.1.5)."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def name(self) -> str:
        """The name under which it signs; for a log, its origin."""
        return self.verifier.name

    @property
    def key_id(self) -> str:
        """See ``VerifierKey.key_id``."""
        return self.verifier.key_id

    @property
    def vkey(self) -> str:
        """The public text to hand to those who will check signatures."""
        return str(self.verifier)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) of ``message``."""
        return self._private.sign(message)

    def pem(self) -> bytes:
        """The private key as PKCS#8 PEM, not encrypted: the folder's rights protect it."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r}, {self.key_id!r})"


def create_key(path: Path, name: str) -> SigningKey:
    """Make a new key and save it to ``path``, whole and readable by its owner alone, or not at all.

    Raises ``Refused`` if there is a file already: a log's key is never written over.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "log.pem"
    >>> create_key(path, "example.org/log").vkey == load_key(path, "example.org/log").vkey
    True
    >>> oct(path.stat().st_mode & 0o777)
    '0o600'
    >>> folder.cleanup()
    """
    key = SigningKey(name, Ed25519PrivateKey.generate())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)
            file.write(key.pem())
            file.flush()
            os.fsync(handle)
        # A link, unlike a rename, fails where a file exists.
        os.link(draft, path)
    except FileExistsError:
        raise _refused("key", f"密钥文件 {path} 已存在", f"the key file {path} exists") from None
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return key


def load_key(path: Path, name: str) -> SigningKey:
    """Read the key that ``create_key`` saved; raises ``Refused`` if there is no Ed25519 key in the file."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise _refused(
            "key",
            f"无法读取密钥文件 {path}：{error.strerror}",
            f"the key file {path} cannot be read: {error.strerror}",
        ) from None
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise _refused(
            "key", f"{path} 不是 Ed25519 私钥 (PEM)", f"{path} is not an Ed25519 key in PEM"
        )
    return SigningKey(name, private)


def is_key_name(name: str) -> bool:
    """Whether a name may stand in a note: not empty, no space, control character or plus sign.

    >>> is_key_name("example.org/链主"), is_key_name("a b"), is_key_name("a+b")
    (True, False, False)
    """
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def decode_base64(text: str) -> bytes | None:
    """Standard base64 in its one canonical spelling (RFC 4648 §4, padded), or None.

    >>> decode_base64("AQ=="), decode_base64("AR==") is None
    (b'\\x01', True)
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; some file systems cannot, and then the file alone must do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def _refused(field: str, zh: str, en: str) -> Refused:
    remedy = Text(
        "使用 init 生成的密钥或其公钥文本", "use the key that init made, or its public text"
    )
    return Refused(Refusal(field, Text(zh, en), remedy, code="key"))
