"""A headless browser for the tests of pages: Chromium, told what to do over a pipe.

Where there is no Chromium, the tests that need one are skipped.  Source of the
messages: "Chrome DevTools Protocol"; with --remote-debugging-pipe they are JSON,
each with a NUL after it, on the descriptors 3 and 4 of the browser.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from tests.support import IS_AGAIN, PATIENCE_SECONDS, DidNotCome

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if IS_AGAIN:
    CHROMIUM = None
NO_CHROMIUM = "there is no Chromium here, or it was asked on another Python"
OPTIONS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
READ_BYTES = 1 << 16

# Puts the pipes where the browser looks for them.  Not a task for the shell: dash knows no descriptor above 9.
PLACING = """
import fcntl, os, sys
pipes = [int(number) for number in sys.argv[1:3]]
aside = [fcntl.fcntl(pipe, fcntl.F_DUPFD, 10) for pipe in pipes]
for pipe, place in zip(aside, (3, 4)):
    os.dup2(pipe, place)
for pipe in {*pipes, *aside} - {3, 4}:
    os.close(pipe)
os.execv(sys.argv[3], sys.argv[3:])
"""

# The keys of Input.dispatchKeyEvent that are no characters.
KEY_CODES = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "Escape": 27,
             "Tab": 9, "Enter": 13}  # fmt: skip
SHIFT = 8


class CallFailed(AssertionError):
    """A command was answered with an error."""


class Browser:
    """One browser process with any number of tabs."""

    def __init__(self) -> None:
        assert CHROMIUM, NO_CHROMIUM
        self._folder = tempfile.mkdtemp(prefix="minichat-browser-")
        its_input, self._output = os.pipe()
        self._input, its_output = os.pipe()

        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={self._folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", PLACING, str(its_input), str(its_output), *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(its_input, its_output), start_new_session=True,
        )  # fmt: skip
        os.close(its_input)
        os.close(its_output)
        self._data = b""
        self._count = 0
        self.events: List[Dict[str, Any]] = []  # that came unasked

    def call(self, method: str, session: str = "", **parameters: Any) -> Dict[str, Any]:
        """Give a command and return its result; raise CallFailed for an error."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._output, json.dumps(message).encode() + b"\0")
        answer = self._wait(self._count, method)
        if "error" in answer:
            raise CallFailed(f"{method}: {answer['error']}")
        result: Dict[str, Any] = answer["result"]
        return result

    def tab(self, url: str = "about:blank", width: int = 1280, height: int = 800) -> Tab:
        """Open a tab of that size with a page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Log"):
            tab.call(f"{domain}.enable")
        tab.resize(width, height)
        tab.open(url)
        return tab

    def close(self) -> None:
        """End the browser."""
        try:
            self.call("Browser.close")
        except (DidNotCome, OSError):
            self._process.kill()
        self._process.wait()
        os.close(self._input)
        os.close(self._output)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self, number: int, what: str) -> Dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            while b"\0" in self._data:
                text, _, self._data = self._data.partition(b"\0")
                message: Dict[str, Any] = json.loads(text)
                if message.get("id") == number:
                    return message
                if "method" in message:
                    self.events.append(message)
            if not select.select([self._input], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise DidNotCome(f"the browser does not answer {what}; so far {self.events[-5:]}")
            data = os.read(self._input, READ_BYTES)
            if not data:
                raise DidNotCome(f"the browser has ended at {what}")
            self._data += data


class Tab:
    """One page in the browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: Any) -> Dict[str, Any]:
        """Give a command to this tab."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, url: str) -> None:
        """Load a page, and wait until it is there."""
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def resize(self, width: int, height: int, **features: str) -> None:
        """Give the page this size in CSS pixels, and media features such as prefers-color-scheme."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        values = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=values)

    def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; raise AssertionError if it throws."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, f"{expression}: {done['exceptionDetails']}"
        return done["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._holds(expression):
            if time.monotonic() > deadline:
                raise DidNotCome(f"{expression} does not become true; text: {self.value('document.body.innerText')!r}")
            time.sleep(0.02)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.value(expression))
        except CallFailed as error:  # the page goes while it is asked, and the next one comes
            if "navigated" in str(error) or "context" in str(error):
                return False
            raise

    def press(self, key: str, shift: bool = False) -> None:
        """Press and release a key, by its name in KeyboardEvent.key."""
        fields: Dict[str, Any] = {"key": key, "modifiers": SHIFT if shift else 0}
        if len(key) == 1:
            fields["text"] = key
        else:
            fields["windowsVirtualKeyCode"] = KEY_CODES[key]
            fields["code"] = key
        self.call("Input.dispatchKeyEvent", type="keyDown", **fields)
        self.call("Input.dispatchKeyEvent", type="keyUp", **fields)

    def complaints(self) -> List[str]:
        """Return what the page has complained of: exceptions, reports of its policy, dialogs."""
        self.value("1")  # so that what happened before has come
        kinds = ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")
        return [
            json.dumps(event["params"])[:600]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] in kinds
        ]

    def screenshot(self, file: Optional[Path] = None) -> bytes:
        """Return the page as PNG, and write it to ``file``."""
        data = base64.b64decode(self.call("Page.captureScreenshot")["data"])
        if file:
            file.write_bytes(data)
        return data

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])
