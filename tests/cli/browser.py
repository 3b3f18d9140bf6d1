"""A headless Chromium that tests drive by its own protocol, DevTools."""

from __future__ import annotations

import asyncio
import json
import shutil
from itertools import count

import aiohttp

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_LISTENING = "DevTools listening on "
_RECORDED = """
window.seen = "";
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", async (m) => {
      const text = typeof m.data === "string" ? m.data : await new Response(m.data).text();
      window.seen += text;
    });
  }
};
"""


class Browser:
    """One page of a browser, which keeps what its websockets receive in `seen`."""

    def __init__(self, folder):
        self._folder, self._numbers = folder, count(1)

    async def __aenter__(self):
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
            f"--user-data-dir={self._folder}", "--window-size=1000,700", "about:blank", stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        while _LISTENING not in (line := (await self._process.stderr.readline()).decode()):
            assert line, "the browser ended"
        self._reading = asyncio.create_task(self._process.stderr.read())
        self._client = aiohttp.ClientSession()
        root = line.split(_LISTENING)[1].strip()
        async with self._client.get(f"http://{root.split('/')[2]}/json") as answer:
            page = next(one for one in await answer.json() if one["type"] == "page")
        self._socket = await self._client.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0)
        await self.ask("Page.enable")
        await self.ask("Page.addScriptToEvaluateOnNewDocument", source=_RECORDED)
        return self

    async def __aexit__(self, *_):
        await self._socket.close()
        await self._client.close()
        self._process.terminate()
        await self._process.wait()
        self._reading.cancel()

    async def ask(self, method, **parameters):
        """Send a command and return its result."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(60):
            async for message in self._socket:
                found = json.loads(message.data)
                if found.get("id") == number:
                    return found.get("result", {})  # none where the page has just gone to another one
        raise AssertionError("the browser went away")

    async def value(self, expression):
        """Return what an expression is in the page."""
        found = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")

    async def until(self, expression):
        """Wait until an expression is true in the page."""
        for _ in range(600):
            if await self.value(expression):
                return
            await asyncio.sleep(0.1)
        shown = [await self.value(one) for one in ("String(location)", "document.body.innerText", "window.seen")]
        raise AssertionError(f"{expression} did not become true: {shown!r}"[:3000])

    async def type(self, character):
        """Press a key that writes a character."""
        for kind in ("keyDown", "keyUp"):
            await self.ask("Input.dispatchKeyEvent", type=kind, text=character, key=character)

    async def choose_file(self, path):
        """Choose a file in the form of the page."""
        root = (await self.ask("DOM.getDocument"))["root"]["nodeId"]
        node = (await self.ask("DOM.querySelector", nodeId=root, selector="input[type=file]"))["nodeId"]
        await self.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
