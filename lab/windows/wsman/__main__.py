"""
A WinRM service for tests and demonstrations. The login and the encryption are those of pyspnego or gss-ntlmssp, the
shells are our model of [MS-WSMV], and a runner executes the commands. It serves 127.0.0.1 alone.

It prints a line of JSON with its port, then one for each event, and ends with its standard input. A line of JSON there
asks for the answer to the next request of a verb: {"on": "Create", "code": 2150859173} or {"on": "*", "status": 503};
{"echo": 1} is printed as it is, after all that has happened before.
"""

import argparse
import json
import os
import signal
import sys
import threading

from acceptors import ACCEPTORS
from connections import Server
from runners import RUNNERS
from shells import Shells


def settings():
    parser = argparse.ArgumentParser()
    parser.add_argument("--acceptor", choices=ACCEPTORS, default="spnego")
    parser.add_argument("--runner", choices=RUNNERS, default="sh")
    parser.add_argument("--users", required=True, help="file with lines DOMAIN:user:password, as NTLM_USER_FILE")
    parser.add_argument("--certificate", help="PEM; with it the service speaks https, and channel binding is required")
    parser.add_argument("--key")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--chunked", action="store_true")
    parser.add_argument("--own-ids", action="store_true", help="take no notice of the identifiers that a client chooses")
    parser.add_argument("--max-shells", type=int, default=30)
    parser.add_argument("--max-envelope-kb", type=int, default=500)
    parser.add_argument("--receive-bytes", type=int, default=32768)
    parser.add_argument("--idle-seconds", type=float, default=120)
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


def main():
    given = settings()
    printing = threading.Lock()

    def emit(**event):
        with printing:
            print(json.dumps(event), flush=True)

    shells = Shells(RUNNERS[given.runner](), given, emit)
    server = Server(("127.0.0.1", 0), given, shells, emit)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGKILL) if shells.end() is None else None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    emit(port=server.server_address[1])
    for line in sys.stdin:
        wish = json.loads(line)
        emit(**wish) if "echo" in wish else server.forced.append(wish)
    shells.end()


main()
