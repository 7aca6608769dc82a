"""HTTP as Windows speaks it: a login is valid for its connection, and the messages after it are encrypted."""

import base64
import re
import select
import socket
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from acceptors import Refused
from envelopes import WMI, Fault, Request, envelope, fault

SEALED = "application/HTTP-SPNEGO-session-encrypted"
BOUNDARY = b"--Encrypted Boundary"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address, settings, shells, wmi, emit):
        super().__init__(address, Handler)
        self.settings, self.shells, self.wmi, self.emit = settings, shells, wmi, emit
        self.forced = []  # answers that a test has set for the next requests
        self.context = None
        if settings.certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(settings.certificate, settings.key)

    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(10)
            request = self.context.wrap_socket(request, server_side=True)
            request.settimeout(None)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass  # tests break connections on purpose

    def force(self, verb):
        for answer in self.forced:
            if answer["on"] in (verb, "*"):
                self.forced.remove(answer)
                return answer
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    acceptor = None
    is_authenticated = False
    by_basic = False
    last = 0.0

    def log_message(self, *_):
        pass

    def do_POST(self):
        settings = self.server.settings
        length = int(self.headers.get("Content-Length") or 0)
        if length > settings.max_envelope_kb * 1024:
            self.close_connection = True
            return self.reply(413)
        body = self.rfile.read(length)
        if len(body) < length:
            return None
        if self.path.split("?")[0] != "/wsman":
            return self.reply(404)
        idle, self.last = time.monotonic() - self.last, time.monotonic()
        authorization = self.headers.get("Authorization", "")
        if authorization.startswith("Negotiate "):
            return self.negotiate(base64.b64decode(authorization[10:]), body)
        if authorization.startswith("Basic ") and settings.basic:
            self.is_authenticated = self.by_basic = base64.b64decode(authorization[6:]).decode() in settings.logins
        elif self.is_authenticated and not self.by_basic and idle > settings.idle_seconds:
            self.is_authenticated, self.acceptor = False, None
            return self.reply(400)
        if not self.is_authenticated:
            return self.reply(401)
        return self.serve(body)

    def negotiate(self, token, body):
        try:
            if self.server.settings.refuses_ntlm:
                raise Refused("NTLM is switched off")
            if self.acceptor is None or self.acceptor.complete:
                self.is_authenticated = False
                self.acceptor = self.server.settings.acceptor(self.server.settings.pem)
            out = self.acceptor.step(token)
        except Refused as error:
            self.server.emit(event="login", accepted=False, reason=str(error))
            self.acceptor = None
            return self.reply(401)
        challenge = base64.b64encode(out).decode() if out else None
        if not self.acceptor.complete:
            return self.reply(401, challenge=challenge)
        self.is_authenticated, self.by_basic = True, False
        self.server.emit(event="login", accepted=True)
        return self.serve(body) if body else self.reply(200, challenge=challenge)

    def serve(self, body):
        content_type = self.headers.get("Content-Type", "")
        is_sealed = content_type.startswith("multipart/encrypted")
        if is_sealed and self.acceptor is not None:
            message = self.unseal(body)
            if message is None:
                return self.reply(400)
        elif self.server.context is None:
            return self.reply(500)  # AllowUnencrypted is false
        else:
            is_sealed, message = False, body
        request = None
        try:
            request = Request(message)
            forced = self.server.force(request.verb)
            if forced and forced.get("status"):
                return self.reply(forced["status"])
            if forced:
                raise Fault(forced["code"], forced.get("message", "forced by the test"))
            time.sleep(self.server.settings.delay_ms / 1000)
            plugin = self.server.wmi if request.resource.startswith(WMI) else self.server.shells
            if plugin is None:
                raise Fault(2150858811, f"The resource URI {request.resource} is not there.", "a:DestinationUnreachable")
            answer = plugin.answer(request, self.is_wanted)
            status, answer = 200, envelope(request.action + "Response", request.message_id, answer)
        except Fault as error:
            status, answer = 500, fault(request.message_id if request else "", error)
        verb = request.verb if request else "?"
        self.server.emit(event="request", verb=verb, status=status, received=len(message), sent=len(answer))
        return self.reply(status, answer, is_sealed)

    def is_wanted(self):
        """Whether the client is still connected. Windows stops serving a request when its connection is closed."""
        if self.server.context:
            return True
        readable, _, _ = select.select([self.connection], [], [], 0)
        return not readable or self.connection.recv(1, socket.MSG_PEEK) != b""

    def unseal(self, body):
        found = re.search(rb"Length=(\d+)", body[:400])
        start = body.find(b"octet-stream\r\n") + len(b"octet-stream\r\n")
        if not found or start < 20 or body[start : start + 4] != b"\x10\0\0\0":
            return None
        length = int(found[1])
        signature, sealed = body[start + 4 : start + 20], body[start + 20 : start + 20 + length]
        if len(sealed) != length or not body[start + 20 + length :].startswith(BOUNDARY):
            return None
        try:
            return self.acceptor.unseal(signature, sealed)
        except Exception as error:  # the signature is wrong or out of sequence
            self.server.emit(event="unsealed", accepted=False, reason=str(error))
            return None

    def seal(self, message):
        signature, sealed = self.acceptor.seal(message)
        original = f"type=application/soap+xml;charset=UTF-8;Length={len(message)}".encode()
        head = BOUNDARY + b"\r\n\tContent-Type: " + SEALED.encode() + b"\r\n\tOriginalContent: " + original + b"\r\n"
        part = BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n\x10\0\0\0"
        return head + part + signature + sealed + BOUNDARY + b"--\r\n"

    def reply(self, status, body=b"", is_sealed=False, challenge=None):
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", f"Negotiate {challenge}" if challenge else "Negotiate")
            if self.server.settings.basic and not challenge:
                self.send_header("WWW-Authenticate", 'Basic realm="WSMAN"')
        elif challenge:
            self.send_header("WWW-Authenticate", f"Negotiate {challenge}")
        if is_sealed:
            body = self.seal(body)
            self.send_header("Content-Type", f'multipart/encrypted;protocol="{SEALED}";boundary="Encrypted Boundary"')
        elif body:
            self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        if self.server.settings.chunked and body:
            self.send_header("Transfer-Encoding", "chunked")
            parts = [body[at : at + 700] for at in range(0, len(body), 700)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self):
        return "Microsoft-HTTPAPI/2.0"
