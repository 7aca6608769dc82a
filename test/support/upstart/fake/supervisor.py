"""What init does for a job that runs."""
import grp
import marshal
import os
import pwd
import select
import signal
import time

from jobs import STATE

LOGS = "/var/log/upstart"
SHELL_CHARS = set("~`!$^&*()=|\\{}[];\"'<>?")


class Supervisor:
    """What init does for one job, from its start until it is waiting again. It keeps the definition it was started with."""

    def __init__(self, job, report):
        self.job, self.report = job, report
        self.goal, self.state, self.running = "start", "starting", {}
        self.respawned, self.count, self.status, self.restarting, self.restarts = -1e9, 0, None, False, 0
        self.woken, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes)
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD):
            signal.signal(number, self.told)

    def write(self):
        order = ["main", "pre-start", "post-start", "pre-stop", "post-stop"]
        processes = [[kind, self.running[kind]] for kind in order if kind in self.running]
        state = {"supervisor": os.getpid(), "goal": self.goal, "state": self.state,
                 "restarts": self.restarts, "processes": processes}
        path = f"{STATE}/{self.job['name']}"
        with open(path + ".new", "wb") as file:
            marshal.dump(state, file)
        os.rename(path + ".new", path)

    def to(self, state):
        self.state = state
        self.write()

    def say(self, text):
        with open(f"{STATE}/kernel", "a", encoding="utf-8") as file:
            file.write(f"[{time.monotonic():12.6f}] init: {self.job['name']} {text}\n")

    def spawn(self, kind):
        job, how = self.job, self.job.get(kind)
        environment = {"TERM": "linux", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin"}
        environment.update(one.split("=", 1) for one in job["env"] if "=" in one)
        name, _, instance = job["name"].rstrip(")").partition(" (")
        environment.update({"UPSTART_JOB": name, "UPSTART_INSTANCE": instance})
        script_fd, write_fd = -1, -1
        if "script" in how:
            script_fd, write_fd = os.pipe()
            argv = ["/bin/sh", "-e", "/proc/self/fd/9"]
        elif SHELL_CHARS & set(how["exec"]):
            argv = ["/bin/sh", "-e", "-c", "exec " + how["exec"]]
        else:
            argv = how["exec"].split()
        error_read, error_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGPIPE, signal.SIGINT):
                    signal.signal(number, signal.SIG_DFL)
                os.setsid()
                os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
                if job.get("console", ["log"])[0] == "log":
                    os.makedirs(LOGS, exist_ok=True)
                    out = os.open(f"{LOGS}/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
                else:
                    out = os.open("/dev/null", os.O_WRONLY)
                os.dup2(out, 1)
                os.dup2(out, 2)
                os.umask(int(job.get("umask", ["022"])[0], 8))
                os.chdir(job.get("chdir", ["/"])[0])
                user = pwd.getpwnam(job["setuid"][0]) if "setuid" in job else None
                gid = grp.getgrnam(job["setgid"][0]).gr_gid if "setgid" in job else user.pw_gid if user else None
                if script_fd >= 0:
                    os.fchown(script_fd, user.pw_uid if user else -1, -1 if gid is None else gid)
                    os.dup2(script_fd, 9)
                    os.set_inheritable(9, True)
                os.initgroups(user.pw_name if user else "root", 0 if gid is None else gid)
                if gid is not None:
                    os.setgid(gid)
                if user:
                    os.setuid(user.pw_uid)
                os.closerange(10, error_write)
                os.execvpe(argv[0], argv, environment)
            except BaseException as error:  # pylint: disable=broad-except
                os.write(error_write, str(error).encode() or b"?")
            os._exit(255)
        os.close(error_write)
        if script_fd >= 0:
            os.close(script_fd)
            if os.fork() == 0:  # the script may be longer than a pipe is
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                os.close(error_read)
                os.write(write_fd, b"exec 9<&-\n")
                data = how["script"].encode()
                while data:
                    data = data[os.write(write_fd, data):]
                os._exit(0)
            os.close(write_fd)
        failed = os.read(error_read, 1000)
        os.close(error_read)
        if failed:
            os.waitpid(pid, 0)
            self.say(f"{kind} process ({pid}) unable to execute: {failed.decode()}")
            return False
        self.running[kind] = pid
        return True

    def told(self, number, _):
        if number == signal.SIGUSR1:
            self.goal = "stop"
        elif number == signal.SIGUSR2:
            self.restarting = True

    def pause(self, seconds=None):
        """Until a process ends, or a job is told to stop or to restart."""
        if select.select([self.woken], [], [], seconds)[0]:
            os.read(self.woken, 100)
        self.reap()

    def reap(self):
        """Takes note of processes that ended; the status of the main one stays."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for kind in [kind for kind, running in self.running.items() if running == pid]:
                del self.running[kind]
                if status and kind in ("main", "pre-start", "post-stop"):
                    how = f"terminated with status {status >> 8}" if not status & 127 else \
                        f"killed by {signal.Signals(status & 127).name[3:]} signal"
                    self.say(f"{kind} process ({pid}) {how}")
                if kind == "main":
                    self.status = status

    def wait_for(self, kind, seconds=None):
        end = None if seconds is None else time.monotonic() + seconds
        while kind in self.running and (end is None or time.monotonic() < end):
            self.pause(None if end is None else max(0, end - time.monotonic()))

    def aside(self, kind):
        if kind in self.job and self.spawn(kind):
            self.write()
            self.wait_for(kind)

    def too_fast(self):
        limit, interval = self.job.get("limit", [10, 5])
        if not limit or not interval:
            return False
        if time.monotonic() - self.respawned < interval:
            self.count += 1
            return self.count > limit
        self.respawned, self.count = time.monotonic(), 1
        return False

    def ended(self):
        """The main process ended by itself: is it started again?"""
        normal = [int(text) for text in self.job.get("normal exit", []) if text.isdigit()]
        code = self.status >> 8 if not self.status & 127 else None
        if "respawn" not in self.job or code in normal:
            self.goal = "stop"
        elif self.too_fast():
            self.say("respawning too fast, stopped")
            self.goal = "stop"
        else:
            self.say("main process ended, respawning")

    def kill(self):
        if "main" not in self.running:
            return
        named = self.job.get("kill signal", ["SIGTERM"])[0]
        number = int(named) if named.isdigit() else signal.Signals["SIG" + named.replace("SIG", "")]
        os.killpg(self.running["main"], number)
        self.wait_for("main", int(self.job.get("kill timeout", ["5"])[0]))
        if "main" in self.running:
            os.killpg(self.running["main"], signal.SIGKILL)
            self.wait_for("main")

    def run(self):
        job = self.job
        while self.goal == "start":
            self.to("pre-start")
            if "pre-start" in self.job:
                self.aside("pre-start")
            self.to("spawned")
            if "main" in job and not self.spawn("main"):
                self.tell("failed")
                break
            while "expect" in job and "main" in self.running:  # it waits for the fork, whatever happens
                self.pause()
                self.to("spawned")
            self.to("post-start")
            self.aside("post-start")
            self.to("running")
            self.tell("running")
            self.restarting = False
            while self.goal == "start" and not self.restarting and ("main" in self.running or "main" not in self.job):
                self.pause()
                if self.restarting and "pre-stop" in job:  # as its goal is to run, the end of the script puts an end to the restart
                    self.to("pre-stop")
                    self.aside("pre-stop")
                    self.restarting = False
                    self.restarts += 1
                    self.to("running")
            self.restarts += self.restarting
            if self.goal == "start" and not self.restarting:
                self.ended()
            elif "main" in self.running and not self.restarting:
                self.to("pre-stop")
                self.aside("pre-stop")
            self.to("stopping")
            self.to("killed")
            self.kill()
            self.to("post-stop")
            self.aside("post-stop")
        os.unlink(f"{STATE}/{self.job['name']}")

    def tell(self, word):
        if self.report >= 0:
            os.write(self.report, f"{word}\n".encode())
            os.close(self.report)
            self.report = -1
