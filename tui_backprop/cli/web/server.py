"""The web server of `tui-backprop serve`: Textual's own, behind a token, with foreign pages and names refused."""

from __future__ import annotations

import asyncio
import copy
import html
import os
import secrets
import shlex
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import BodyPartReader, web
from textual_serve.server import Server

from tui_backprop.cli.web.uploads import LARGEST, UploadError, Uploads
from tui_backprop.system.visitor import VARIABLE
from tui_backprop.text.cleaning import clean

LOOKS = 20
"""How often a new sitting is tried where all are taken."""

_PAUSE = 0.1  # seconds between two of them
_COOKIE = "tui-backprop"
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; form-action 'self'"
)
"""What the page may load: nothing from elsewhere, so that no third party hears of a visit."""

_GONE = "this file is not here any more: upload it again\n"
_LINK = """<p style="position:fixed;right:1rem;bottom:.2rem;margin:0;z-index:5;font:12px sans-serif">
<a href="/upload" style="color:#8ab">a table of your own</a></p>
"""
_FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>tui-backprop: a table of your own</title>
<style>:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem }}
</style></head><body>
<h1>A table of your own</h1>
{problem}<p>At most {most} MiB, the last column is what is to be learned.{scripts} It is deleted when the server ends.</p>
<form method="post" action="/upload" enctype="multipart/form-data">
<p><input type="file" name="file" accept="{kinds}" required> <button>Open it</button></p></form>
<p><a href="/">the built-in data sets</a></p>
</body></html>
"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TokenServer(Server):
    """Serves one sitting a visitor, each in a process of its own.

    The token of the printed address is exchanged for a cookie. A request without it, with the name of another host
    (DNS rebinding) or from a page of another origin is refused.
    """

    def __init__(self, host: str, port: int, sessions: int, *, allow_scripts: bool = False) -> None:
        self.token = secrets.token_urlsafe(24)
        self._sessions, self._open = sessions, 0
        self._hosts = {f"{name}:{port}" for name in {host, *(_LOCAL if host in _LOCAL else ())}}
        self._any_host = host in ("", "0.0.0.0", "::")  # noqa: S104  (a caller that asks for all addresses gets them)
        self._allow_scripts = allow_scripts
        self.uploads = Uploads(allow_scripts=allow_scripts)
        super().__init__(_command(), host, port, title="tui-backprop", public_url=f"http://{host}:{port}")

    @property
    def address(self) -> str:
        """The address with the token."""
        return f"{self.public_url}/?token={self.token}"

    def initialize_logging(self) -> None:
        """Log nothing: addresses have tokens in them."""

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        del app
        print(f"{self.address}\n^C ends it; at most {self._sessions} sittings at one time", flush=True)
        if self._allow_scripts:
            print(
                "visitors may run scripts of their own: such a script can do on this machine what you can", flush=True
            )

    async def on_shutdown(self, app: web.Application) -> None:
        """Delete what visitors brought."""
        del app
        self.uploads.close()

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.add_routes(
            [
                web.get("/upload", self._form),
                web.post("/upload", self._upload),
                web.get("/own/{key}", self.handle_index),
                web.get("/ws/{key}", self.handle_websocket),
            ]
        )
        app.middlewares.append(self._guard)
        return app

    @property
    def _guard(self) -> Any:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Let in who has the token, from no page but this server's own."""
            host = request.headers.get("Host", "")
            if not (self._any_host or host in self._hosts):
                return web.Response(status=403, text="this address is not the one that the server listens at\n")
            origin = request.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc != host:
                return web.Response(status=403, text="pages of other origins are refused\n")
            given = request.query.get("token")
            if given is not None and request.path == "/" and secrets.compare_digest(given, self.token):
                found = web.Response(status=302, headers={"Location": "/"})
                found.set_cookie(_COOKIE, self.token, httponly=True, samesite="Strict")
                return found
            if not secrets.compare_digest(request.cookies.get(_COOKIE, ""), self.token):
                return web.Response(status=403, text="open the address that the server printed, with its token\n")
            response = await handler(request)
            if not response.prepared:
                response.headers["Content-Security-Policy"] = _POLICY
                response.headers["Cache-Control"] = "no-store"  # a page that was left ends its sitting at once
                response.headers["Referrer-Policy"] = (
                    "same-origin"  # with none, a browser says the form is of no origin
                )
            return response

        return guarded

    async def handle_index(self, request: web.Request) -> Any:
        """Serve the page of the built-in sets or of a visitor's file; its links have the name that the visitor came by."""
        key = request.match_info.get("key", "")
        if key and self.uploads.path(key) is None:
            return web.Response(status=404, text=_GONE)
        self.public_url = f"{request.scheme}://{request.headers['Host']}"
        page: Any = await super().handle_index(request)
        socket = f'/ws/{key}"' if key else '/ws"'
        page.text = page.text.replace('/ws"', socket).replace("</body>", f"{_LINK}</body>")
        return page

    async def _form(self, request: web.Request) -> web.Response:
        del request
        return self._asked("")

    def _asked(self, problem: str, status: int = 200) -> web.Response:
        scripts = " A script opens on a screen of its own and runs there." if self._allow_scripts else ""
        said = f"<p><strong>{html.escape(problem)}</strong></p>" if problem else ""
        kinds = ",".join(self.uploads.kinds)
        page = _FORM.format(problem=said, scripts=scripts, kinds=kinds, most=LARGEST // 2**20)
        return web.Response(status=status, text=page, content_type="text/html")

    async def _upload(self, request: web.Request) -> web.Response:
        """Keep a visitor's file and go to its page."""
        if request.headers.get("Origin") is None:
            return web.Response(status=403, text="files are taken from this server's page alone\n")
        try:
            part = await (await request.multipart()).next() if request.content_type == "multipart/form-data" else None
            if not isinstance(part, BodyPartReader) or part.filename is None:
                raise UploadError(400, "expected a file")
            key = await self.uploads.keep(part.filename, _chunks(part))
        except UploadError as error:
            return self._asked(str(error), error.status)
        except (ValueError, aiohttp.ClientError) as error:
            return self._asked(f"the file did not arrive: {clean(str(error))}", 400)
        return web.Response(status=303, headers={"Location": f"/own/{key}"})

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Open a sitting, if one is free: of the built-in sets, or of a visitor's file."""
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="a sitting is opened by this server's page alone\n")
        key = request.match_info.get("key", "")
        own = self.uploads.path(key)
        if key and own is None:
            raise web.HTTPNotFound(text=_GONE)
        if not await self._is_free():
            raise web.HTTPServiceUnavailable(text=f"all {self._sessions} sittings are taken: try again later\n")
        sitting = copy.copy(self)
        sitting.command = _command(own)
        self._open += 1
        try:
            return await Server.handle_websocket(sitting, request)
        finally:
            self._open -= 1

    async def _is_free(self) -> bool:
        """Say whether a sitting can begin; who loads the page again waits a moment for the last one to end."""
        for _ in range(LOOKS):
            if self._open < self._sessions:
                return True
            await asyncio.sleep(_PAUSE)
        return self._open < self._sessions


def _command(own: Path | None = None) -> str:
    """Return what a sitting runs: a visitor's trainer, that reads no file but `own`."""
    folder = "1" if own is None else str(own.parent)
    program = ["env", f"{VARIABLE}={folder}", sys.executable, "-P", "-m", "tui_backprop"]
    return shlex.join(program if own is None else [*program, str(own)])


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(2**16):
        yield chunk


if os.name == "nt":  # pragma: no cover
    raise ImportError("serve starts each sitting by a POSIX shell: use it on Linux, macOS or WSL")
