"""How long a user's file may take: known before anything is loaded that runs one."""

from __future__ import annotations

TIMEOUT = 10.0
"""Seconds that a user's file may take for all that is asked of it at once."""

SCRIPT_TIMEOUT = 60.0
"""Seconds that the whole answer to a script may take."""
