"""The program of the host that answers WMI's questions: programs/wmi.c, which describes the lines that go to and fro."""

import re
import subprocess
import threading

from runners import WINE

ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}
UNESCAPED = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}


def escape(text):
    return re.sub(r"[\t\n\r\\]", lambda found: ESCAPES[found[0]], str(text))


def unescape(field):
    return None if field == "\\0" else re.sub(r"\\.", lambda found: UNESCAPED[found[0]], field)


class Agent:
    def __init__(self):
        self.lock = threading.Lock()
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([WINE, "C:\\lab\\wmi.exe"], cwd="/", encoding="utf-8", **streams)

    def ask(self, *fields):
        """The error code of Windows, and rows of texts."""
        rows = []
        with self.lock:
            self.process.stdin.write("\t".join(map(escape, fields)) + "\n")
            self.process.stdin.flush()
            for line in self.process.stdout:
                line = line.rstrip("\r\n")
                if line.startswith("."):
                    return int(line[1:]), rows
                rows.append([unescape(field) for field in line[1:].split("\t")])
        raise ConnectionError("the program that answers WMI has ended")
