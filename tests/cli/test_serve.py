"""The trainer in a browser: who is let in, and a run by keys."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from tests.cli import browser
from tests.cli.refusal import refused
from tui_backprop.datasets.catalogue import entry
from tui_backprop.session.keep.session_file import read_session
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.system.inputs import read_input
from tui_backprop.system.outputs import Output
from tui_backprop.system.visitor import VARIABLE, VisitorError

aiohttp = pytest.importorskip("aiohttp")
web_server = pytest.importorskip("tui_backprop.cli.web.server")
uploads = pytest.importorskip("tui_backprop.cli.web.uploads")
from aiohttp import web  # noqa: E402


class Served:
    """A server on a free port, and a client."""

    def __init__(self, *, allow_scripts=False):
        self.allow_scripts = allow_scripts

    async def __aenter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = web_server.TokenServer("127.0.0.1", self.port, 1, allow_scripts=self.allow_scripts)
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

    async def upload(self, name, content, **headers):
        """Send a file as the page's form does, and return the status and where the answer leads."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", content, filename=name)
        headers = {"Origin": self.url, **headers}
        async with self.client.post(f"{self.url}/upload", data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()


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


async def test_a_sitting_is_run_by_keys_and_the_next_waits(monkeypatch):
    """n makes a step on the visitor's screen; a second visitor is told that all sittings are taken."""
    monkeypatch.setattr(web_server, "LOOKS", 1)
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


async def test_a_table_is_uploaded_and_trained_on():
    """It opens in a sitting of its own by a key that cannot be guessed; the sitting reads no other file."""
    async with Served() as served:
        assert (await served.upload("t.csv", b"a,y\n1,0\n"))[0] == 403
        await served.status(f"/?token={served.server.token}")
        rows = "".join(f"{i},{i % 3},{i % 2}\n" for i in range(12))
        status, place = await served.upload("../../my table.csv", f"a,b,odd\n{rows}".encode())
        assert status == 303
        path = served.server.uploads.path(place.removeprefix("/own/"))
        assert path.name == "my_table.csv"
        async with served.client.get(served.url + place) as page:
            assert f'/ws{place.removeprefix("/own")}"' in await page.text()
        options = {"headers": {"Origin": served.url}}
        async with served.client.ws_connect(
            f"{served.url}/ws{place.removeprefix('/own')}?width=100", **options
        ) as screen:
            await said(screen, "my_table")
            await screen.send_json(["stdin", "n"])
            await said(screen, "step 1")
        assert await served.status("/own/nothing") == 404
        assert await served.status("/ws/nothing", **options) == 404
    assert not path.exists()


async def test_an_upload_that_cannot_be_is_refused_on_the_form(monkeypatch):
    """A foreign page, a script without --allow-scripts, an unknown kind, nothing, and too much."""
    monkeypatch.setattr(uploads, "LARGEST", 100)
    monkeypatch.setattr(uploads, "MOST", 2)
    async with Served() as served:
        await served.status(f"/?token={served.server.token}")
        for name, content, status, why in (
            ("n.py", b"print()", 403, "started without --allow-scripts"),
            ("n.tbp", b"{}", 415, "expected a file of one of these kinds: .csv"),
            ("<b>", b"{}", 415, "expected a file"),
            ("t.csv", b"", 400, "is empty"),
            ("t.csv", b"1" * 101, 413, "the file has more than"),
        ):
            found, text = await served.upload(name, content)
            assert found == status
            assert why in text
            assert 'type="file"' in text
        assert (await served.upload("t.csv", b"1", Origin="http://evil.example"))[0] == 403
        async with served.client.post(f"{served.url}/upload", data=b"x", headers={"Origin": served.url}) as answer:
            assert answer.status == 400
        places = [(await served.upload("t.csv", b"a,b\n"))[1] for _ in range(3)]
        assert [await served.status(place) for place in places] == [404, 200, 200]  # the oldest made room
    async with Served(allow_scripts=True) as served:
        await served.status(f"/?token={served.server.token}")
        assert (await served.upload("n.py", b"print()"))[0] == 303


async def said(screen, text):
    """Wait until the screen has said something."""
    seen = ""
    while text not in seen:
        message = await asyncio.wait_for(screen.receive(), 60)
        if message.type == aiohttp.WSMsgType.BINARY:
            seen += message.data.decode("utf-8", "replace")
        assert message.type not in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING), seen


@pytest.mark.skipif(browser.PROGRAM is None, reason="there is no Chromium here (Debian: apt-get install chromium)")
async def test_a_browser_shows_the_trainer_and_takes_a_table(tmp_path):
    """The page's own script runs under the policy: the terminal starts, a key makes a step, and a form brings a table."""
    table = tmp_path / "mine.csv"
    table.write_text("a,b,odd\n" + "".join(f"{i},{i % 3},{i % 2}\n" for i in range(12)))
    async with Served() as served, browser.Browser(tmp_path / "profile") as page:
        await page.ask("Page.navigate", url=served.server.address)
        await page.until("document.body && document.body.classList.contains('-first-byte')")
        await page.until("document.location.search === '' && window.seen.includes('step 0')")
        await page.until("document.activeElement.tagName === 'TEXTAREA' || document.querySelector('textarea').focus()")
        await page.type("n")
        await page.until("window.seen.includes('step 1')")
        await page.value("document.querySelector('a[href=\"/upload\"]').click()")
        await page.until("document.querySelector('input[type=file]') !== null")
        await page.choose_file(table)
        await page.value("document.querySelector('button').click()")
        await page.until("document.location.pathname.startsWith('/own/') && window.seen.includes('mine')")


def test_a_visitor_reads_runs_and_writes_no_file(monkeypatch, tmp_path):
    """Tables, rules, sessions and outputs are refused in a sentence; what the visitor brought is read."""
    table, rule = tmp_path / "t.csv", tmp_path / "r.py"
    table.write_text("a,y\n1,0\n2,1\n")
    rule.write_text("raise SystemExit('it ran')\n")
    own = tmp_path / "own"
    own.mkdir()
    (own / "t.csv").write_text(table.read_text())
    (own / "link.csv").symlink_to(table)
    monkeypatch.setenv(VARIABLE, str(own))
    assert Session(suggested_recipe(str(own / "t.csv"))).problem.dataset.rows == 2
    monkeypatch.chdir(own)
    assert read_input(own / "t.csv", "a table", 100)
    assert read_input(entry("xor").path, "a table", 1000)
    for attempt in (
        lambda: read_input(table, "weights", 100),
        lambda: Session(suggested_recipe(str(table))),
        lambda: Session(suggested_recipe("../t.csv")),
        lambda: Session(suggested_recipe("link.csv")),
        lambda: Session(suggested_recipe("-")),
        lambda: Session(suggested_recipe("xor", rule=str(rule))),
        lambda: read_session(tmp_path / "s.tbp"),
        lambda: Output("session", tmp_path / "s.tbp"),
    ):
        with pytest.raises(VisitorError, match="not here"):
            attempt()
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == '["own", "r.py", "t.csv"]'


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--port", "0"], "a port"),
        (["--sessions", "x"], "a number of sittings"),
        (["--host", "no..such"], "there is no such address"),
        (["--host", "192.0.2.1"], "this machine does not have this address"),
    ],
)
def test_what_cannot_be_served_is_one_line(capsys, arguments, why):
    """With what was expected, and before an address is printed."""
    assert why in refused(capsys, "serve", *arguments)


def test_a_port_that_is_taken_is_one_line(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "another program listens there" in refused(capsys, "serve", "--port", str(other.getsockname()[1]))
