"""
A command by pywinrm and the same by pypsrp: clients that people run against Windows. Arguments: URL, user, password, command line,
its variables as JSON, and its standard input.
"""

import json
import sys
from urllib.parse import urlsplit

import winrm
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

url, user, password, line, variables, text = sys.argv[1:]
environment = json.loads(variables)
parts = urlsplit(url)


def by_pywinrm():
    is_tls = parts.scheme == "https"
    protocol = winrm.Protocol(
        endpoint=url,
        transport="ntlm",
        username=user,
        password=password,
        server_cert_validation="ignore" if is_tls else "validate",
        message_encryption="auto" if is_tls else "always",
    )
    shell = protocol.open_shell(env_vars=environment)
    command = protocol.run_command(shell, line)
    protocol.send_command_input(shell, command, text.encode(), end=True)
    stdout, stderr, code = protocol.get_command_output(shell, command)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    return {"stdout": stdout.decode(), "stderr": stderr.decode(), "code": code}


def by_pypsrp():
    options = {"ssl": parts.scheme == "https", "cert_validation": False, "auth": "ntlm", "encryption": "auto"}
    wsman = WSMan(parts.hostname, port=parts.port, username=user, password=password, **options)
    with wsman, WinRS(wsman, environment=environment) as shell:
        process = Process(shell, line, [])
        process.begin_invoke()
        process.send(text.encode(), end=True)
        while process.rc is None:
            process.poll_invoke()
        process.signal(SignalCode.TERMINATE)
        return {"stdout": process.stdout.decode(), "stderr": process.stderr.decode(), "code": process.rc}


print(json.dumps([by_pywinrm(), by_pypsrp()]))
