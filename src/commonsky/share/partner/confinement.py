"""
Confinement: what a process needs no more, it gives up before it speaks to anybody.

Landlock, where Linux has it, leaves a process only folders to read: no writing, no programs to
start, no connections outward, no signals.  Where it is missing and we are root, we become
nobody.  Else nothing holds but ordinary permissions, and that is said.

Reference: Linux landlock(7), and include/uapi/linux/landlock.h for its numbers.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PATH_BENEATH, VERSION = 1, 1
READ = 1 << 2 | 1 << 3  # files, folders
# All that each version can forbid: with version 2 came links across folders, with 3 truncation,
# with 5 devices.  Versions 4 and 6 forbid ports, and signals and abstract sockets.
HANDLED = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
PORTS, SCOPES = 0b11, 0b11
NO_NEW_PRIVILEGES, DUMPABLE = 38, 4
NOBODY = 65534


def landlock_version() -> int:
    """Return which Landlock this machine has, 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(_call(CREATE_RULESET, None, 0, VERSION), 0)


def confinement(version: int | None = None) -> str:
    """Return, in a sentence, what holds a partner listener on this machine."""
    version = landlock_version() if version is None else version
    if version:
        ports = "" if version >= 4 else ", but may open connections"
        return f"Landlock {version}: it reads outbox and certificates, and nothing else{ports}"
    if _may_become_nobody():
        return f"another user ({NOBODY}): it cannot open what is closed to others"
    return "nothing but permissions: no Landlock here, and no right to become another user"


def library_folders() -> list[Path]:
    """Return where Python loads the rest of itself from when it needs it."""
    paths = sysconfig.get_paths()
    return [Path(paths[name]) for name in ("stdlib", "platstdlib") if Path(paths[name]).is_dir()]


def confine(folders: Iterable[int], version: int | None = None) -> str:
    """
    Give up everything but reading below these open folders, for good; return what holds now.

    Call it before there are threads, and when all sockets are bound.
    """
    version = landlock_version() if version is None else version
    said = confinement(version)
    # No memory of ours on disk, nor for others of our user to look into.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _must(_prctl(DUMPABLE, 0), "to become closed to debuggers")
        _must(_prctl(NO_NEW_PRIVILEGES, 1), "to refuse new privileges")
    if version:
        _landlock(list(folders), version)
    elif _may_become_nobody():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    return said


def _may_become_nobody() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _landlock(folders: list[int], version: int) -> None:
    handled = [HANDLED[min(version, 5)]]
    if version >= 4:
        handled.append(PORTS)
    if version >= 6:
        handled.append(SCOPES)
    attributes = struct.pack(f"={len(handled)}Q", *handled)
    ruleset = _must(_call(CREATE_RULESET, attributes, len(attributes), 0), "to make rules")
    libraries = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in library_folders()]
    try:
        for folder in [*folders, *libraries]:
            rule = struct.pack("=Qi", READ, folder)
            _must(_call(ADD_RULE, ruleset, PATH_BENEATH, rule, 0), "to add a rule")
        _must(_call(RESTRICT_SELF, ruleset, 0), "to hold itself to the rules")
    finally:
        for handle in [ruleset, *libraries]:
            os.close(handle)


def _call(number: int, *arguments: bytes | int | None) -> int:
    """A system call; negative is the error's number."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(ctypes.c_long(number), *map(_argument, arguments))
    return int(done) if done >= 0 else -ctypes.get_errno()


def _prctl(option: int, value: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_ulong(one) for one in (value, 0, 0, 0)]
    return 0 if libc.prctl(option, *arguments) == 0 else -ctypes.get_errno()


def _argument(value: bytes | int | None) -> ctypes.c_char_p | ctypes.c_long:
    return ctypes.c_long(value) if isinstance(value, int) else ctypes.c_char_p(value)


def _must(result: int, what: str) -> int:
    if result < 0:
        raise OSError(-result, f"the listener was not able {what}: {os.strerror(-result)}")
    return result
