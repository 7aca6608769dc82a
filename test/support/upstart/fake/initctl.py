"""A stand-in for upstart's initctl(8) and its part of init(8), for tests alone: upstart is in no package registry any more.

What it prints and its exit codes were recorded from upstart 1.13.2 running as init; how a job goes from state to state,
reads its file and gets its environment follows init(5) and init(8) of that version. It runs the processes of jobs for
real, as their users. It knows no events but `fake-boot`, which starts what `runlevel 2` would, and of `expect` only a
program that never forks. As init-checkconf(8) it leaves behind what that does; as dmesg it prints what init would tell the
kernel: by links of these names.

Hundreds of commands run in a test. So a module is imported where it is needed, and these files are modules, which Python keeps compiled.
"""
import os
import sys
import time

from jobs import CONF, STATE, Invalid, choose, describe, load, parse, read_state

VERSION = "1.13.2"


def fail(text):
    sys.stderr.write(f"initctl: {text}\n")
    return 1


def start(name, *args):
    job, shown = choose(name, args)
    if read_state(shown):
        return fail(f"Job is already running: {shown}")
    if job is None:
        return fail(f"Unknown job: {name}")
    os.makedirs(STATE, exist_ok=True)
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.close(read_end)
        null = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        os.closerange(3, write_end)
        os.closerange(write_end + 1, 256)
        from supervisor import Supervisor
        Supervisor(job, write_end).run()
        os._exit(0)
    os.close(write_end)
    if os.read(read_end, 100).strip() != b"running":
        return fail("Job failed to start")
    print(describe(shown, read_state(shown)))
    return 0


def stop(name, *args):
    job, shown = choose(name, args)
    state = read_state(shown)
    if state is None:
        return fail("Unknown instance: ") if job else fail(f"Unknown job: {name}")
    if state["goal"] == "stop":
        return fail(f"Job has already been stopped: {shown}")
    import signal
    os.kill(state["supervisor"], signal.SIGUSR1)
    while read_state(shown):
        time.sleep(0.02)
    if load(name) is None:  # its file is gone, and so is the job now
        return fail("Method \"Get\" with signature \"ss\" on interface \"org.freedesktop.DBus.Properties\" doesn't exist")
    print(f"{shown} stop/waiting")
    return 0


def status(name, *args):
    job, shown = choose(name, args)
    state = read_state(shown)
    if state is None and job is None:
        return fail(f"Unknown job: {name}")
    print(describe(shown, state))
    return 0


def restart(name, *args):
    _, shown = choose(name, args)
    state = read_state(shown)
    if state is None:
        return fail("Unknown instance: ")
    import signal
    os.kill(state["supervisor"], signal.SIGUSR2)
    while (now := read_state(shown)) and (now["restarts"] == state["restarts"] or now["state"] != "running"):
        time.sleep(0.02)
    print(describe(shown, now))
    return 0


def reload(name, *args):
    job, shown = choose(name, args)
    state = read_state(shown)
    if state is None:
        return fail("Unknown instance: ")
    import signal
    named = (job or {}).get("reload signal", ["SIGHUP"])[0]
    os.kill(state["processes"][0][1], signal.Signals["SIG" + named.replace("SIG", "")])
    return 0


def show_config(name, *_):
    job = load(name)
    if job is None:
        return fail(f"Unknown job: {name}")
    print(name)
    for key in ("start on", "stop on"):
        if key in job:
            print(f"  {key} {job[key]}")
    return 0


def instances(name):
    """How the instances of a job are shown; of none there is the job itself."""
    found = os.listdir(STATE) if os.path.isdir(STATE) else []
    return sorted(one for one in found if one == name or one.startswith(f"{name} (") and read_state(one)) or [name]


def check_conf(path):
    """init-checkconf(8). It forgets the output of the upstart that it starts for that, which makes folders at home."""
    folder = os.environ.get("TMPDIR", "/tmp")
    os.close(os.open(f"{folder}/init-checkconf-upstart-output.{os.urandom(3).hex()}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.makedirs(os.path.expanduser("~/.cache/upstart"), exist_ok=True)
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            parse(file.read(), {"env": []})
    except Invalid as error:
        sys.stderr.write(f"ERROR: File {path}: syntax invalid:\n{error}\n")
        return 1
    print(f"File {path}: syntax ok")
    return 0


def dmesg():
    if not os.path.exists(f"{STATE}/kernel"):
        return 1
    with open(f"{STATE}/kernel", encoding="utf-8") as file:
        print(file.read(), end="")
    return 0


def names():
    return sorted(entry[:-5] for entry in os.listdir(CONF) if entry.endswith(".conf")) if os.path.isdir(CONF) else []


def main(verb="help", name=None, *args):
    os.umask(0o022)  # as init has it, whatever the caller's
    if os.path.basename(sys.argv[0]) == "dmesg":
        return dmesg()
    if os.path.basename(sys.argv[0]) == "init-checkconf":
        return check_conf(verb)
    if verb == "version":
        print(f"init (upstart {VERSION})")
        return 0
    if verb == "list":
        for one in names():
            if load(one):
                print("\n".join(describe(shown, read_state(shown)) for shown in instances(one)))
        return 0
    if verb in ("reload-configuration", "check-config"):
        return 0
    if verb == "fake-boot":
        for one in names():
            import re
            if re.search(r"runlevel \[[^\]!]*2", (load(one) or {}).get("start on", "")):
                start(one)
        return 0
    verbs = {"start": start, "stop": stop, "status": status, "restart": restart, "reload": reload, "show-config": show_config}
    if verb not in verbs or name is None:
        return fail(f"invalid command: {verb}")
    if verb not in ("status", "show-config") and os.geteuid() != 0:
        return fail("Rejected send message")
    try:
        return verbs[verb](name, *args)
    except Invalid as error:
        return fail(str(error))
