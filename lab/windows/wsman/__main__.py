"""
A WinRM service for tests and benchmarks. pyspnego or gss-ntlmssp does the login and the encryption, the shells are our
model of [MS-WSMV], and a runner executes the commands. It listens on 127.0.0.1 only.

It prints its port as a line of JSON, then one line for each event. It exits at the end of its standard input. A line of
JSON on standard input sets the answer to the next request of a verb: {"on": "Create", "code": 2150859173} or
{"on": "*", "status": 503}. {"echo": 1} is printed back after all earlier events. With
--control, clients of a Unix socket take the place of standard input and output, and the service runs until it is killed.
"""

import argparse
import json
import os
import signal
import socketserver
import sys
import threading

from acceptors import ACCEPTORS
from connections import Server
from runners import RUNNERS
from shells import Shells
from wmi import Wmi


def settings():
    parser = argparse.ArgumentParser()
    parser.add_argument("--acceptor", choices=ACCEPTORS, default="spnego")
    parser.add_argument("--runner", choices=RUNNERS, default="sh")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", help="path of the Unix socket to listen on for orders")
    parser.add_argument("--users", required=True, help="file of lines DOMAIN:user:password, in the format of NTLM_USER_FILE")
    parser.add_argument("--certificate", help="PEM file; with it the service speaks HTTPS and requires channel binding")
    parser.add_argument("--key")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--chunked", action="store_true")
    parser.add_argument("--own-ids", action="store_true", help="ignore the shell and command ids that a client chooses")
    parser.add_argument("--max-shells", type=int, default=30)
    parser.add_argument("--max-envelope-kb", type=int, default=500)
    parser.add_argument("--receive-bytes", type=int, default=32768)
    parser.add_argument("--idle-seconds", type=float, default=120)
    parser.add_argument("--delay-ms", type=float, default=0, help="how long each request takes at least")
    parser.add_argument("--refuses-ntlm", action="store_true", help="refuse each login by NTLM, as a policy does")
    parser.add_argument("--denies-shells", action="store_true", help="as the policy AllowRemoteShellAccess does, when it is off")
    parser.add_argument("--denies-wmi", action="store_true", help="as for a user without rights on the namespace")
    parser.add_argument("--old-wmi", action="store_true", help="without properties that Windows Server 2012 lacks")
    parser.add_argument("--no-temp", action="store_true", help="%%TEMP%% is a folder that is not there")
    given = parser.parse_args()
    os.environ["NTLM_USER_FILE"] = given.users
    with open(given.users, encoding="utf-8") as lines:
        given.logins = {line.rstrip("\n").split(":", 1)[1] for line in lines if line.startswith(":")}
    given.acceptor = ACCEPTORS[given.acceptor]
    given.pem = None
    if given.certificate:
        with open(given.certificate, "rb") as pem:
            given.pem = pem.read()
    return given


class Watchers:
    """Sends each event to everybody who watches the service, and takes their orders."""

    def __init__(self):
        self.outputs, self.lock = [], threading.Lock()

    def emit(self, **event):
        with self.lock:
            for output in list(self.outputs):
                self._send(output, event)

    def attend(self, orders, output, server):
        """Serves one of them until the end of its orders."""
        with self.lock:
            self._send(output, {"port": server.server_address[1]})
            self.outputs.append(output)
        try:
            for line in orders:
                order = json.loads(line)
                if "echo" not in order:
                    server.forced.append(order)
                    continue
                with self.lock:
                    self._send(output, order)
        except ConnectionError:
            pass  # the other way to go
        finally:
            with self.lock:
                self.outputs.remove(output)

    @staticmethod
    def _send(output, event):
        try:
            output.write(json.dumps(event) + "\n")
            output.flush()
        except OSError:
            pass  # a watcher that has gone: its orders end, too


def attend_socket(path, watchers, server):
    class Connection(socketserver.StreamRequestHandler):
        def handle(self):
            with self.connection.makefile("r") as orders, self.connection.makefile("w") as output:
                watchers.attend(orders, output, server)

    class Control(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a watcher that has gone

    Control(path, Connection).serve_forever()


def main():
    given = settings()
    watchers = Watchers()
    shells = Shells(RUNNERS[given.runner](), given, watchers.emit)
    wmi = Wmi(given) if given.runner == "wine" else None
    server = Server(("127.0.0.1", given.port), given, shells, wmi, watchers.emit)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGKILL) if shells.end() is None else None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if given.control:
        attend_socket(given.control, watchers, server)
    watchers.attend(sys.stdin, sys.stdout, server)
    shells.end()


main()
