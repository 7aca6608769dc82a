"""Runners execute command lines. A runner has `start(line, environment, folder, skip_shell) -> subprocess.Popen`."""

import os
import subprocess
import time
import uuid
from pathlib import Path

from envelopes import Fault


class Sh:
    """Our model of a host: `sh -c` on this computer. It tests the transport of bytes, and nothing specific to Windows."""

    def start(self, line, environment, folder, _skips_shell):
        return subprocess.Popen(
            ["/bin/sh", "-c", line],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder or "/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), **environment},
            start_new_session=True,
        )


WINE = "/usr/lib/wine/wine64"


class Wine:
    """The Windows host that this service belongs to: the variable WINEPREFIX names it."""

    def __init__(self):
        self.folder = Path(os.environ["WINEPREFIX"], "drive_c", "lab", "run")

    def start(self, line, environment, folder, skips_shell):
        if not skips_shell:
            line = f'C:\\windows\\system32\\cmd.exe /d /s /c "{line}"'
        texts = [line, folder or "", *(f"{name}={value}" for name, value in environment.items())]
        file = self.folder / str(uuid.uuid4())
        file.write_bytes("\0".join([*texts, "", ""]).encode("utf-16-le"))
        return Launched(file)


class Launched(subprocess.Popen):
    """A command line that runs in Wine, by programs/launch.c. All that it has started ends with this process."""

    def __init__(self, file):
        self.code_file, self.code = Path(f"{file}.code"), None
        super().__init__(
            [WINE, "C:\\lab\\launch.exe", f"C:\\lab\\run\\{file.name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
        while file.exists() and self.poll() is None:
            time.sleep(0.002)
        if file.exists():
            file.unlink()
            raise Fault(0x80070000 | self.wait(), "The program can't be started.")

    def wait(self, timeout=None):
        """The exit code of Windows, which has 32 bits. Whoever is killed from outside has -1."""
        super().wait(timeout)
        if self.code_file.exists():
            self.code = int(self.code_file.read_text(encoding="ascii"))
            self.code_file.unlink()
        return -1 if self.code is None else self.code


RUNNERS = {"sh": Sh, "wine": Wine}
