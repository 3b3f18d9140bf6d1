"""The web server of `tui-backprop serve`: Textual's own, behind a token, with foreign pages and names refused."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from tui_backprop.system.visitor import VARIABLE

_COOKIE = "tui-backprop"
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'"
)
"""What the page may load: nothing from elsewhere, so that no third party hears of a visit."""

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
        self._any_host = host in ("", "0.0.0.0", "::")  # noqa: S104  (whoever asks for all addresses gets them)
        visitor = [] if allow_scripts else ["env", f"{VARIABLE}=1"]
        command = shlex.join([*visitor, sys.executable, "-P", "-m", "tui_backprop"])
        super().__init__(command, host, port, title="tui-backprop", public_url=f"http://{host}:{port}")

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

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
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
                response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return guarded

    async def handle_index(self, request: web.Request) -> Any:
        """Serve the page; its links have the name that the visitor came by."""
        self.public_url = f"{request.scheme}://{request.headers['Host']}"
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Open a sitting, if one is free."""
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="a sitting is opened by this server's page alone\n")
        if self._open >= self._sessions:
            raise web.HTTPServiceUnavailable(text=f"all {self._sessions} sittings are taken: try again later\n")
        self._open += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._open -= 1


if os.name == "nt":  # pragma: no cover
    raise ImportError("serve starts each sitting by a POSIX shell: use it on Linux, macOS or WSL")
