#!/usr/bin/env python3
"""A driver of kind directory for the tests; see twofa-driver(7).

Customers come from a JSON object {"identifier": ["number", ...]}. What it was
asked is noted, so that a test can say what never reached a directory.
"""

import argparse
import json
import os
import sys


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--customers", required=True, help="JSON file")
    p.add_argument("--requests", help="file of all requests, as they came")
    p.add_argument("--error", help="answer with that error instead")
    p.add_argument("--detail")
    p.add_argument("--raw", help="this line as every answer; %%s is the id")
    p.add_argument("--hello", help="its first line instead")
    p.add_argument("--exit", type=int, help="end with that status at once")
    p.add_argument("--die-after", type=int, default=-1, help="answers")
    p.add_argument("--die-once", help="file: die only if it is not there")
    p.add_argument("--batch", type=int, default=1, help="answer N at once")
    p.add_argument("--reverse", action="store_true", help="last one first")
    return p.parse_args()


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer(o, customers, request):
    if o.raw is not None:
        return o.raw.replace("%s", request["id"])
    if o.error is not None:
        out = {"id": request["id"], "error": o.error}
        if o.detail is not None:
            out["detail"] = o.detail
        return json.dumps(out)
    numbers = customers.get(request["customer"], [])
    return json.dumps({"id": request["id"],
                       "matches": [{"SMSNumber": n} for n in numbers[:2]]})


def must_die(o, answers):
    if o.die_after < 0 or answers < o.die_after:
        return False
    if o.die_once is None:
        return True
    if os.path.exists(o.die_once):
        return False
    with open(o.die_once, "w", encoding="utf-8"):
        return True


def main():
    o = arguments()
    if o.exit is not None:
        sys.exit(o.exit)
    with open(o.customers, encoding="utf-8") as f:
        customers = json.load(f)
    say(o.hello or json.dumps({"twofa": 1, "kind": "directory"}))
    waiting, answers = [], 0
    for line in sys.stdin:
        if o.requests:
            with open(o.requests, "a", encoding="utf-8") as f:
                f.write(line)
        waiting.append(json.loads(line))
        if len(waiting) < o.batch:
            continue
        if o.reverse:
            waiting.reverse()
        for request in waiting:
            if must_die(o, answers):
                os._exit(9)
            say(answer(o, customers, request))
            answers += 1
        waiting.clear()
    for request in waiting:
        say(answer(o, customers, request))


if __name__ == "__main__":
    main()
