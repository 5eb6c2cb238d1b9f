#!/usr/bin/env python3
"""Tables of what a server plays and what sms-acs must make of it.

A table has a row a request; '#' begins a comment:

    PLAYS OUTCOME SCOPE CODE SMS SENT

PLAYS is a list as acs_server.py takes it, SCOPE is '-' for none, SMS is the
number of messages the service would have sent and SENT the number of requests
it saw, or "N+" for at least so many.

    acs_table.py plan TABLE             print the plan for acs_server.py
    acs_table.py requests TABLE MS      print the requests
    acs_table.py wanted TABLE           print the table again, even
    acs_table.py actual TABLE DIR OUT   print what happened in its place

"actual" takes the server's folder and the driver's output. A row ends in a
remark where a request was answered twice, or repeated with another id or body,
or where a signature was wrong or not made anew.
"""

import collections
import json
import os
import sys

NUMBER = "+4477009%05d"
IDENTIFIER = "00000000-0000-4000-8000-%012d"


def read_table(path):
    with open(path, encoding="utf-8") as table:
        rows = [line.split("#")[0].split() for line in table]
    return [row for row in rows if row]


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def request(row, timeout):
    return json.dumps({
        "id": IDENTIFIER % row, "to": NUMBER % row, "from": "Acme",
        "message": "Your PIN code is: %04d" % (7300 + row),
        "firstSent": "Tue, 24 Nov 2026 10:02:49 GMT", "tag": "task %d" % row,
        "timeoutMs": timeout})


def show(plays, *rest):
    print("%-28s %-8s %-9s %-15s %s %s" % ((plays,) + rest[:5]), *rest[5:])


def remarks(answers, requests, folder):
    """What is not as it always must be."""
    if len(answers) != 1:
        yield "answers=%d" % len(answers)
    if any(r["signature"] != "ok" for r in requests):
        yield "signature=%s" % requests[0]["signature"]
    if len({r["id"] for r in requests}) > 1:
        yield "another id"
    bodies = set()
    for each in requests:
        path = os.path.join(folder, "%d.body" % each["number"])
        with open(path, "rb") as body:
            bodies.add(body.read())
    if len(bodies) > 1:
        yield "another body"


def at_least(wanted, n):
    """The wanted text if it allows n."""
    if wanted.endswith("+") and n >= int(wanted[:-1]):
        return wanted
    return n


def actual(rows, folder, output):
    answers = collections.defaultdict(list)
    for answer in read_lines(output):
        if "id" in answer:
            answers[answer["id"]].append(answer)
    requests = collections.defaultdict(list)
    for each in read_lines(os.path.join(folder, "requests.jsonl")):
        requests[each["to"]].append(each)
    with open(os.path.join(folder, "truth"), encoding="utf-8") as truth:
        sms = collections.Counter(line.split()[1] for line in truth)
    for n, row in enumerate(rows, 1):
        mine = answers[IDENTIFIER % n]
        answer = mine[0] if mine else {}
        to = NUMBER % n
        show(row[0], answer.get("outcome", "-"), answer.get("scope", "-"),
             answer.get("code", "-"), sms[to], at_least(row[5], len(requests[to])),
             *remarks(mine, requests[to], folder))


def main():
    command, rows = sys.argv[1], read_table(sys.argv[2])
    if command == "plan":
        print(json.dumps(
            {NUMBER % n: row[0] for n, row in enumerate(rows, 1)}))
    elif command == "requests":
        for n, _ in enumerate(rows, 1):
            print(request(n, int(sys.argv[3])))
    elif command == "wanted":
        for row in rows:
            show(*row)
    elif command == "actual":
        actual(rows, sys.argv[3], sys.argv[4])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
