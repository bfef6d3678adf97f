"""On what it was measured: the machine, and the versions of everything that took part."""

import os
import platform
import re
import subprocess


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def machine():
    model = re.search(r"model name\s*:\s*(.*)", read("/proc/cpuinfo"))
    total = re.search(r"MemTotal:\s*(\d+)", read("/proc/meminfo"))
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(),
            "memory_mib": int(total[1]) // 1024 if total else 0, "kernel": platform.release(),
            "system": re.search(r'PRETTY_NAME="(.*)"', read("/etc/os-release") + 'PRETTY_NAME="unknown"')[1],
            "clock_ticks_per_second": os.sysconf("SC_CLK_TCK")}


def load():
    return round(os.getloadavg()[0], 2)


def first_line(command):
    """The first line that a program says of its version; some write it to standard error, some with a failure."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def versions(systems, setup):
    found = {"wrk": first_line(["wrk", "-v"]).split(" Copyright")[0]}
    for system in systems:
        for command in system.versions:
            found[command[0]] = first_line(command)
    found["osm-proxy"] = first_line([f"{setup.products}/osm-proxy", "--version"])
    found["osm-agent"] = first_line([setup.agent, "--version"])
    found["commit"] = first_line(["git", "describe", "--always", "--dirty", "--abbrev=12"])
    return found
