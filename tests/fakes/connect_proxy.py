#!/usr/bin/env python3
"""An HTTP proxy that only knows CONNECT, for the tests.

    connect_proxy.py DIR

Writes DIR/port once it listens and a line into DIR/tunnels for each CONNECT.
It ends when its standard input ends.
"""

import os
import socket
import sys
import threading


def pump(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, folder):
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = client.recv(4096)
        if not chunk:
            return
        head += chunk
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    with open(os.path.join(folder, "tunnels"), "a", encoding="utf-8") as out:
        out.write("%s %s\n" % (method, target))
    if method != "CONNECT":
        client.sendall(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
        return
    host, _, port = target.rpartition(":")
    server = socket.create_connection((host, int(port)))
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    pump(client, server)


def listen(listener, folder):
    while True:
        client, _ = listener.accept()
        threading.Thread(
            target=serve, args=(client, folder), daemon=True).start()


def main():
    folder = sys.argv[1]
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(
        target=listen, args=(listener, folder), daemon=True).start()
    with open(os.path.join(folder, "port.new"), "w", encoding="utf-8") as out:
        out.write("%d\n" % listener.getsockname()[1])
    os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
