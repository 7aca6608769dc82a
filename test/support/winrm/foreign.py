"""A command by pywinrm and one by pypsrp: clients that people run against Windows. URL, user and password are arguments."""

import json
import sys
from urllib.parse import urlsplit

import winrm
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

url, user, password = sys.argv[1:]
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
    shell = protocol.open_shell(env_vars={"GREETING": "grüß"})
    command = protocol.run_command(shell, 'printf "%s" "$GREETING <&>"; echo error >&2; exit 7')
    stdout, stderr, code = protocol.get_command_output(shell, command)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    return [stdout.decode(), stderr.decode(), code]


def by_pypsrp():
    options = {"ssl": parts.scheme == "https", "cert_validation": False, "auth": "ntlm", "encryption": "auto"}
    wsman = WSMan(parts.hostname, port=parts.port, username=user, password=password, **options)
    with wsman, WinRS(wsman) as shell:
        process = Process(shell, "cat; exit 9", [])
        process.begin_invoke()
        process.send("grüß".encode(), end=True)
        while process.rc is None:
            process.poll_invoke()
        process.signal(SignalCode.TERMINATE)
        return [process.stdout.decode(), process.stderr.decode(), process.rc]


print(json.dumps([by_pywinrm(), by_pypsrp()]))
