"""A session file with arrays: a zip with the text and NumPy's arrays beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

from tui_backprop.datasets.array_files import load_array
from tui_backprop.datasets.dataset import SourceError

TEXT = "session.json"
_BEGINNING = b"PK\x03\x04"
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same session has the same bytes
_MOST = 100_000  # arrays


def is_packed(content: bytes) -> bool:
    """Whether a file is a zip."""
    return content.startswith(_BEGINNING)


def zipped(text: str, arrays: Mapping[str, Sequence[float]]) -> bytes:
    """Return a zip of a text and arrays by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(TEXT, _WHEN), text, zipfile.ZIP_DEFLATED)
        for name, values in arrays.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.asarray(values, dtype=np.float64), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _WHEN), one.getvalue(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def unpacked(content: bytes, limit: int) -> tuple[bytes, dict[str, list[float]]]:
    """Return the text and the arrays of a zip, which unpacks to at most `limit` bytes.

    Raises:
        ValueError: what is wrong with it, in one sentence.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST or sum(one.file_size for one in members) > limit:
                raise ValueError(f"it unpacks to more than {limit >> 20} MiB")
            found, left = {}, limit
            for one in members:
                with archive.open(one) as file:
                    found[one.filename] = file.read(left + 1)
                left -= len(found[one.filename])
                if left < 0:
                    raise ValueError(f"it unpacks to more than {limit >> 20} MiB")
            text = found.pop(TEXT)
            arrays = {name.removesuffix(".npy"): load_array(name, data) for name, data in found.items()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, KeyError, SourceError):
        raise ValueError("this is not a session file, or it is damaged") from None
    if any(one.dtype != np.float64 for one in arrays.values()):
        raise ValueError("the arrays of a session file are numbers of 64 bits")
    return text, {name: one.ravel().tolist() for name, one in arrays.items()}
