"""Looks at the inspector with Chromium, as a person would: browser.py LINK VISITOR_PORT HOST CHECK [PICTURES]

LINK is what the agent printed. Requests to VISITOR_PORT with the Host HOST reach an origin that answers like
echo_origin.py. CHECK is the name of one function below. Prints `ok CHECK` as its last line; with PICTURES, a folder,
it leaves screenshots there.
"""

import http.client
import json
import pathlib
import re
import socket
import struct
import sys
import urllib.parse
import zlib

from playwright.sync_api import expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
HOSTILE = (
    "<!doctype html><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    "<svg onload=\"document.title='taken'\"></svg><a href='javascript:document.title=1'>x</a>"
    "</textarea></pre></dialog><iframe srcdoc='<script>parent.document.title=1</script>'></iframe>"
)


def dot():
    """A PNG of one pixel."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\x10\x80\x70")) + chunk(b"IEND", b"")


class Visitor:
    """Somebody on the internet."""

    def __init__(self, port, host):
        self.port, self.host = port, host

    def ask(self, method, path, body=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"host": self.host} | {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def follow(self, path):
        """Begins a request, and keeps it open until the socket that it gives is closed."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {self.host}\r\n\r\n".encode())
        connection.recv(1)
        return connection


class Inspector:
    """One open page; every complaint of the browser is noted."""

    def __init__(self, browser, link, pictures, scheme="light", width=1280, height=800):
        self.context = browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.page = self.context.new_page()
        self.link, self.pictures = link, pictures
        self.complaints, self.addresses = [], []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective))"
        )
        self.page.goto(link)

    def heard(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def rows(self, text):
        return self.page.locator(".item", has_text=text)

    def open(self, text, tab=None):
        self.rows(text).first.click()
        expect(self.page.locator("#detail .title")).to_contain_text(text)
        if tab:
            self.page.get_by_role("tab", name=tab).click()
        return self.page.locator("#panel")

    def picture(self, name):
        if self.pictures:
            self.page.screenshot(path=f"{self.pictures}/{name}.png")

    def is_quiet(self):
        assert self.complaints == [], self.complaints


def live(visitor, inspector, _):
    """The list fills by itself, newest first, and a search narrows it."""
    page = inspector.page
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("#detail")).to_contain_text("Waiting for the first request")
    visitor.ask("POST", "/echo?number=1", b"the first")
    visitor.ask("POST", "/echo?number=2&status=503", b"the second: needle")
    expect(inspector.rows("/echo")).to_have_count(2)
    expect(page.locator(".item").first).to_contain_text("number=2")
    expect(inspector.rows("number=2").locator(".status")).to_have_text("503")
    expect(inspector.rows("number=2").locator(".status")).to_have_attribute("data-kind", "failed")
    page.keyboard.press("/")
    page.keyboard.type("needle")
    expect(inspector.rows("/echo")).to_have_count(1)
    visitor.ask("POST", "/echo?number=3", b"another needle")
    visitor.ask("POST", "/echo?number=4", b"hay")
    expect(inspector.rows("number=3")).to_have_count(1)
    expect(inspector.rows("/echo")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(inspector.rows("/echo")).to_have_count(4)


def token(visitor, inspector, browser):
    """The token leaves the address bar, goes nowhere but into a header, and without it there is nothing to see."""
    page = inspector.page
    secret = urllib.parse.parse_qs(urllib.parse.urlsplit(inspector.link).query)["token"][0]
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    assert secret not in page.url, page.url
    assert [address for address in inspector.addresses if secret in address] == [inspector.link]
    assert secret not in page.content()
    page.reload()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    visitor.ask("GET", "/echo")
    expect(inspector.rows("/echo")).to_have_count(1)
    site = inspector.link.split("?")[0]
    for link in (site, f"{site}?token={'0' * len(secret)}"):
        stranger = Inspector(browser, link, None)
        expect(stranger.page.locator("#detail")).to_contain_text("Open the link the agent printed")
        expect(stranger.page.locator(".item")).to_have_count(0)
        stranger.context.close()


def detail(visitor, inspector, _):
    """Headers, bodies by what they are, secrets out, timing by hop; all of it by keyboard."""
    page = inspector.page
    visitor.ask("POST", "/echo?type=image/png", dot(), content_type="image/png")
    visitor.ask("POST", "/echo?type=application/octet-stream", bytes(range(256)))
    body = b'{"big":90071992547409931,"list":[1,true,null],"password":"do-not-show-this"}'
    visitor.ask("POST", "/echo?type=application/json", body, content_type="application/json", authorization="Bearer do-not-show-this")
    expect(inspector.rows("/echo")).to_have_count(3)
    panel = inspector.open("application/json")
    expect(panel).to_contain_text("Waiting")
    expect(panel.locator(".fill").first).to_be_visible()
    inspector.picture("overview")
    panel = inspector.open("application/json", "Request")
    expect(panel.locator(".redacted").first).to_be_visible()
    expect(panel).to_contain_text('"big": 90071992547409931,')
    assert "do-not-show-this" not in page.content()
    inspector.picture("request")
    panel = inspector.open("application/json", "Response")
    expect(panel).to_contain_text("set-cookie")
    assert "do-not-show-this" not in page.content()
    panel.get_by_role("button", name="Hex").click()
    expect(panel.locator("pre.hex")).to_contain_text("000000  7b 22 62 69 67 22")
    panel = inspector.open("octet-stream", "Response")
    expect(panel.locator("pre")).to_contain_text("000000  00 01 02 03")
    panel = inspector.open("image/png", "Response")
    expect(panel.locator("img")).to_be_visible()
    assert page.evaluate("document.querySelector('#panel img').naturalWidth") == 1
    page.locator("#list").focus()
    page.keyboard.press("Home")
    expect(page.locator("#detail .title")).to_contain_text("application/json")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#detail .title")).to_contain_text("octet-stream")
    page.get_by_role("tab", name="Response").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Request")).to_have_attribute("aria-selected", "true")


def hostile(visitor, inspector, _):
    """What strangers send is text, wherever it is shown."""
    page = inspector.page
    title = page.title()
    path = "/echo?type=text/html&x=" + urllib.parse.quote("<img src=x onerror=alert(1)>")
    visitor.ask("POST", path, HOSTILE.encode(), content_type="text/html", x_note=HOSTILE)
    visitor.ask("POST", "/echo?type=image/svg%2Bxml", HOSTILE.encode(), content_type="image/svg+xml")
    visitor.ask("POST", "/echo?type=application/json", json.dumps({HOSTILE: HOSTILE}).encode())
    expect(inspector.rows("/echo")).to_have_count(3)
    for which in ("text/html", "image/svg", "application/json"):
        for tab in ("Overview", "Request", "Response"):
            panel = inspector.open(which, tab)
            if tab == "Response":
                expect(panel).to_contain_text("document.title=")
        assert page.locator("#detail img, #detail iframe, #detail script, #list img, #detail a").count() == 0
    inspector.picture("hostile")
    page.get_by_role("button", name="Edit & replay").click()
    expect(page.locator("#edit-body")).to_have_value(re.compile("document.title"))
    assert page.title() == title, page.title()


def replay(visitor, inspector, _):
    """A request is sent again, as it was and changed; both appear and say what they repeat."""
    page = inspector.page
    visitor.ask("POST", "/echo?which=first", b"as it was", content_type="text/plain")
    inspector.open("which=first")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(inspector.rows("which=first")).to_have_count(2)
    expect(page.locator("#detail .sub")).to_contain_text("Replay of #1")
    page.get_by_role("button", name="Edit & replay").click()
    inspector.picture("edit")
    page.locator("#edit-method").fill("PUT")
    page.locator("#edit-path").fill("/echo?which=changed&status=201")
    page.locator("#edit-headers").fill("content-type: text/plain\nno header")
    page.locator("#edit-send").click()
    expect(page.locator("#edit-problem")).to_contain_text("Not a header: no header")
    page.locator("#edit-headers").fill("content-type: text/plain\nx-changed: yes")
    page.locator("#edit-body").fill("changed by hand")
    page.locator("#edit-send").click()
    expect(inspector.rows("which=changed")).to_have_count(1)
    expect(page.locator("#detail .title")).to_contain_text("PUT")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#panel")).to_contain_text("x-changed")
    page.get_by_role("tab", name="Response").click()
    expect(page.locator("#panel")).to_contain_text("changed by hand")


def exports(visitor, inspector, _):
    """A command on the clipboard, and an archive that parses."""
    page = inspector.page
    visitor.ask("POST", "/echo?it's=quoted", b"some 'body'", content_type="text/plain")
    inspector.open("quoted")
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith("curl ") and "quoted" in command, command
    with page.expect_download() as waiting:
        page.locator("#har").click()
    archive = json.loads(pathlib.Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert waiting.value.suggested_filename.endswith(".har")
    assert archive["log"]["version"] == "1.2"
    assert [entry["request"]["method"] for entry in archive["log"]["entries"]] == ["POST"]
    assert archive["log"]["entries"][0]["request"]["postData"]["text"] == "some 'body'"


def control(visitor, inspector, browser):
    """A pause holds the list still, and whoever clears it clears it for every page."""
    page = inspector.page
    other = Inspector(browser, inspector.link, None)
    visitor.ask("GET", "/echo?n=1")
    expect(inspector.rows("/echo")).to_have_count(1)
    page.locator("#pause").click()
    visitor.ask("GET", "/echo?n=2")
    expect(other.rows("/echo")).to_have_count(2)
    expect(page.locator("#held")).to_be_visible()
    expect(inspector.rows("/echo")).to_have_count(1)
    page.locator("#held").click()
    expect(inspector.rows("/echo")).to_have_count(2)
    # Shown whole, or what is still asked for would be gone with the clearing.
    expect(inspector.open("n=2")).to_contain_text("Waiting")
    page.locator("#clear").click()
    for each in (inspector, other):
        expect(each.page.locator(".item")).to_have_count(0)
        expect(each.page.locator("#detail")).to_contain_text("Waiting for the first request")
    other.is_quiet()
    other.context.close()


def messages(visitor, inspector, _):
    """Server-sent events appear while the stream is open."""
    page = inspector.page
    stream = visitor.follow("/events")
    expect(inspector.rows("/events").locator(".took")).to_have_text("open")
    panel = inspector.open("/events", "Messages")
    expect(panel.locator(".message")).to_have_count(3)
    expect(panel.locator(".message").nth(2)).to_contain_text('{"number":2}')
    inspector.picture("messages")
    stream.close()
    expect(page.locator("#detail .sub")).not_to_contain_text("still open")


def crowd(visitor, inspector, browser):
    """A thousand requests: the page keeps a bounded number of rows and stays quick."""
    page = inspector.page
    for number in range(1000):
        visitor.ask("GET", f"/echo?n={number}")
    expect(page.locator(".item").first).to_contain_text("n=999")
    assert page.locator(".item").count() < 60, page.locator(".item").count()
    page.locator("#list").focus()
    # As many as the agent keeps.
    expect(page.locator("#count")).to_have_text("500 requests")
    page.keyboard.press("End")
    expect(page.locator("#detail .title")).to_contain_text("/echo?n=500")
    oldest = page.locator('.item[aria-selected="true"] .path').inner_text()
    assert oldest == "/echo?n=500", oldest
    for scheme, width, height in (("light", 1280, 800), ("dark", 1280, 800), ("light", 800, 600), ("dark", 800, 600)):
        other = Inspector(browser, inspector.link, inspector.pictures, scheme, width, height)
        other.open("n=998")
        other.picture(f"crowd-{scheme}-{width}")
        wide = other.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (wide, width)
        other.is_quiet()
        other.context.close()


CHECKS = {check.__name__: check for check in (live, token, detail, hostile, replay, exports, control, messages, crowd)}


def main():
    link, port, host, name = sys.argv[1:5]
    pictures = sys.argv[5] if len(sys.argv) > 5 else None
    with sync_playwright() as playwright:
        # The sandbox needs privileges that a container may lack; every page it opens is our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        inspector = Inspector(browser, link, pictures)
        try:
            CHECKS[name](Visitor(int(port), host), inspector, browser)
            inspector.is_quiet()
        except BaseException:
            print("complaints:", inspector.complaints)
            inspector.picture(f"failed-{name}")
            raise
        browser.close()
    print(f"ok {name}")


main()
