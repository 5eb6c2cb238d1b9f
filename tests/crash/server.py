"""The tests' https service, one for all places: each has its own number."""

import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FAKES = os.path.join(HERE, "..", "fakes")
KEY = "dHdvZmEgdGVzdHM6IGFuIGFjY2VzcyBrZXkgdGhhdCBvcGVucyBub3RoaW5nIGF0IGFsbA=="


class Server:
    def __init__(self, folder, *options):
        self.folder = folder
        os.makedirs(folder)
        certificates = os.path.join(folder, "certs")
        subprocess.run(
            ["sh", os.path.join(FAKES, "make_certs.sh"), certificates],
            check=True)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(FAKES, "acs_server.py"),
             "--dir", folder, "--key", KEY, "--tls",
             os.path.join(certificates, "good.pem"),
             os.path.join(certificates, "good.key")] + list(options),
            stdin=subprocess.PIPE)
        account = os.path.join(folder, "acs")
        with open(os.open(account, os.O_WRONLY | os.O_CREAT, 0o600), "w",
                  encoding="utf-8") as out:
            out.write("endpoint=https://127.0.0.1:%d/;accesskey=%s\n"
                      % (self.port(), KEY))
        self.address = "acs:file:%s?ca=%s" % (
            account, os.path.join(certificates, "ca.pem"))

    def port(self):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                with open(os.path.join(self.folder, "port"),
                          encoding="utf-8") as port:
                    return int(port.read())
            except FileNotFoundError:
                time.sleep(0.02)
        raise RuntimeError("the server does not start")

    def messages(self, number):
        """What the service has sent to that number."""
        with open(os.path.join(self.folder, "texts.jsonl"),
                  encoding="utf-8") as lines:
            return [json.loads(line)["text"] for line in lines
                    if number in line]

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
