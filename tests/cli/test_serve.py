"""The trainer in a browser: who is let in, and a run by keys."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from tests.cli.refusal import refused
from tui_backprop.session.keep.session_file import read_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.outputs import Output
from tui_backprop.system.visitor import VARIABLE, VisitorError

aiohttp = pytest.importorskip("aiohttp")
web_server = pytest.importorskip("tui_backprop.cli.web_server")
from aiohttp import web  # noqa: E402


class Served:
    """A server on a free port, and a client."""

    async def __aenter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = web_server.TokenServer("127.0.0.1", self.port, 1)
        self.runner = web.AppRunner(await self.server._make_app())
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_):
        await self.client.close()
        await self.runner.cleanup()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def status(self, path="/", **options):
        async with self.client.get(self.url + path, **options) as answer:
            return answer.status


async def test_only_who_has_the_token_is_let_in():
    """Without it, with a wrong one, from a foreign page or by a foreign name the answer is 403."""
    async with Served() as served:
        assert await served.status() == 403
        assert await served.status("/?token=wrong") == 403
        assert await served.status("/static/js/textual.js") == 403
        assert await served.status(f"/?token={served.server.token}", headers={"Host": "evil.example"}) == 403
        assert await served.status(f"/?token={served.server.token}", headers={"Origin": "http://evil.example"}) == 403
        assert await served.status(f"/?token={served.server.token}") == 200
        async with served.client.get(served.url) as page:  # the cookie lets in from here on
            assert page.status == 200
            assert "default-src 'self'" in page.headers["Content-Security-Policy"]
            assert "token" not in str(page.url)
        assert await served.status("/ws", headers={"Origin": "http://evil.example"}) == 403
        assert await served.status("/ws") == 403


async def test_a_sitting_is_run_by_keys_and_the_next_waits():
    """n makes a step on the visitor's screen; a second visitor is told that all sittings are taken."""
    async with Served() as served:
        await served.status(f"/?token={served.server.token}")
        options = {"headers": {"Origin": served.url}}
        async with served.client.ws_connect(f"{served.url}/ws?width=100&height=30", **options) as screen:
            await said(screen, "step 0")
            assert await served.status("/ws", **options) == 503
            await screen.send_json(["stdin", "n"])
            await said(screen, "step 1")
            await screen.send_json(["stdin", "O"])
            await said(screen, "not here")


async def said(screen, text):
    """Wait until the screen has said something."""
    seen = ""
    while text not in seen:
        message = await asyncio.wait_for(screen.receive(), 60)
        if message.type == aiohttp.WSMsgType.BINARY:
            seen += message.data.decode("utf-8", "replace")
        assert message.type not in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING), seen


def test_a_visitor_reads_runs_and_writes_no_file(monkeypatch, tmp_path):
    """Tables, rules, sessions and outputs are refused in a sentence."""
    table, rule = tmp_path / "t.csv", tmp_path / "r.py"
    table.write_text("a,y\n1,0\n2,1\n")
    rule.write_text("raise SystemExit('it ran')\n")
    monkeypatch.setenv(VARIABLE, "1")
    for attempt in (
        lambda: Session(suggested_recipe(str(table))),
        lambda: Session(suggested_recipe("xor", rule=str(rule))),
        lambda: read_session(tmp_path / "s.tbp"),
        lambda: Output("session", tmp_path / "s.tbp"),
    ):
        with pytest.raises(VisitorError, match="not here"):
            attempt()
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == '["r.py", "t.csv"]'


@pytest.mark.parametrize(
    ("arguments", "why"), [(["--port", "0"], "a port"), (["--sessions", "x"], "a number of sittings")]
)
def test_what_cannot_be_served_is_one_line(capsys, arguments, why):
    """With what was expected."""
    assert why in refused(capsys, "serve", *arguments)
