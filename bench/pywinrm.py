"""
Operations by pywinrm, each in a shell of its own. Port, user, password, count, and the command of a Windows host (default: one
for sh, whose output is checked). Prints the seconds of each.
"""

import sys
import time

import winrm

port, user, password, count, *command_line = sys.argv[1:]
protocol = winrm.Protocol(
    endpoint=f"http://127.0.0.1:{port}/wsman", transport="ntlm", username=user, password=password, message_encryption="always"
)
for number in range(int(count)):
    start = time.monotonic()
    shell = protocol.open_shell(env_vars={"NUMBER": str(number)})
    command = protocol.run_command(shell, *(command_line or ["echo $NUMBER"]))
    stdout, _, code = protocol.get_command_output(shell, command)
    assert code == 0 and (command_line or stdout.decode() == f"{number}\n")
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    print(time.monotonic() - start)
