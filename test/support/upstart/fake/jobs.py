"""Jobs: their files, as init(5) says, and their states. Every command needs this: importing re or json would double its time."""
import marshal
import os

CONF = "/etc/init"
STATE = "/run/fake-upstart"
ONE = {"description", "author", "version", "usage", "env", "console", "umask", "nice", "chdir", "chroot", "setuid",
       "setgid", "instance", "expect"}
MANY = {"emits", "export", "limit", "oom", "cgroup"}
TWO = {"kill": {"signal", "timeout"}, "reload": {"signal"}, "normal": {"exit"}, "start": {"on"}, "stop": {"on"}}
NONE = {"manual", "task"}
PROCESSES = {"pre-start", "post-start", "pre-stop", "post-stop"}


class Invalid(Exception):
    pass


def token(text, at):
    """One word, quotes taken away; it ends at a blank, a newline or a comment."""
    value, quote = "", ""
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text):
            following = text[at + 1]
            value += following if following in "\\ \t" else " " if following == "\n" else c + following
            at += 2
            continue
        if quote:
            if c == quote:
                quote = ""
            else:
                value += " " if c == "\n" else c
        elif c in "\"'":
            quote = c
        elif c in "# \t\n":
            break
        else:
            value += c
        at += 1
    if quote:
        raise Invalid("Unterminated quoted string")
    while at < len(text) and text[at] in " \t":
        at += 1
    return value, at


def line_end(text, at):
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def words(text, at):
    found = []
    while at < len(text) and text[at] not in "#\n":
        word, at = token(text, at)
        found.append(word)
    return found, line_end(text, at) + 1


def block(text, at):
    """The lines up to `end script`, without the blanks that all of them begin with."""
    lines = []
    at = line_end(text, at) + 1
    while at < len(text):
        end = line_end(text, at)
        line = text[at:end]
        at = end + 1
        if [word for word in line.replace("\t", " ").replace("#", " #").split(" ") if word][:2] == ["end", "script"]:
            common = os.path.commonprefix([one[:len(one) - len(one.lstrip(" \t"))] for one in lines]) if lines else ""
            return "".join(one[len(common):] + "\n" for one in lines), at
        lines.append(line)
    raise Invalid("Unterminated block")


def process(text, at, kind):
    if kind == "script":
        script, at = block(text, at)
        return {"script": script}, at
    end = line_end(text, at)
    while text[end - 1] == "\\":
        end = line_end(text, end + 1)
    return {"exec": text[at:end].split(" #")[0].strip()}, end + 1


def parse(text, job):
    at = 0
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
            continue
        if text[at] == "#":
            at = line_end(text, at) + 1
            continue
        name, at = token(text, at)
        if name in ("exec", "script"):
            job["main"], at = process(text, at, name)
        elif name in PROCESSES:
            kind, at = token(text, at)
            if kind not in ("exec", "script"):
                raise Invalid("Unknown stanza")
            job[name], at = process(text, at, kind)
        elif name in NONE or name == "respawn":
            args, at = words(text, at)
            if name == "respawn" and args:
                if args[0] != "limit":
                    raise Invalid("Unknown stanza")
                job["limit"] = [0, 0] if args[1] == "unlimited" else [int(args[1]), int(args[2])]
            elif name == "manual":
                job.pop("start on", None)
            else:
                job[name] = True
        elif name in TWO:
            second, at = token(text, at)
            if second not in TWO[name]:
                raise Invalid("Unknown stanza")
            if second == "on":
                end = line_end(text, at)
                while text[at:end].count("(") > text[at:end].count(")") and end < len(text):
                    end = line_end(text, end + 1)
                job[name + " on"], at = " ".join(text[at:end].split()), end + 1
            else:
                job[name + " " + second], at = words(text, at)
        elif name in ONE or name in MANY:
            args, at = words(text, at)
            if name in ONE and len(args) != 1:
                raise Invalid("Unexpected token" if args else "Expected token")
            if name == "env":
                job["env"].append(args[0])
            else:
                job[name] = args
        else:
            raise Invalid("Unknown stanza")
    return job


def load(name):
    """The job as its files say now; nothing of one that can't be read."""
    try:
        with open(f"{CONF}/{name}.conf", encoding="utf-8", newline="\n") as file:
            job = parse(file.read(), {"name": name, "env": []})
    except (OSError, Invalid, ValueError, IndexError):
        return None
    try:
        with open(f"{CONF}/{name}.override", encoding="utf-8", newline="\n") as file:
            return parse(file.read(), marshal.loads(marshal.dumps(job)))
    except (OSError, Invalid, ValueError, IndexError):
        return job


def choose(name, args):
    """The job, and how it is shown: `web`, or `web (a)` for the instance that the arguments name."""
    job = load(name)
    if job is None or "instance" not in job:
        return job, name
    variable = job["instance"][0].lstrip("$")
    given = dict(one.split("=", 1) for one in args)
    if variable not in given:
        raise Invalid(f"Unknown parameter: {variable}")
    shown = f"{name} ({given[variable]})"
    return {**job, "name": shown, "env": job["env"] + list(args)}, shown


def read_state(name):
    try:
        with open(f"{STATE}/{name}", "rb") as file:
            state = marshal.load(file)
        with open(f"/proc/{state['supervisor']}/cmdline", "rb") as file:
            return state if b"initctl" in file.read() else None
    except (OSError, ValueError, EOFError):
        return None


def describe(name, state):
    if state is None:
        return f"{name} stop/waiting"
    first, *others = state["processes"] or [None]
    text = f"{name} {state['goal']}/{state['state']}"
    if first:
        shown = f"({first[0]}) " if first[0] not in ("main", "pre-start", "post-stop") else ""
        text += f", {shown}process {first[1]}"
    return text + "".join(f"\n\t{kind} process {pid}" for kind, pid in others)
