#!/usr/bin/env python3
"""A stand-in for Azure Communication Services SMS, for the tests.

It listens on 127.0.0.1, on a port the system picks, checks every request as
the service does (the signature from the raw bytes, by an implementation of its
own) and then plays what it was told to. It ends when its standard input or its
parent ends.

    acs_server.py --dir DIR --key BASE64 [--tls CERT KEY [--tls-max VERSION]]
                  [--plan JSON] [--script LIST] [--no-dedup] [--port N]
                  [--silent]

In DIR it writes

    port           the port, once it listens
    requests.jsonl a line a request: number, connection, seconds, to, id,
                   signature ("ok" or what is wrong), play, head, body
    N.head N.body  request N as it came, from 1
    truth          "ID TO FROM" a line: each SMS that would have been sent
    texts.jsonl    the same with the message, for tests that need the PIN
    connections    a line a connection; "failed" instead of "open" when TLS
                   failed on our side
    received       a line a connection that brought one byte or more of a
                   request

--silent accepts connections and says nothing, not even TLS.

--script LIST is a list of plays, comma-separated, one a request; the last one
stays. --plan JSON maps recipients to such lists, "default" for the others:
{"+447700900001":"429:1,ok","default":"ok"}.

Plays:

    ok                  accept; the same id again: same answer, not counted
    sleep:MS            the same after that time
    drip:MS             the same, a byte of the answer every MS milliseconds
    http10              the same as HTTP/1.0
    item:CODE           202 whose item failed with CODE
    item-ok-rejected    202, accepted, but repeatabilityResult is rejected
    item-bad-date       202, 400, repeatabilityResult is rejected
    wrong-to empty no-value two   202, accepted, about nobody or twice
    broken html cut huge nul      202, accepted, but not to be read
    problem:NAME        400, validation problem whose errors name NAME
    CODE                that status with Azure's error body
    CODE:S CODE:date:S  and Retry-After, in seconds or as a date
    redirect:CODE       with Location on this server
    hang hang-accept    never answer, before or after accepting
    reset reset-accept  RST, before or after accepting
    close close-accept  FIN without an answer
"""

import argparse
import base64
import datetime
import email.utils
import hashlib
import hmac
import json
import os
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RFC1123 = "%a, %d %b %Y %H:%M:%S GMT"
MESSAGES = {
    400: "Invalid To phone number format.",
    503: "ServiceUnavailable",
}


def error(code, message):
    body = {"error": {"code": code, "message": message, "innerError": None}}
    return json.dumps(body).encode()


def problem(name, text):
    return json.dumps({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "errors": {name: [text]},
        "traceId": "00-0af7651916cd43dd8448eb211c80319c-00",
    }).encode()


class Refused(Exception):
    """An answer that the checks give before anything is played."""

    def __init__(self, status, body, why):
        super().__init__(why)
        self.status = status
        self.body = body


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ")
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self.head = head
        self.body = body
        self.to = ""
        self.id = ""
        self.sender = ""
        self.text = ""

    def check_signature(self, key):
        digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
        if self.headers.get("x-ms-content-sha256") != digest:
            raise Refused(401, error(
                "Denied", "Request 'x-ms-content-sha256' differs from "
                "generated content hash."), "content hash")
        date = self.headers.get("x-ms-date", "")
        try:
            then = datetime.datetime.strptime(date, RFC1123)
        except ValueError:
            raise Refused(401, error("Unauthorized", ""), "x-ms-date") from None
        skew = datetime.datetime.utcnow() - then
        if abs(skew.total_seconds()) > 900 or then.strftime(RFC1123) != date:
            raise Refused(401, error("Unauthorized", ""), "x-ms-date")
        text = "\n".join([self.method, self.target, ";".join(
            [date, self.headers.get("host", ""), digest])])
        wanted = base64.b64encode(
            hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        if self.headers.get("authorization") != (
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
                "&Signature=" + wanted):
            raise Refused(401, error("Unauthorized", ""), "signature")

    def check_form(self):
        path, _, query = self.target.partition("?")
        if self.method != "POST" or path != "/sms":
            raise Refused(404, b"", "path")
        if not re.fullmatch(r"api-version=[0-9A-Za-z.-]+", query):
            raise Refused(400, error(
                "ApiVersionUnspecified", "An API version is required, but was "
                "not specified."), "api-version")
        if self.headers.get("content-type", "").split(";")[0] != \
                "application/json":
            raise Refused(415, b"", "content-type")
        try:
            body = json.loads(self.body)
            recipient, = body["smsRecipients"]
            self.to = recipient["to"]
            self.id = recipient["repeatabilityRequestId"].lower()
            first = recipient["repeatabilityFirstSent"]
            self.sender = body["from"]
            self.text = body["message"]
            if "smsSendOptions" in body:
                report = body["smsSendOptions"]["enableDeliveryReport"]
                assert isinstance(report, bool)
            assert UUID.fullmatch(self.id)
            assert set(body) <= {
                "from", "smsRecipients", "message", "smsSendOptions"}
            datetime.datetime.strptime(first, RFC1123)
        except (ValueError, KeyError, TypeError, AssertionError) as why:
            raise Refused(400, problem("Body", "Malformed."),
                          "body: %r" % why) from None


class Server:
    def __init__(self, options):
        self.options = options
        self.key = base64.b64decode(options.key)
        self.plan = {"default": options.script}
        if options.plan:
            self.plan.update(json.loads(options.plan))
        self.plan = {to: plays.split(",") for to, plays in self.plan.items()}
        self.lock = threading.Lock()
        self.requests = 0
        self.connections = 0
        self.received = set()
        self.accepted = {}
        self.listener = socket.create_server(
            ("127.0.0.1", options.port), backlog=256)
        self.context = None
        if options.tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*options.tls)
            if options.tls_max:
                self.context.set_ciphers("ALL:@SECLEVEL=0")
                self.context.minimum_version = ssl.TLSVersion.TLSv1
                self.context.maximum_version = getattr(
                    ssl.TLSVersion, options.tls_max)

    def path(self, name):
        return os.path.join(self.options.dir, name)

    def append(self, name, line):
        with open(self.path(name), "a", encoding="utf-8") as out:
            out.write(line + "\n")

    def run(self):
        for name in ("requests.jsonl", "truth", "texts.jsonl", "connections",
                     "received"):
            with open(self.path(name), "a", encoding="utf-8"):
                pass
        with open(self.path("port.new"), "w", encoding="utf-8") as out:
            out.write("%d\n" % self.listener.getsockname()[1])
        os.rename(self.path("port.new"), self.path("port"))
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(
                target=self.connection, args=(sock,), daemon=True).start()

    def connection(self, sock):
        with self.lock:
            self.connections += 1
            number = self.connections
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        state = "open"
        if self.options.silent:
            self.append("connections", "%d silent" % number)
            sock.recv(1 << 20)
            time.sleep(3600)
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
        except (ssl.SSLError, OSError):
            state = "failed"
        with self.lock:
            self.append("connections", "%d %s" % (number, state))
        try:
            while state == "open" and self.one(sock, number):
                pass
        except OSError:
            pass
        sock.close()

    def read(self, sock, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = sock.recv(65536)
            if not chunk:
                return None
            with self.lock:
                if connection not in self.received:
                    self.append("received", str(connection))
                self.received.add(connection)
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        while length and len(body) < int(length.group(1)):
            chunk = sock.recv(65536)
            if not chunk:
                return None
            body += chunk
        return Request(head, body)

    def one(self, sock, connection):
        """One request; False when the connection is over."""
        request = self.read(sock, connection)
        if request is None:
            return False
        refused = None
        try:
            request.check_signature(self.key)
            request.check_form()
        except Refused as why:
            refused = why
        with self.lock:
            play = "refuse" if refused else self.next_play(request.to)
            self.log(request, connection, play, refused)
        if refused:
            return self.answer(sock, refused.status, refused.body)
        return self.play(sock, request, play)

    def next_play(self, to):
        plays = self.plan.get(to, self.plan["default"])
        return plays.pop(0) if len(plays) > 1 else plays[0]

    def log(self, request, connection, play, refused):
        self.requests += 1
        for name, data in (("head", request.head), ("body", request.body)):
            with open(self.path("%d.%s" % (self.requests, name)), "wb") as out:
                out.write(data)
        self.append("requests.jsonl", json.dumps({
            "number": self.requests,
            "connection": connection,
            "seconds": round(time.monotonic(), 3),
            "to": request.to,
            "id": request.id,
            "signature": str(refused) if refused else "ok",
            "play": play,
            "head": request.head.decode("latin-1"),
            "body": request.body.decode("utf-8", "replace"),
        }))

    def accept(self, request):
        """What the service does once an id; its messageId."""
        with self.lock:
            known = self.accepted.get(request.id)
            if known and not self.options.no_dedup:
                return known
            message = "Outgoing_20260123-%d" % (len(self.accepted) + 1)
            self.accepted[request.id] = message
            self.append("truth", " ".join(
                [request.id, request.to, request.sender]))
            self.append("texts.jsonl", json.dumps(
                {"id": request.id, "to": request.to, "text": request.text}))
            return message

    @staticmethod
    def head(status, length, extra=(), version="1.1"):
        lines = ["HTTP/%s %d Status" % (version, status),
                 "Content-Type: application/json; charset=utf-8",
                 "Content-Length: %d" % length]
        lines += extra
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def answer(self, sock, status, body, extra=()):
        sock.sendall(self.head(status, len(body), extra) + body)
        return True

    @staticmethod
    def reset(sock):
        sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def success(self, request, **changes):
        item = {"to": request.to, "messageId": self.accept(request),
                "httpStatusCode": 202, "repeatabilityResult": "accepted",
                "successful": True}
        item.update(changes)
        return json.dumps({"value": [item]}).encode()

    @staticmethod
    def failure(request, status, **changes):
        item = {"to": request.to, "httpStatusCode": status,
                "errorMessage": MESSAGES.get(status, "Failed."),
                "successful": False}
        item.update(changes)
        return json.dumps({"value": [item]}).encode()

    def play(self, sock, request, play):
        name, _, argument = play.partition(":")
        if name.isdigit():
            return self.play_status(sock, int(name), argument)
        method = getattr(self, "play_" + name.replace("-", "_"))
        return method(sock, request, argument)

    def play_status(self, sock, status, argument):
        extra = []
        if argument.startswith("date:"):
            extra.append("Retry-After: " + email.utils.formatdate(
                time.time() + int(argument[5:]), usegmt=True))
        elif argument:
            extra.append("Retry-After: " + argument)
        names = {401: "Unauthorized", 429: "TooManyRequests"}
        return self.answer(sock, status, error(
            names.get(status, "Status%d" % status), "Played."), extra)

    def play_ok(self, sock, request, _):
        return self.answer(sock, 202, self.success(request))

    def play_sleep(self, sock, request, argument):
        time.sleep(int(argument) / 1000)
        return self.play_ok(sock, request, "")

    def play_drip(self, sock, request, argument):
        body = self.success(request)
        for byte in self.head(202, len(body)) + body:
            sock.sendall(bytes([byte]))
            time.sleep(int(argument) / 1000)
        return True

    def play_http10(self, sock, request, _):
        body = self.success(request)
        sock.sendall(b"HTTP/1.0 202 Accepted\r\n\r\n" + body)
        return False

    def play_item(self, sock, request, argument):
        return self.answer(sock, 202, self.failure(request, int(argument)))

    def play_item_ok_rejected(self, sock, request, _):
        return self.answer(sock, 202, self.success(
            request, repeatabilityResult="Rejected"))

    def play_item_bad_date(self, sock, request, _):
        return self.answer(sock, 202, self.failure(
            request, 400, repeatabilityResult="rejected"))

    def play_wrong_to(self, sock, request, _):
        return self.answer(sock, 202, self.success(request, to="+447700900999"))

    def play_empty(self, sock, request, _):
        self.accept(request)
        return self.answer(sock, 202, b'{"value":[]}')

    def play_no_value(self, sock, request, _):
        self.accept(request)
        return self.answer(sock, 202, b"{}")

    def play_two(self, sock, request, _):
        item = json.loads(self.success(request))["value"][0]
        return self.answer(
            sock, 202, json.dumps({"value": [item, item]}).encode())

    def play_broken(self, sock, request, _):
        return self.answer(sock, 202, self.success(request)[:-2])

    def play_nul(self, sock, request, _):
        return self.answer(sock, 202, self.success(request) + b"\0")

    def play_html(self, sock, request, _):
        self.accept(request)
        return self.answer(sock, 202, b"<html><body>It works!</body></html>")

    def play_cut(self, sock, request, _):
        body = self.success(request)
        sock.sendall(self.head(202, len(body) + 10) + body)
        return False

    def play_huge(self, sock, request, _):
        body = self.success(request)
        body = body[:-2] + b" " * (1 << 20) + body[-2:]
        # Without a length, so that it is the bytes that are counted.
        sock.sendall(b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n")
        sock.sendall(body)
        return False

    def play_problem(self, sock, _, argument):
        return self.answer(sock, 400, problem(argument, "Not valid."))

    def play_redirect(self, sock, request, argument):
        return self.answer(sock, int(argument), b"", [
            "Location: " + ("https" if self.context else "http") + "://" +
            request.headers["host"] + "/sms?api-version=elsewhere"])

    @staticmethod
    def play_hang(sock, _request, _argument):
        sock.recv(1)
        return False

    def play_hang_accept(self, sock, request, _):
        self.accept(request)
        return self.play_hang(sock, request, "")

    def play_reset(self, sock, _request, _argument):
        return self.reset(sock)

    def play_reset_accept(self, sock, request, _):
        self.accept(request)
        return self.reset(sock)

    @staticmethod
    def play_close(_sock, _request, _argument):
        return False

    def play_close_accept(self, _sock, request, _argument):
        self.accept(request)
        return False


def live(parent):
    """Return when standard input or the parent ends."""
    while os.getppid() == parent:
        ready, _, _ = select.select([sys.stdin], [], [], 0.5)
        if ready and not os.read(0, 4096):
            return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--tls-max", metavar="VERSION", help="TLSv1_1")
    parser.add_argument("--plan")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", default="ok")
    parser.add_argument("--no-dedup", action="store_true")
    parser.add_argument("--silent", action="store_true")
    server = Server(parser.parse_args())
    parent = os.getppid()
    threading.Thread(target=server.run, daemon=True).start()
    live(parent)
    os._exit(0)


if __name__ == "__main__":
    main()
