"""tests/fakes/acs_server.py with TLS, and what it was asked to send."""

import json
import os
import subprocess
import sys
import time

FAKES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fakes")
KEY = ("dHdvZmEgdGVzdHM6IGFuIGFjY2VzcyBrZXkgdGhhdCBvcGVucyBub3RoaW5nIGF0"
       "IGFsbA==")


class Server:
    def __init__(self, work, needed):
        self.dir = f"{work}/server"
        self.ca = f"{work}/certs/ca.pem"
        self.certs = f"{work}/certs"
        self.needed = needed
        self.process = None
        self.secret = ""

    def __enter__(self):
        if not self.needed:
            return self
        subprocess.run([f"{FAKES}/make_certs.sh", self.certs], check=True,
                       stdout=subprocess.DEVNULL)
        os.mkdir(self.dir)
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [sys.executable, f"{FAKES}/acs_server.py", "--dir", self.dir,
             "--key", KEY, "--tls", f"{self.certs}/good.pem",
             f"{self.certs}/good.key"], stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        while not os.path.exists(f"{self.dir}/port"):
            time.sleep(0.02)
        with open(f"{self.dir}/port", encoding="ascii") as f:
            port = f.read().strip()
        self.secret = f"endpoint=https://127.0.0.1:{port}/;accesskey={KEY}\n"
        return self

    def __exit__(self, *why):
        if self.process:
            self.process.stdin.close()
            self.process.wait()

    def messages(self, number):
        """The PIN of each message for that number, by id."""
        found = {}
        with open(f"{self.dir}/texts.jsonl", encoding="utf-8") as f:
            for line in f:
                if f'"{number}"' not in line:
                    continue
                m = json.loads(line)
                assert m["id"] not in found, "the server sent an id twice"
                found[m["id"]] = m["text"].split()[-1]
        return found
