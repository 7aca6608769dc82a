"""
The classes of root/cimv2 that the lab knows, each a function that gives its instances, of values that Wine has: the service
control manager, the processes, the version. Names, types and words are those of Microsoft's documentation: our model.
"""

from datetime import datetime, timedelta, timezone

STARTS = ["Boot", "System", "Auto", "Manual", "Disabled"]
STATES = ["Unknown", "Stopped", "Start Pending", "Stop Pending", "Running", "Continue Pending", "Pause Pending", "Paused"]
CONTROLS = ["Ignore", "Normal", "Severe", "Critical"]
KINDS = {0x10: "Own Process", 0x20: "Share Process", 1: "Kernel Driver", 2: "File System Driver"}


def time(filetime):
    """A FILETIME, 100 ns since 1601, which is 0 where there is none."""
    return datetime(1601, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=int(filetime) // 10) if int(filetime) else None


def services(agent, host):
    for name, display, path, user, description, *numbers in agent.ask("services")[1]:
        start, error, tag, delayed, kind, state, accepted, pid, code, own_code, check_point, hint = map(int, numbers)
        yield {
            "AcceptPause": bool(accepted & 2),
            "AcceptStop": bool(accepted & 1),
            "Caption": display,
            "CheckPoint": check_point,
            "CreationClassName": "Win32_Service",
            "DelayedAutoStart": start == 2 and bool(delayed),
            "Description": description,
            "DesktopInteract": bool(kind & 0x100),
            "DisplayName": display,
            "ErrorControl": CONTROLS[error],
            "ExitCode": code,
            "InstallDate": None,
            "Name": name,
            "PathName": path,
            "ProcessId": pid,
            "ServiceSpecificExitCode": own_code,
            "ServiceType": KINDS.get(kind & 0x33, "Unknown"),
            "StartMode": STARTS[start],
            "StartName": user,
            "Started": state not in (1, 3),
            "State": STATES[state],
            "Status": "OK",
            "SystemCreationClassName": "Win32_ComputerSystem",
            "SystemName": host.name,
            "TagId": tag,
            "WaitHint": hint,
        }


def processes(agent, host):
    for name, line, path, pid, parent, threads, created in agent.ask("processes")[1]:
        yield {
            "CSName": host.name,
            "Caption": name,
            "CommandLine": line,
            "CreationClassName": "Win32_Process",
            "CreationDate": time(created),
            "Description": name,
            "ExecutablePath": path,
            "Handle": pid,
            "Name": name,
            "ParentProcessId": int(parent),
            "ProcessId": int(pid),
            "TerminationDate": None,
            "ThreadCount": int(threads),
        }


def operating_systems(_agent, host):
    yield {
        "BuildNumber": str(host.build),
        "CSName": host.name,
        "Caption": "Microsoft Windows 10 Pro",
        "CreationClassName": "Win32_OperatingSystem",
        "LastBootUpTime": host.booted,
        "LocalDateTime": datetime.now(timezone.utc),
        "Name": "Microsoft Windows 10 Pro|C:\\windows|\\Device\\Harddisk0\\Partition1",
        "OSArchitecture": "64-bit",
        "ProductType": 1,
        "SystemDirectory": "C:\\windows\\system32",
        "SystemDrive": "C:",
        "Version": host.version,
        "WindowsDirectory": "C:\\windows",
    }


def computers(_agent, host):
    yield {
        "CreationClassName": "Win32_ComputerSystem",
        "DNSHostName": host.name.lower(),
        "Domain": "WORKGROUP",
        "Manufacturer": "Wine",
        "Model": "Wine",
        "Name": host.name,
        "PartOfDomain": False,
        "SystemType": "x64-based PC",
    }


def connections(agent, _host):
    """Of root/standardcimv2, where it has the others as well: those on which a process listens."""
    for address, port, pid in agent.ask("listeners")[1]:
        yield {"LocalAddress": address, "LocalPort": int(port), "OwningProcess": int(pid), "State": 2}


class Host:
    """What does not change while the host is up."""

    def __init__(self, agent):
        self.name, self.version, build, booted = agent.ask("host")[1][0]
        self.build, self.booted = int(build), time(booted)


CLASSES = {
    "Win32_Service": services,
    "Win32_Process": processes,
    "Win32_OperatingSystem": operating_systems,
    "Win32_ComputerSystem": computers,
    "MSFT_NetTCPConnection": connections,
}
KEYS = {"Win32_Service": "Name", "Win32_Process": "Handle", "Win32_OperatingSystem": "Name", "Win32_ComputerSystem": "Name"}
