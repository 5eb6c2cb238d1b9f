"""What a disk may hold after the power was cut.

Data of a file is on the disk after fsync or fdatasync of that file. A name
(made, linked, renamed, removed) is there after a sync of its folder; a sync of
a new file says nothing about its name. Whatever is not synced yet may be there
or not, in any combination; a write may be there in half, or as zeros.
"""

import hashlib
import os
import random

ALL_SUBSETS = 8  # of up to that many pending operations
RANDOM_SUBSETS = 256
SEED = 20


class Op:
    """Something that was done to a node and is not synced yet."""

    def __init__(self, node, number):
        self.node = node
        self.number = number

    def torn(self):
        return []

    def is_held_by(self, data_only):
        return True


class Write(Op):
    def __init__(self, node, number, offset, data):
        super().__init__(node, number)
        self.offset = offset
        self.data = data

    def apply(self, content):
        end = self.offset + len(self.data)
        if len(content) < end:
            content.extend(bytes(end - len(content)))
        content[self.offset:end] = self.data

    def torn(self):
        """The same write, cut off in the middle; and only room for it."""
        if len(self.data) < 2:
            return []
        half = self.data[:len(self.data) // 2]
        return [Write(self.node, (self.number, "half"), self.offset, half),
                Write(self.node, (self.number, "zeros"), self.offset,
                      bytes(len(self.data)))]


class Truncate(Op):
    def __init__(self, node, number, size):
        super().__init__(node, number)
        self.size = size

    def apply(self, content):
        if len(content) > self.size:
            del content[self.size:]
        else:
            content.extend(bytes(self.size - len(content)))


class Chmod(Op):
    def __init__(self, node, number, mode):
        super().__init__(node, number)
        self.mode = mode

    def is_held_by(self, data_only):
        return not data_only


class Names(Op):
    """Names of one folder that change together: name to node, None: gone."""

    def __init__(self, node, number, changes):
        super().__init__(node, number)
        self.changes = changes

    def apply(self, names):
        for name, node in self.changes:
            if node is None:
                names.pop(name, None)
            else:
                names[name] = node


class Node:
    """A file or folder: what is on the disk for sure, and what is now."""

    def __init__(self, number, is_folder, mode):
        self.number = number
        self.is_folder = is_folder
        self.mode = self.live_mode = mode
        self.disk = {} if is_folder else bytearray()
        self.live = {} if is_folder else bytearray()


class State:
    """One possible disk: path to (mode, bytes), None for a folder."""

    def __init__(self, files, facts, what):
        self.files = files
        self.facts = facts  # how many of the facts held by then
        self.what = what

    def digest(self):
        h = hashlib.blake2b(str(self.facts).encode(), digest_size=16)
        for path in sorted(self.files):
            mode, content = self.files[path]
            h.update(f"{path}\0{mode:o}\0".encode())
            h.update(b"/" if content is None else content.digest)
        return h.digest()

    def write(self, folder):
        for path in sorted(self.files):
            mode, content = self.files[path]
            target = os.path.join(folder, path) if path else folder
            if content is None:
                os.mkdir(target, 0o700)
            else:
                with open(target, "wb") as f:
                    f.write(content.data)
                os.chmod(target, mode)


class Content:
    def __init__(self, data):
        self.data = bytes(data)
        self.digest = hashlib.blake2b(self.data, digest_size=16).digest()


class Disk:
    def __init__(self):
        self.nodes = []
        self.pending = []
        self.count = 0
        self.known = {}  # content by node and what was chosen
        self.root = self.new_node(True, 0o700)

    def new_node(self, is_folder, mode):
        node = Node(len(self.nodes), is_folder, mode)
        self.nodes.append(node)
        return node

    # What is there from the beginning, and synced.
    def add_tree(self, path):
        self.add_below(self.root, path)

    def add_below(self, folder, path):
        for entry in sorted(os.scandir(path), key=lambda e: e.name):
            if entry.name.endswith("-shm"):
                continue
            node = self.new_node(entry.is_dir(), entry.stat().st_mode & 0o7777)
            folder.disk[entry.name] = folder.live[entry.name] = node
            if entry.is_dir():
                self.add_below(node, entry.path)
            else:
                with open(entry.path, "rb") as f:
                    data = f.read()
                node.disk[:] = node.live[:] = data

    # --- what a program does ---
    def find(self, path):
        node = self.root
        for part in path.split("/"):
            node = node.live[part] if part else node
        return node

    def parent(self, path):
        folder, _, name = path.rpartition("/")
        return self.find(folder), name

    def number(self):
        self.count += 1
        return self.count

    def add(self, op, live):
        op.apply(live)
        self.pending.append(op)

    def change(self, folder, changes):
        self.add(Names(folder, self.number(), changes), folder.live)

    def make(self, path, is_folder, mode):
        folder, name = self.parent(path)
        node = self.new_node(is_folder, mode)
        self.change(folder, [(name, node)])
        return node

    def link(self, old, new):
        node = self.find(old)
        folder, name = self.parent(new)
        self.change(folder, [(name, node)])

    def unlink(self, path):
        folder, name = self.parent(path)
        self.change(folder, [(name, None)])

    def rename(self, old, new):
        node = self.find(old)
        folder, old_name = self.parent(old)
        other, new_name = self.parent(new)
        if folder is not other:
            raise ValueError(f"rename to another folder: {old} {new}")
        self.change(folder, [(old_name, None), (new_name, node)])

    def write(self, node, offset, data):
        self.add(Write(node, self.number(), offset, data), node.live)

    def truncate(self, node, size):
        self.add(Truncate(node, self.number(), size), node.live)

    def chmod(self, node, mode):
        node.live_mode = mode
        self.pending.append(Chmod(node, self.number(), mode))

    def sync(self, node, data_only):
        rest = []
        for op in self.pending:
            if op.node is not node or not op.is_held_by(data_only):
                rest.append(op)
            elif isinstance(op, Chmod):
                node.mode = op.mode
            else:
                op.apply(node.disk)
        self.pending = rest
        self.known = {}

    # --- what may be there afterwards ---
    def choices(self):
        """Lists of operations that made it to the disk, and what they are."""
        ops = self.pending
        n = len(ops)
        if n <= ALL_SUBSETS:
            for bits in range(1 << n):
                yield [op for i, op in enumerate(ops) if bits >> i & 1], \
                    f"subset {bits:b} of {n}"
        else:
            yield from some_choices(ops)
        for i, op in enumerate(ops):
            for torn in op.torn():
                what = f"write {i + 1} of {n} {torn.number[1]}"
                yield ops[:i] + [torn], f"{what}, nothing after it"
                yield ops[:i] + [torn] + ops[i + 1:], what
                yield [torn], f"{what}, alone"

    def content(self, node, ops):
        key = (node.number, tuple(op.number for op in ops))
        if key not in self.known:
            data = bytearray(node.disk)
            for op in ops:
                op.apply(data)
            self.known[key] = Content(data)
        return self.known[key]

    def collect(self, files, path, node, by_node):
        ops = by_node.get(node.number, [])
        mode = node.mode
        for op in ops:
            mode = op.mode if isinstance(op, Chmod) else mode
        ops = [op for op in ops if not isinstance(op, Chmod)]
        if not node.is_folder:
            files[path] = (mode, self.content(node, ops))
            return
        files[path] = (mode, None)
        names = dict(node.disk)
        for op in ops:
            op.apply(names)
        for name, child in names.items():
            self.collect(files, f"{path}/{name}" if path else name, child,
                         by_node)

    def state(self, ops, facts, what):
        by_node = {}
        for op in ops:
            by_node.setdefault(op.node.number, []).append(op)
        files = {}
        self.collect(files, "", self.root, by_node)
        return State(files, facts, what)

    def states(self, facts):
        for ops, what in self.choices():
            yield self.state(ops, facts, what)

    def live_state(self):
        return self.state(self.pending, 0, "without a power cut")


def some_choices(ops):
    n = len(ops)
    draw = random.Random(SEED)
    yield [], f"none of {n}"
    for i in range(n):
        yield [ops[i]], f"only {i + 1} of {n}"
        yield ops[:i + 1], f"the first {i + 1} of {n}"
        yield ops[:i] + ops[i + 1:], f"all but {i + 1} of {n}"
    for k in range(RANDOM_SUBSETS):
        yield [op for op in ops if draw.random() < 0.5], \
            f"random subset {k + 1} of {n}"
