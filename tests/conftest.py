"""How property-based tests draw: the gate's examples are always the same; `python -m tests.longer` draws others."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("longer", deadline=None, print_blob=True)
settings.load_profile("gate")  # `--hypothesis-profile longer` replaces it
