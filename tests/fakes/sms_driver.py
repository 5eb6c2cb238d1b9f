#!/usr/bin/env python3
"""A driver of kind sms for the tests; see twofa-driver(7).

It notes in a file what "reached the customers": a JSON object a line for
every message that was taken, once an id if it repeats. That file is the truth
that the tests count.
"""

import argparse
import json
import os
import sys
import time


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--truth", required=True, help="file of taken messages")
    p.add_argument("--requests", help="file of all requests, as they came")
    p.add_argument("--repeat", action="store_true", help="knows its ids")
    p.add_argument("--needs", default="", help="settings it needs, a,b")
    p.add_argument("--hello", help="its first line instead")
    p.add_argument("--exit", type=int, help="end with that status at once")
    p.add_argument("--outcome", default="accepted")
    p.add_argument("--scope", default="recipient")
    p.add_argument("--code", default="")
    p.add_argument("--detail", default="")
    p.add_argument("--raw", help="this line as every answer; %%s is the id")
    p.add_argument("--delay", type=float, default=0, help="s before answers")
    p.add_argument("--die-after", type=int, default=-1, help="answers")
    p.add_argument("--die-once", help="file: die only if it is not there")
    p.add_argument("--take-before-dying", action="store_true")
    p.add_argument("--batch", type=int, default=1, help="answer N at once")
    p.add_argument("--reverse", action="store_true", help="last one first")
    return p.parse_args()


class Driver:
    def __init__(self, options):
        self.o = options
        self.answers = 0
        self.taken = set()
        if options.repeat and os.path.exists(options.truth):
            with open(options.truth, encoding="utf-8") as f:
                self.taken = {json.loads(line)["id"] for line in f}

    def take(self, request):
        if self.o.repeat and request["id"] in self.taken:
            return
        self.taken.add(request["id"])
        with open(self.o.truth, "a", encoding="utf-8") as f:
            f.write(json.dumps(request) + "\n")

    def must_die(self):
        if self.o.die_after < 0 or self.answers < self.o.die_after:
            return False
        if self.o.die_once is None:
            return True
        if os.path.exists(self.o.die_once):
            return False
        with open(self.o.die_once, "w", encoding="utf-8"):
            return True

    def answer(self, request):
        if self.must_die():
            if self.o.take_before_dying:
                self.take(request)
            os._exit(9)
        if self.o.outcome == "accepted":
            self.take(request)
        self.answers += 1
        time.sleep(self.o.delay)
        if self.o.raw is not None:
            say(self.o.raw.replace("%s", request["id"]))
            return
        say(json.dumps({
            "id": request["id"], "outcome": self.o.outcome,
            "scope": self.o.scope, "messageId": "m-" + request["id"],
            "code": self.o.code, "detail": self.o.detail}))

    def run(self):
        waiting = []
        for line in sys.stdin:
            if self.o.requests:
                with open(self.o.requests, "a", encoding="utf-8") as f:
                    f.write(line)
            waiting.append(json.loads(line))
            if len(waiting) >= self.o.batch:
                self.answer_all(waiting)
        self.answer_all(waiting)

    def answer_all(self, waiting):
        if self.o.reverse:
            waiting.reverse()
        for request in waiting:
            self.answer(request)
        waiting.clear()


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    o = arguments()
    if o.exit is not None:
        sys.exit(o.exit)
    if o.hello is not None:
        say(o.hello)
    else:
        say(json.dumps({"twofa": 1, "kind": "sms", "repeat": o.repeat,
                        "needs": [n for n in o.needs.split(",") if n]}))
    Driver(o).run()


if __name__ == "__main__":
    main()
