"""Waiting for what is awaited, never for a time."""

from __future__ import annotations

import asyncio


async def until(pilot, met):
    """Wait until something is so, for as long as a slow machine may need."""
    for _ in range(6000):
        if met():
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("it never came about")
