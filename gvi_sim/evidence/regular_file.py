"""Files of somebody else are looked at before they are read: a folder, a device or a pipe may never end."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from ..errors import Message

__all__ = ["read_regular"]


def read_regular(path: Path, most: int) -> bytes:
    """The content of a regular file of at most ``most`` bytes.

    OSError, whose ``strerror`` says what it is, for anything else, before a byte of it was read.
    """
    try:
        found = path.stat()
    except ValueError as error:  # a NUL in the path
        raise OSError(errno.EINVAL, Message("file/no-path", error=error)) from None
    if not stat.S_ISREG(found.st_mode):
        is_folder = stat.S_ISDIR(found.st_mode)
        raise OSError(errno.EINVAL, Message("file/folder") if is_folder else Message("file/device"))
    if found.st_size <= most:
        with path.open("rb") as file:
            content = file.read(most + 1)  # it may have grown, and some systems tell no size
        if len(content) <= most:
            return content
    raise OSError(errno.EFBIG, Message("file/large", most=most))
