"""One program made to fail at one point: by strace, which lets a system call
fail, or by shim.c, which also knows allocations and short writes.

The points come from a run in which nothing fails. What is before main() is
loading, which is not ours: the first call of each of our programs is
fcntl(0, F_GETFD) in prog_start(), and ordinals below that are left out.

strace counts the calls of each name apart, so that a point is a name, an
ordinal and an error. Left out: futex (the C library aborts), mprotect and
munmap (libsodium trusts them), and what cannot fail.
"""

import os
import re
import signal
import subprocess

FIRST = "fcntl(0, F_GETFD"
ERRORS = {
    "openat": "EACCES EMFILE EIO",
    "read": "EIO EINTR",
    "pread64": "EIO EINTR",
    "write": "ENOSPC EIO EINTR",
    "pwrite64": "ENOSPC EIO EINTR",
    "fsync": "EIO ENOSPC",
    "fdatasync": "EIO ENOSPC",
    "rename": "EIO ENOSPC", "renameat": "EIO", "renameat2": "EIO",
    "link": "EIO ENOSPC", "linkat": "EIO",
    "unlink": "EIO", "unlinkat": "EIO",
    "close": "EIO",
    "ftruncate": "ENOSPC EIO",
    "fallocate": "ENOSPC",
    "fcntl": "EAGAIN ENOLCK",
    "flock": "EINTR ENOLCK",
    "mmap": "ENOMEM",
    "mremap": "ENOMEM",
    "brk": "0",
    "mlock": "ENOMEM",
    "madvise": "ENOMEM",
    "getrandom": "EINTR",
    "clone": "EAGAIN", "clone3": "EAGAIN", "fork": "EAGAIN",
    "vfork": "EAGAIN",
    "pipe": "EMFILE", "pipe2": "EMFILE",
    "poll": "EINTR ENOMEM", "ppoll": "EINTR",
    "wait4": "EINTR ECHILD",
    "newfstatat": "EIO", "fstat": "EIO", "stat": "EIO", "lstat": "EIO",
    "statx": "EIO", "access": "EIO EACCES", "faccessat2": "EIO",
    "lseek": "EIO", "getcwd": "ENOENT", "readlink": "EACCES",
    "fchown": "EPERM", "fchmod": "EPERM", "mkdir": "ENOSPC",
    "ioctl": "EIO", "prlimit64": "EPERM", "prctl": "EINVAL",
    "clock_nanosleep": "EINTR", "setitimer": "EINVAL",
    "rt_sigaction": "EINVAL", "rt_sigprocmask": "EINVAL",
    "socket": "EMFILE EACCES", "connect": "ECONNREFUSED EINTR ENETUNREACH",
    "getsockopt": "EINVAL", "setsockopt": "EINVAL",
    "getsockname": "ENOBUFS", "getpeername": "ENOTCONN",
    "sendto": "EPIPE EINTR", "recvfrom": "ECONNRESET EINTR",
    "sendmsg": "EPIPE", "recvmsg": "ECONNRESET",
    "socketpair": "EMFILE", "eventfd2": "EMFILE",
    "epoll_create1": "EMFILE", "epoll_ctl": "ENOMEM", "epoll_wait": "EINTR",
    "getdents64": "EIO",
}
# A full disk stays full: from there on every such call fails.
LASTING = {"write": "ENOSPC", "pwrite64": "ENOSPC", "fdatasync": "EIO"}
EINTR_EVERY = (2, 3, 4, 5, 7, 11, 13)


class Point:
    """NAME:ORDINAL:ERROR[+], oom:N:MODE, short:1 or eintr:N."""

    def __init__(self, text):
        self.text = text
        parts = text.split(":")
        self.name = parts[0]
        self.ordinal = int(parts[1])
        self.error = parts[2] if len(parts) > 2 else ""
        self.by_shim = self.name in ("oom", "short", "eintr")

    def is_memory(self):
        return self.name in ("oom", "brk") or "ENOMEM" in self.error

    def prefix(self, folder, program, shim):
        """The words to put before the program's."""
        if self.by_shim:
            setting = {
                "oom": [f"OOM_N={self.ordinal}", f"OOM_MODE={self.error}"],
                "short": ["IO_SHORT=1"],
                "eintr": [f"IO_EINTR={self.ordinal}"],
            }[self.name]
            return shim_prefix(folder, program, shim) + setting
        lasting = self.error.endswith("+")
        error = self.error.rstrip("+")
        what = f"retval={error}" if error == "0" else f"error={error}"
        when = f"{self.ordinal}{'+' if lasting else ''}"
        return ["strace", "-y", "-qq", "-o", f"{folder}/trace",
                "-e", f"trace={self.name},write,rename", "-e", "signal=none",
                "-e", f"inject={self.name}:{what}:when={when}"]


def shim_prefix(folder, program, shim):
    return ["env", f"FAULTS_IN={program}", f"FAULTS_LOG={folder}/log",
            f"LD_PRELOAD={shim}"]


def trace_prefix(folder):
    return ["strace", "-qq", "-o", f"{folder}/trace", "-e", "signal=none"]


def points_of_trace(path):
    counts = {}
    started = False
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            name = line.partition("(")[0]
            if not re.fullmatch(r"[a-z_0-9]+", name):
                continue
            counts[name] = counts.get(name, 0) + 1
            started = started or line.startswith(FIRST)
            if not started:
                continue
            for error in ERRORS.get(name, "").split():
                if error == "EAGAIN" and "F_UNLCK" in line:
                    continue  # nobody stands in the way of that
                yield Point(f"{name}:{counts[name]}:{error}")
            if name in LASTING:
                yield Point(f"{name}:{counts[name]}:{LASTING[name]}+")


def points_of_memory(total, stride):
    for n in range(1, total + 1, stride):
        for mode in ("once", "all"):
            yield Point(f"oom:{n}:{mode}")


def points_of_shim():
    yield Point("short:1")
    for n in EINTR_EVERY:
        yield Point(f"eintr:{n}")


class Result:
    def __init__(self, status, out, err, hung):
        self.status = status
        self.out = out
        self.err = err
        self.hung = hung


def run(argv, folder, env, stdin, deadline_s, prefix=()):
    """Run it; what it left behind when it hung is killed with it."""
    hung = False
    with open(f"{folder}/.out", "w+b") as out, \
            open(f"{folder}/.err", "w+b") as err, \
            open(stdin or os.devnull, "rb") as given:
        child = subprocess.Popen(list(prefix) + argv, cwd=folder, env=env,
                                 stdin=given, stdout=out, stderr=err,
                                 start_new_session=True)
        try:
            child.wait(deadline_s)
        except subprocess.TimeoutExpired:
            hung = True
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        status = child.wait()
        out.seek(0)
        err.seek(0)
        result = Result(status, out.read(), err.read().decode(errors="replace"),
                        hung)
    os.unlink(f"{folder}/.out")
    os.unlink(f"{folder}/.err")
    return result


def happened(point, folder):
    """What was made to fail: a line of the trace, or "" if the program did
    not get that far this time."""
    path = f"{folder}/log" if point.by_shim else f"{folder}/trace"
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if "(INJECTED)" in line or line == "failed\n":
                return line.strip()
    return ""


def lost_sync(folder):
    """The line of a file's sync that failed before the answer left, if any. A
    folder's that SQLite syncs itself does not count: it does not look."""
    path = f"{folder}/trace"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if line.startswith(("write(1<", "rename(")):
                return None
            if not re.match(r"f(data)?sync\(.*\(INJECTED\)", line):
                continue
            name = re.search(r"<(.*)>\)", line)
            if line.startswith("fdatasync") and name and \
                    os.path.isdir(name.group(1)):
                continue
            return line.strip()
    return None
