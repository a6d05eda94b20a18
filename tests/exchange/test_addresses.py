"""Where deliveries may go: no address of this machine, of a private network, or of anything but https."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from iops.exchange.webhooks.addresses import AddressRefusedError, target
from iops.exchange.webhooks.calling import call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OPEN = "93.184.215.14"


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have every name lead to these addresses: the answers of a name server that nobody here controls."""

    def lead(*addresses: str) -> None:
        def answer(host: str, port: int, **_: object) -> list[Any]:
            families = [socket.AF_INET6 if ":" in a else socket.AF_INET for a in addresses]
            return [(f, socket.SOCK_STREAM, 6, "", (a, port)) for f, a in zip(families, addresses, strict=True)]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    return lead


@pytest.mark.parametrize(
    "url",
    ["http://partner.example/", "ftp://partner.example/", "file:///etc/passwd", "//partner.example", "partner.example",
     "https://", "https:///path", "https://user:pass@partner.example/", "https://user@partner.example/",
     "https://partner.example/#part", "https://partner.example:99999/", "https://partner.example:x/", "javascript:x",
     "https://partner.example/\r\nX: y", "https://partner.example/ x", "https://pärtner.example/", "",
     "https://partner.example\\@127.0.0.1/", "https://[::1", "https://" + "x" * 600, "https://partner.example/\x00"],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(leads_to: Callable[..., None], url: str) -> None:
    leads_to(OPEN)
    with pytest.raises(AddressRefusedError) as refused:
        target(url)
    assert refused.value.details == {"field": "url"}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
     "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1",
     "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "2001:0:7f00:1::", "::127.0.0.1", "2001:db8::1"],
)  # fmt: skip
def test_an_address_of_this_machine_or_of_a_private_network_is_refused(
    leads_to: Callable[..., None], address: str
) -> None:
    leads_to(address)
    with pytest.raises(AddressRefusedError, match="private network"):
        target("https://partner.example/hook")
    leads_to(OPEN, address)
    with pytest.raises(AddressRefusedError, match="private network"):
        target("https://partner.example/hook")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
def test_no_way_of_writing_this_machine_gets_through(host: str) -> None:
    with pytest.raises(AddressRefusedError):
        target(f"https://{host}/")


def test_an_address_of_the_open_internet_is_taken(leads_to: Callable[..., None]) -> None:
    leads_to(OPEN, "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    found = target("https://partner.example:8443/hook?x=1")
    assert (found.host, found.port, found.path) == ("partner.example", 8443, "/hook?x=1")
    assert [str(a) for a in found.addresses] == [OPEN, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


def test_a_network_that_the_force_allows_is_taken_and_no_other(leads_to: Callable[..., None], settings: Any) -> None:
    settings.IOPS_WEBHOOK_NETWORKS = ["10.1.0.0/16"]
    leads_to("10.1.2.3")
    assert target("https://partner.example").path == "/"
    leads_to("10.2.2.3")
    with pytest.raises(AddressRefusedError):
        target("https://partner.example")


def test_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(AddressRefusedError, match="leads nowhere"):
        target("https://partner.example")


def test_a_name_that_leads_elsewhere_by_the_time_of_sending_is_not_called(leads_to: Callable[..., None]) -> None:
    leads_to(OPEN)
    target("https://partner.example/")
    leads_to("127.0.0.1")
    answer = call("https://partner.example/", b"{}", {})
    assert not answer.acknowledged
    assert answer.words.startswith("not sent: partner.example leads to 127.0.0.1")


@dataclass
class Hook:
    """A subscriber's server with a certificate of its own, on this machine."""

    url: str
    status: int = 204
    drip: float = 0
    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def hook(tmp_path: Path, settings: Any) -> Iterator[Hook]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is missing: a certificate cannot be made")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "own.pem")]
    make = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    settings.IOPS_WEBHOOK_CA = str(tmp_path / "own.pem")
    settings.IOPS_WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]
    server, made = _server(tmp_path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def _server(folder: Path) -> tuple[HTTPServer, Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, body, dict(self.headers)))
            if made.drip:
                for letter in b"HTTP/1.1 200 OK\r\n":
                    self.wfile.write(bytes([letter]))
                    time.sleep(made.drip)
            self.send_response(made.status)
            self.send_header("Location", "https://localhost/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made = Hook(f"https://localhost:{server.server_port}/hook?a=b")
    return server, made


class TestCalling:
    def test_a_subscriber_gets_path_body_and_headers(self, hook: Hook) -> None:
        answer = call(hook.url, b'{"a": 1}', {"IOPS-Delivery": "7"})
        assert (answer.acknowledged, answer.words) == (True, "answered 204")
        path, body, headers = hook.got[0]
        assert (path, body, headers["IOPS-Delivery"]) == ("/hook?a=b", b'{"a": 1}', "7")

    @pytest.mark.parametrize("status", [301, 307, 400, 410, 500, 503])
    def test_anything_but_yes_is_no_and_nothing_is_followed(self, hook: Hook, status: int) -> None:
        hook.status = status
        assert call(hook.url, b"{}", {}).words == f"answered {status}"
        assert not call(hook.url, b"{}", {}).acknowledged
        assert {path for path, _, _ in hook.got} == {"/hook?a=b"}

    def test_a_certificate_of_another_name_is_not_trusted(self, hook: Hook) -> None:
        answer = call(hook.url.replace("localhost", "127.0.0.1"), b"{}", {})
        assert (answer.acknowledged, answer.words) == (False, "no answer: SSLCertVerificationError")
        assert hook.got == []

    def test_a_certificate_that_nobody_vouches_for_is_not_trusted(self, hook: Hook, settings: Any) -> None:
        settings.IOPS_WEBHOOK_CA = ""
        assert "SSLCertVerificationError" in call(hook.url, b"{}", {}).words

    def test_an_answer_that_drips_is_cut_off(self, hook: Hook) -> None:
        hook.drip = 0.1
        answer = call(hook.url, b"{}", {}, seconds=0.4)
        assert not answer.acknowledged
        assert answer.words.startswith("no answer")

    def test_nobody_there_is_an_answer_too(self, hook: Hook) -> None:
        port = hook.url.split(":")[2].split("/")[0]
        assert call(hook.url.replace(port, "1"), b"{}", {}).words == "no answer: ConnectionRefusedError"
