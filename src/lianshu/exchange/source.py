"""Opening what somebody handed in: size, type, compression and encoding are settled before any row.

``open_source`` gives a buffered reader of plain bytes, or raises ``Refused`` with one clear reason.
Nothing but the file handed in is read, and nothing is written.
"""

from __future__ import annotations

import gzip
import io
import lzma
import re
import zlib
from typing import IO, Any, BinaryIO, Final, TypeAlias, cast

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MEBIBYTE: Final = 1 << 20
MAX_BYTES: Final = 1 << 30  # a larger export is cut into parts, so that each part is answered whole
MAX_LINE_BYTES: Final = MEBIBYTE

Source = bytes | BinaryIO

_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_SPLIT: Final = Text("把文件拆成较小的几份后再导入", "split the file into smaller parts")
_EXPORT: Final = Text(
    "请导出为 UTF-8 文本（CSV 或 NDJSON）后再导入", "export it as UTF-8 text first"
)

# First bytes of files that people hand in by mistake.
_WRONG: Final = (
    (
        b"PK\x03\x04",
        Text("这是 ZIP 或 Excel 文件，不是文本", "it is a ZIP or Excel file, not text"),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        Text("这是旧版或加密的 Office 文件", "it is an old or encrypted Office file"),
    ),
    (b"%PDF", Text("这是 PDF 文件", "it is a PDF file")),
    (b"\x89PNG", Text("这是图片", "it is an image")),
    (b"\xff\xd8\xff", Text("这是图片", "it is an image")),
    (b"GIF8", Text("这是图片", "it is an image")),
    (b"PAR1", Text("这是 Parquet 文件", "it is a Parquet file")),
    (b"SQLite format 3", Text("这是 SQLite 数据库", "it is an SQLite database")),
    (b"\x7fELF", Text("这是程序", "it is a program")),
    (b"BZh", Text("这是 bzip2 压缩文件", "it is a bzip2 file")),
    (b"7z\xbc\xaf", Text("这是 7z 压缩文件", "it is a 7z file")),
    (b"Rar!", Text("这是 RAR 压缩文件", "it is a RAR file")),
    (b"\xff\xfe", Text("这是 UTF-16 文本", "it is UTF-16 text")),
    (b"\xfe\xff", Text("这是 UTF-16 文本", "it is UTF-16 text")),
)


def refuse_file(rule: Text, remedy: Text, code: str) -> Refused:
    """The refusal of a whole input."""
    return Refused(Refusal("file", rule, remedy, code=code))


def too_big(limit: int) -> Refused:
    """The refusal of an input above a byte limit, compressed or not."""
    size = f"{limit // MEBIBYTE} MiB"
    rule = Text(f"文件（解压后）不得超过 {size}", f"a file is at most {size} when unpacked")
    return refuse_file(rule, _SPLIT, "file_size")


class _Guarded(io.RawIOBase):
    """A reader that stops at a number of bytes in all and at a number of bytes in one line.

    The line limit keeps a gigabyte without a line break from becoming one string in memory.
    """

    def __init__(self, inner: IO[bytes], max_bytes: int, max_line_bytes: int) -> None:
        self._inner = inner
        self._left = max_bytes
        self._max_bytes = max_bytes
        self._max_line_bytes = max_line_bytes
        self._line_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        try:
            chunk = self._inner.read(len(view))
        except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
            rule = Text("压缩文件已损坏或不完整", "the compressed file is damaged or incomplete")
            remedy = Text("重新传送该文件", "send the file again")
            raise refuse_file(rule, remedy, "file_damaged") from error
        self._count(chunk)
        view[: len(chunk)] = chunk
        return len(chunk)

    def _count(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise too_big(self._max_bytes)
        newline = chunk.rfind(b"\n")
        self._line_bytes = (
            self._line_bytes + len(chunk) if newline < 0 else len(chunk) - newline - 1
        )
        if self._line_bytes > self._max_line_bytes:
            limit = f"{self._max_line_bytes:,}"
            rule = Text(f"一行不得超过 {limit} 字节", f"a line has at most {limit} bytes")
            remedy = Text("检查文件类型和换行符", "check the file type and its line breaks")
            raise refuse_file(rule, remedy, "line_size")


Reader: TypeAlias = "io.BufferedReader[_Guarded]"
"""Plain bytes within the limits; typed by what it reads, which only the type checker sees."""


def _size_of(file: BinaryIO) -> int | None:
    """Bytes of a seekable file, or None for a pipe; the position is put back to the start."""
    if not file.seekable():
        return None
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _buffered(source: Source, max_bytes: int) -> Reader:
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
    size = _size_of(file)
    if size is not None and size > max_bytes:
        raise too_big(max_bytes)
    # Not BufferedReader(file): closing ours must not close what the caller handed in.
    return io.BufferedReader(_Guarded(file, max_bytes, max_bytes), MEBIBYTE)


def _unpacked(packed: Reader, magic: bytes) -> IO[bytes]:
    if magic.startswith(_GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=packed))
    return cast(IO[bytes], lzma.LZMAFile(packed))


def _check_packed(source: Source, max_bytes: int) -> None:
    """Read a compressed file through once, so that a damaged end is found before the first row."""
    if not isinstance(source, bytes | bytearray) and not source.seekable():
        return
    packed = _buffered(source, max_bytes)
    inner = _unpacked(packed, packed.peek(6)[:6])
    reader = _Guarded(inner, max_bytes, max_bytes)
    block = bytearray(MEBIBYTE)
    while reader.readinto(block):
        pass


def open_source(
    source: Source, *, max_bytes: int = MAX_BYTES, max_line_bytes: int = MAX_LINE_BYTES
) -> Reader:
    """A buffered reader of the plain bytes of a text input; a UTF-8 byte order mark is dropped.

    ``.gz`` and ``.xz`` are recognised by their first bytes and unpacked. Raises ``Refused`` (codes
    ``file_empty``, ``file_size``, ``file_type``, ``file_damaged``); a limit met while reading is
    raised then. Source: RFC 1952 (gzip), the .xz file format, Unicode 15 §23.8 (byte order mark).

    >>> open_source(b"\\xef\\xbb\\xbfid,qty\\n").read()
    b'id,qty\\n'
    >>> open_source(b"")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: file: it is empty; check that the right file was chosen
    """
    reader = _buffered(source, max_bytes)
    magic = reader.peek(16)[:16]
    inner: IO[bytes] = reader
    if magic.startswith((_GZIP, _XZ)):
        _check_packed(source, max_bytes)
        inner = _unpacked(_buffered(source, max_bytes) if _rewound(source) else reader, magic)
    opened = io.BufferedReader(_Guarded(inner, max_bytes, max_line_bytes), MEBIBYTE)
    _check_type(opened)
    if opened.peek(3)[:3] == _UTF8_BOM:
        opened.read(3)
    return opened


def _rewound(source: Source) -> bool:
    return isinstance(source, bytes | bytearray) or _size_of(source) is not None


def _check_type(reader: Reader) -> None:
    head = reader.peek(16)[:16]
    if not head:
        remedy = Text("检查是否选对了文件", "check that the right file was chosen")
        raise refuse_file(Text("文件为空", "it is empty"), remedy, "file_empty")
    for magic, rule in _WRONG:
        if head.startswith(magic):
            raise refuse_file(rule, _EXPORT, "file_type")


def text_reader(reader: Reader, encoding: str = "utf-8") -> io.TextIOWrapper:
    """Text lines of a reader. Bytes that are not of the encoding become lone surrogates.

    They are not replaced: the row that holds them is refused with its line number, and the others
    are read. ``encoding`` is utf-8 or gb18030 (GB 18030-2022), as declared, never guessed.
    """
    if encoding.lower() not in ("utf-8", "utf8", "gb18030", "gbk", "gb2312"):
        rule = Text("编码为 utf-8 或 gb18030", "the encoding is utf-8 or gb18030")
        raise refuse_file(rule, _EXPORT, "file_encoding")
    codec = "utf-8" if encoding.lower().startswith("utf") else "gb18030"
    return io.TextIOWrapper(reader, encoding=codec, errors="surrogateescape", newline="")


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def broken_text(text: str) -> bool:
    """Whether a text holds bytes that were not of its encoding.

    >>> broken_text("茶"), broken_text(b"\\xb2\\xe8".decode("utf-8", "surrogateescape"))
    (False, True)
    """
    return _SURROGATE.search(text) is not None


ENCODING_RULE: Final = Text("文字不是所声明的编码", "its bytes are not of the declared encoding")
ENCODING_REMEDY: Final = Text(
    "另存为 UTF-8，或以 encoding=gb18030 声明编码",
    "save it as UTF-8, or declare encoding=gb18030",
)
