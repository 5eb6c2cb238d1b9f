#!/usr/bin/env python3
"""Put the checksums in the pages of a ledger right, after something else wrote
into it.

usage: sum_pages.py FILE

Does nothing to another database, nor when there is a write-ahead log, which has
checksums of its own.
"""

import hashlib
import os
import sys

PAGE = 4096
SUM = 16


def right(page, number):
    page = page[:-SUM]
    return page + hashlib.blake2b(page + number.to_bytes(4, "little"),
                                  digest_size=SUM).digest()


def main(path):
    if not os.path.exists(path) or os.path.exists(path + "-wal"):
        return
    with open(path, "r+b") as f:
        header = f.read(100)
        if header[16:18] != b"\x10\x00" or header[20:21] != bytes([SUM]):
            return
        f.seek(0)
        for number in range(1, os.path.getsize(path) // PAGE + 1):
            page = f.read(PAGE)
            good = right(page, number)
            if good != page:
                f.seek((number - 1) * PAGE)
                f.write(good)
                f.seek(number * PAGE)


main(sys.argv[1])
