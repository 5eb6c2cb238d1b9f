"""Recording what a program does to its files, and doing it again to a Disk.

An event is a tuple: ("make", path, is_folder, mode) and so on; see replay().
Of the calls only those on paths below one folder count, and writes to pipes
and to standard output, by which something leaves.
"""

import os
import re
import subprocess

CALLS = ("open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,"
         "truncate,fallocate,rename,renameat,renameat2,link,linkat,symlink,"
         "symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync,"
         "sync_file_range,fchmod,chmod,fchmodat,sendto,sendmsg,lseek,sendfile,"
         "copy_file_range,dup,dup2,dup3,fcntl")

LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)(?:<(.*)>)?"
                  r"(?: .*)?$", re.S)
UNFINISHED = re.compile(r"^(\d+) +(\w+)\((.*?),? *<unfinished \.\.\.>$", re.S)
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>,? ?(.*)$", re.S)


class RecordError(Exception):
    """The recording holds something that the model does not know."""


def unescape(text):
    """\\x2f\\x74 to bytes."""
    return bytes.fromhex(text.replace("\\x", ""))


def strace(argv, log, **how):
    """Run it; its exit status."""
    command = ["strace", "-f", "-y", "-xx", "-s", "4000000", "-o", log,
               "-e", "trace=" + CALLS, "-e", "signal=none"] + argv
    return subprocess.run(command, check=False, **how).returncode


def join_lines(log):
    """Whole calls, at the place where each began."""
    lines = []
    begun = {}
    with open(log, encoding="ascii") as f:
        for line in f:
            line = line.rstrip("\n")
            m = UNFINISHED.match(line)
            if m:
                begun[m.group(1)] = len(lines)
                lines.append(f"{m.group(1)} {m.group(2)}({m.group(3)}")
                continue
            m = RESUMED.match(line)
            if m:
                at = begun.pop(m.group(1))
                comma = "" if m.group(3).startswith(")") else ", "
                lines[at] += comma + m.group(3)
                continue
            lines.append(line)
    return lines


class Parser:
    """Lines of strace to events. fds: what a descriptor was opened as."""

    def __init__(self, root, cwd):
        self.root = os.path.realpath(root)
        self.cwd = os.path.realpath(cwd)
        self.events = []
        self.main = None  # the process whose files they are

    def below(self, path):
        """The path below the root; None if it is not."""
        path = os.path.normpath(os.path.join(self.cwd, path))
        if path == self.root:
            return ""
        if not path.startswith(self.root + "/") or path.endswith("-shm"):
            return None
        return path[len(self.root) + 1:]

    def arguments(self, text):
        """Split at commas; a string is bytes, a descriptor (fd, path)."""
        out = []
        for part in re.split(r", (?![^<]*>)", text):
            m = re.match(r'^(\d+|AT_FDCWD)<([^<>]*)>(?:\(deleted\))?$', part)
            if m:
                out.append((m.group(1), m.group(2)))
            elif part.startswith('"'):
                if not part.endswith('"'):
                    raise RecordError("cut off: " + part[-40:])
                out.append(unescape(part[1:-1]))
            else:
                out.append(part)
        return out

    def path_of(self, fd):
        text = fd[1]
        try:
            return os.fsdecode(unescape(text))
        except ValueError:
            return text

    def take(self, line):
        if re.match(r"^\d+ +(\+\+\+|---)", line):
            return
        m = LINE.match(line)
        if not m:
            if re.match(r"^\d+ +\w+\(.*\) += \?", line):
                return
            raise RecordError("not understood: " + line[:200])
        pid, call, arguments, result, _ = m.groups()
        self.main = self.main or pid
        if result.startswith("-") or call in ("dup", "dup2", "dup3", "fcntl"):
            return
        getattr(self, "on_" + call, self.on_unknown)(
            pid, call, self.arguments(arguments), int(result, 0))

    def add(self, pid, *event):
        if pid != self.main:
            raise RecordError("another process: %s" % (event,))
        self.events.append(event)

    def on_unknown(self, pid, call, a, result):
        for x in a:
            path = os.fsdecode(x) if isinstance(x, bytes) else \
                self.path_of(x) if isinstance(x, tuple) and \
                x[0] != "AT_FDCWD" else None
            if path is not None and self.below(path) is not None:
                raise RecordError(f"{call} on {path} is not modelled")

    # --- names ---
    def on_openat(self, pid, call, a, result):
        path = self.below(os.fsdecode(a[1]))
        if path is not None:
            mode = int(a[3], 8) if len(a) > 3 else 0
            self.add(pid, "open", result, path, a[2].split("|"), mode)

    def on_open(self, pid, call, a, result):
        self.on_openat(pid, call, [None] + a, result)

    def on_mkdir(self, pid, call, a, result):
        path = self.below(os.fsdecode(a[0]))
        if path is not None:
            self.add(pid, "mkdir", path, int(a[1], 8))

    def two(self, pid, name, old, new):
        old, new = (self.below(os.fsdecode(p)) for p in (old, new))
        if (old is None) != (new is None):
            raise RecordError(f"{name} across the border: {old} {new}")
        if old is not None:
            self.add(pid, name, old, new)

    def on_rename(self, pid, call, a, result):
        self.two(pid, "rename", a[0], a[1])

    def on_link(self, pid, call, a, result):
        self.two(pid, "link", a[0], a[1])

    def on_unlink(self, pid, call, a, result):
        path = self.below(os.fsdecode(a[0]))
        if path is not None:
            self.add(pid, "unlink", path)

    # --- data ---
    def on_descriptor(self, pid, name, fd, *rest):
        path = self.path_of(fd)
        if path.endswith(" (deleted)"):
            path = path[:-10]
        if self.below(path) is None and name == "write":
            self.leave(pid, fd[0], path, rest[0])
        elif self.below(path) is not None:
            self.add(pid, name, int(fd[0]), *rest)

    def leave(self, pid, fd, path, data):
        """To standard output, or to a driver."""
        if pid != self.main:
            return
        if fd == "1":
            self.events.append(("answer", data))
        elif path.startswith(("pipe:", "socket:", "UNIX")):
            self.events.append(("left", data))

    def on_write(self, pid, call, a, result):
        self.on_descriptor(pid, "write", a[0], a[1][:result])

    def on_pwrite64(self, pid, call, a, result):
        self.on_descriptor(pid, "pwrite", a[0], a[1][:result], int(a[3]))

    def on_sendto(self, pid, call, a, result):
        self.on_descriptor(pid, "write", a[0], a[1][:result])

    def on_ftruncate(self, pid, call, a, result):
        self.on_descriptor(pid, "truncate", a[0], int(a[1], 0))

    def on_lseek(self, pid, call, a, result):
        self.on_descriptor(pid, "seek", a[0], result)

    def on_fchmod(self, pid, call, a, result):
        self.on_descriptor(pid, "chmod", a[0], int(a[1], 8))

    def on_fsync(self, pid, call, a, result):
        self.on_descriptor(pid, "fsync", a[0])

    def on_fdatasync(self, pid, call, a, result):
        self.on_descriptor(pid, "fdatasync", a[0])


def parse(log, root, cwd):
    parser = Parser(root, cwd)
    for line in join_lines(log):
        parser.take(line)
    return parser.events


class Player:
    """Does the events to a disk; keeps what the descriptors are."""

    def __init__(self, disk):
        self.disk = disk
        self.fds = {}

    def do(self, event):
        getattr(self, "do_" + event[0])(*event[1:])

    def do_open(self, fd, path, flags, mode):
        disk = self.disk
        folder, name = disk.parent(path) if path else (None, None)
        if folder is not None and name not in folder.live:
            node = disk.make(path, False, mode)
        else:
            node = disk.find(path)
        if "O_TRUNC" in flags and node.live:
            disk.truncate(node, 0)
        self.fds[fd] = [node, 0, "O_APPEND" in flags]

    def do_mkdir(self, path, mode):
        self.disk.make(path, True, mode)

    def do_rename(self, old, new):
        self.disk.rename(old, new)

    def do_link(self, old, new):
        self.disk.link(old, new)

    def do_unlink(self, path):
        self.disk.unlink(path)

    def do_write(self, fd, data):
        node, offset, appends = self.fds[fd]
        offset = len(node.live) if appends else offset
        self.disk.write(node, offset, data)
        self.fds[fd][1] = offset + len(data)

    def do_pwrite(self, fd, data, offset):
        self.disk.write(self.fds[fd][0], offset, data)

    def do_seek(self, fd, offset):
        self.fds[fd][1] = offset

    def do_truncate(self, fd, size):
        self.disk.truncate(self.fds[fd][0], size)

    def do_chmod(self, fd, mode):
        self.disk.chmod(self.fds[fd][0], mode)

    def do_fsync(self, fd):
        self.disk.sync(self.fds[fd][0], False)

    def do_fdatasync(self, fd):
        self.disk.sync(self.fds[fd][0], True)


def is_sync(event):
    return event[0] in ("fsync", "fdatasync")
