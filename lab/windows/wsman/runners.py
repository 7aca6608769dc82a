"""Runners execute command lines. A runner has `start(line, environment, folder, skip_shell) -> subprocess.Popen`."""

import os
import subprocess


class Sh:
    """Our model of a host: `sh -c` on this computer. It tests the transport of bytes, and nothing specific to Windows."""

    def start(self, line, environment, folder, _skip_shell):
        return subprocess.Popen(
            ["/bin/sh", "-c", line],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder or "/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), **environment},
            start_new_session=True,
        )


RUNNERS = {"sh": Sh}
