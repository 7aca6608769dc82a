"""Operations by pywinrm, each in a shell of its own. Port, user, password, count. Prints the seconds of each."""

import sys
import time

import winrm

port, user, password, count = sys.argv[1:]
protocol = winrm.Protocol(
    endpoint=f"http://127.0.0.1:{port}/wsman", transport="ntlm", username=user, password=password, message_encryption="always"
)
for number in range(int(count)):
    start = time.monotonic()
    shell = protocol.open_shell(env_vars={"NUMBER": str(number)})
    command = protocol.run_command(shell, "echo $NUMBER")
    stdout, _, code = protocol.get_command_output(shell, command)
    assert (stdout.decode(), code) == (f"{number}\n", 0)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    print(time.monotonic() - start)
