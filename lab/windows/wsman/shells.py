"""Remote shells and the commands in them ([MS-WSMV] 3.1.4), with the limits that Windows has."""

import base64
import os
import signal
import threading
import time
import uuid
from xml.sax.saxutils import escape

from envelopes import NS, SHELL, TRANSFER, Fault, duration

ACTIONS = {"Create": TRANSFER, "Delete": TRANSFER} | {
    verb: SHELL for verb in ("Command", "Receive", "Send", "Signal")
}
DONE, RUNNING = f"{SHELL}/CommandState/Done", f"{SHELL}/CommandState/Running"
# A program whose output nobody receives blocks when this many bytes wait.
FULL = 65536


def gone(what):
    return Fault(2150858843, f"The request has an unknown {what}.", "w:InvalidSelectors")


class Command:
    """A running program. Its output waits here until a Receive fetches it."""

    def __init__(self, process):
        self.process = process
        self.output = {"stdout": bytearray(), "stderr": bytearray()}
        self.open = {"stdout", "stderr"}
        self.changed = threading.Condition()
        self.exit_reported = False
        for name in list(self.open):
            threading.Thread(target=self._gather, args=(name, getattr(process, name)), daemon=True).start()

    def _gather(self, name, pipe):
        while data := os.read(pipe.fileno(), 8192):
            with self.changed:
                self.output[name] += data
                self.changed.notify_all()
                while len(self.output[name]) >= FULL and self.process is not None:
                    self.changed.wait(1)
        with self.changed:
            self.open.discard(name)
            self.changed.notify_all()

    def receive(self, seconds, most, is_wanted):
        """At most `most` bytes of output, and the exit code at the end. Waits for output or the exit."""
        end = time.monotonic() + seconds
        with self.changed:
            while not any(self.output.values()) and self.open:
                left = end - time.monotonic()
                if left <= 0 or not is_wanted():
                    raise Fault(
                        2150858793,
                        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
                        "w:TimedOut",
                    )
                self.changed.wait(min(left, 0.05))
            streams = []
            for name, data in self.output.items():
                if data:
                    streams.append((name, bytes(data[:most]), False))
                    most -= len(data[:most])
                    del data[: len(streams[-1][1])]
            self.changed.notify_all()
            if self.open or any(self.output.values()):
                return streams, None
        self.exit_reported = True
        return streams + [(name, b"", True) for name in self.output], self.process.wait() & 0xFFFFFFFF

    def end(self):
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


class Shell:
    def __init__(self, identifier, environment, folder, idle):
        self.id, self.environment, self.folder, self.idle = identifier, environment, folder, idle
        self.commands = {}
        self.used = time.monotonic()

    def end(self):
        for command in self.commands.values():
            command.end()


class Shells:
    """All shells of the service. A method per verb takes a request and returns the body of the answer."""

    def __init__(self, runner, limits, emit):
        self.runner, self.limits, self.emit = runner, limits, emit
        self.shells = {}
        self.lock = threading.Lock()
        threading.Thread(target=self._expire, daemon=True).start()

    def answer(self, request, is_wanted):
        if ACTIONS.get(request.verb) is None or request.action != f"{ACTIONS[request.verb]}/{request.verb}":
            raise Fault(2150858752, f"{request.action} is not supported", "w:ActionNotSupported")
        if request.resource != f"{SHELL}/cmd":
            raise Fault(2150858752, f"there is no resource {request.resource}", "a:DestinationUnreachable")
        return getattr(self, request.verb.lower())(request, is_wanted)

    def create(self, request, _):
        if self.limits.denies_shells:
            raise Fault(2150859180, "The WS-Management service is configured to not allow remote shells.", "w:AccessDenied")
        given = request.body.find("rsp:Shell", NS)
        if given is None:
            raise Fault(2150858817, "no rsp:Shell", "w:SchemaValidationError")
        environment = {v.get("Name"): v.text or "" for v in given.findall("rsp:Environment/rsp:Variable", NS)}
        if self.limits.no_temp:
            environment |= {"TEMP": "C:\\nowhere", "TMP": "C:\\nowhere"}
        idle = duration(given.findtext("rsp:IdleTimeOut", "PT7200S", NS))
        chosen = None if self.limits.own_ids else given.get("ShellId")
        shell = Shell(chosen or new_id(), environment, given.findtext("rsp:WorkingDirectory", None, NS), idle)
        with self.lock:
            if len(self.shells) >= self.limits.max_shells:
                raise Fault(2150859173, "The maximum number of concurrent shells for this user has been exceeded.", "w:QuotaLimit")
            if shell.id in self.shells:
                raise Fault(2150858751, "a shell with this id exists", "w:AlreadyExists")
            self.shells[shell.id] = shell
        self.emit(event="shell", id=shell.id, state="created")
        selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet>'
        return (
            f"<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{SHELL}/cmd</w:ResourceURI>{selector}</a:ReferenceParameters></x:ResourceCreated>"
            f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId><rsp:IdleTimeOut>PT{idle:.3f}S</rsp:IdleTimeOut></rsp:Shell>"
        )

    def command(self, request, _):
        shell = self._shell(request)
        line = request.body.find("rsp:CommandLine", NS)
        words = [line.findtext("rsp:Command", "", NS)] + [a.text or "" for a in line.findall("rsp:Arguments", NS)]
        chosen = None if self.limits.own_ids else line.get("CommandId")
        identifier = chosen or new_id()
        if identifier in shell.commands:
            raise Fault(2150858751, "a command with this id exists", "w:AlreadyExists")
        skip = request.options.get("WINRS_SKIP_CMD_SHELL", "FALSE").upper() == "TRUE"
        process = self.runner.start(" ".join(words), shell.environment, shell.folder, skip)
        shell.commands[identifier] = Command(process)
        self.emit(event="command", id=identifier, line=" ".join(words))
        return f"<rsp:CommandResponse><rsp:CommandId>{escape(identifier)}</rsp:CommandId></rsp:CommandResponse>"

    def receive(self, request, is_wanted):
        shell = self._shell(request)
        identifier, command = self._command(shell, request.body.find("rsp:Receive/rsp:DesiredStream", NS))
        if command.exit_reported:
            raise gone("command")
        try:
            streams, code = command.receive(request.timeout, self.limits.receive_bytes, is_wanted)
        finally:
            shell.used = time.monotonic()
        name = f'CommandId="{escape(identifier)}"'
        texts = [
            f'<rsp:Stream Name="{stream}" {name}{" End=" + chr(34) + "true" + chr(34) if end else ""}>'
            f"{base64.b64encode(data).decode()}</rsp:Stream>"
            for stream, data, end in streams
        ]
        state = f'<rsp:CommandState {name} State="{RUNNING}"></rsp:CommandState>'
        if code is not None:
            state = f'<rsp:CommandState {name} State="{DONE}"><rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState>'
        return f"<rsp:ReceiveResponse>{''.join(texts)}{state}</rsp:ReceiveResponse>"

    def send(self, request, _):
        shell = self._shell(request)
        stream = request.body.find("rsp:Send/rsp:Stream", NS)
        _, command = self._command(shell, stream)
        try:
            command.process.stdin.write(base64.b64decode(stream.text or ""))
            command.process.stdin.flush()
            if stream.get("End", "false").lower() == "true":
                command.process.stdin.close()
        except (BrokenPipeError, ValueError):
            pass  # the program has closed its standard input
        return "<rsp:SendResponse/>"

    def signal(self, request, _):
        shell = self._shell(request)
        identifier, command = self._command(shell, request.body.find("rsp:Signal", NS))
        if request.body.findtext("rsp:Signal/rsp:Code", "", NS).endswith("/signal/terminate"):
            command.end()
            del shell.commands[identifier]
        return "<rsp:SignalResponse/>"

    def delete(self, request, _):
        shell = self._shell(request)
        with self.lock:
            if self.shells.pop(shell.id, None) is None:
                raise gone("shell")
        shell.end()
        self.emit(event="shell", id=shell.id, state="deleted")
        return ""

    def _shell(self, request):
        shell = self.shells.get(request.selectors.get("ShellId"))
        if shell is None:
            raise gone("shell")
        shell.used = time.monotonic()
        return shell

    def _command(self, shell, element):
        identifier = element.get("CommandId") if element is not None else None
        command = shell.commands.get(identifier)
        if command is None:
            raise gone("command")
        return identifier, command

    def _expire(self):
        while True:
            time.sleep(0.5)
            with self.lock:
                old = [s for s in self.shells.values() if time.monotonic() - s.used > s.idle]
                for shell in old:
                    del self.shells[shell.id]
            for shell in old:
                shell.end()
                self.emit(event="shell", id=shell.id, state="expired")

    def end(self):
        for shell in list(self.shells.values()):
            shell.end()


def new_id():
    return str(uuid.uuid4()).upper()
