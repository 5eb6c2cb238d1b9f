"""What a stranger may write where a value is expected, and where.

A value is the JSON text of one, or what stands in its place; a hostile task is
one line, whose number messages must name.
"""

FULL = 1 << 20  # bytes of the longest task


def text(s):
    return b'"' + s.encode() + b'"'


VALUES = [
    # Not set, and what only looks so.
    text("NULL"), text(""), text("null"), b"null", text("NULL "), text(" "),
    # Of another kind, and at the limits.
    b"true", b"0", b"-0", b"0.1", b"1e308", b"1e309", b"-1e-999",
    b"2147483648", b"9007199254740993", b"9223372036854775808",
    b"18446744073709551616", b"1" + b"0" * 400, b"9" * 100000,
    b"[]", b"{}", b'[{"name":"PIN","value":"1234"}]',
    b"[" * 58 + b"]" * 58, b"[" * 70 + b"]" * 70, b'{"a":' * 58 + b"1" + b"}" * 58,
    # Bytes that are no text.
    rb'"\u0000"', b'"a\x00b"', rb'"\ud800"', rb'"\udc00\ud800"',
    b'"\xed\xa0\x80"', b'"\xff"', b'"\xc0\xaf"', b'"\xe2\x82"',
    # Text that steers.
    rb'"\u001b[2J\u001b[H"', rb'"\u009b2J"', b'"\xc2\x9b2J"', b'"\x01"', b'"\x7f"',
    rb'"x\r\n{\"taskId\":\"forged\"}"', rb'"\t"', rb'"\u202e4321\u202c"',
    rb'"\u2066x\u2069"', rb'"\u2028"', b'"\xe2\x80\x8b"', rb'"\uffff"',
    text("e" + "\u0301" * 1000), text("\U0001f600"),
    # Digits, or not.
    text("١٢٣٤"), text("１２３４"), text("-1"), text("+1234"), text("1234#"),
    text("0x4d2"), text("00123456"), text("9" * 257), text("4" * 9000),
    text("+447700900999"), text("00447700900999"), text("+1900" + "5" * 7),
    # Words that mean something to somebody.
    text("Yes"), text("OK"), text("Resend"), text("Agents"), text("queued"),
    text("v1.0123abcd.AAAA"), text("%s%n%1000000d"), text("'; DROP TABLE pin;--"),
    text("../../../etc/passwd"), text("@-"), text("$(id)"), text("=1+1"),
    # Too much, and too little.
    text("x" * (FULL - 2000)), text("x" * (FULL + 1)), b'"', b"[[[", b'"a" 1',
    b"", b'"a","name":"b"',
]

NAMES = [
    "CustomerIdentifier", "CustomerRecognized", "SMSNumber", "StartValidation",
    "SMSSent", "GeneratedPIN", "PIN", "ValidationCheck", "PINAttempts",
    "PINEntry", "PINExpires", "TwofaReason", "FlowActivity", "FlowSince",
    "FlowCount", "FlowOutcome",
]
EVENTS = ["CustomerIdentifier", "StartValidation", "PIN"]


def task(task_id, parameters, members=b"", information=None):
    """One line; parameters are pairs of JSON texts."""
    listed = b",".join(b'{"name":' + n + b',"value":' + v + b"}"
                       for n, v in parameters)
    if information is None:
        information = b'{"customContextParameters":[' + listed + b"]}"
    return (b'{"taskId":' + task_id + members + b',"taskInformation":' +
            information + b"}")


def pairs_of(values):
    return [(text(n), text(v)) for n, v in values]


def with_value(name):
    def make(i, v, pairs):
        return task(i, [(text(name), v)] + [
            p for p in pairs if p[0] != text(name)])
    return make


def event(name):
    def make(i, v, pairs):
        return task(i, pairs, b',"updatedParameterName":' + text(name) +
                    b',"updatedParameterValue":' + v)
    return make


# Each is a function of the task's id, the hostile value, and the parameters
# that a good task of that program has.
PLACES = {
    "taskId": lambda i, v, p: task(v, p),
    "taskid": lambda i, v, p: task(i, p, b',"taskid":' + v),
    "taskInformation": lambda i, v, p: task(i, [], b"", v),
    "customContextParameters": lambda i, v, p: task(
        i, [], b"", b'{"customContextParameters":' + v + b"}"),
    "element": lambda i, v, p: task(
        i, [], b"", b'{"customContextParameters":[' + v + b"]}"),
    "name": lambda i, v, p: task(i, p + [(v, text("1"))]),
    "foreign": lambda i, v, p: task(i, p, b',"foreign":' + v),
    "foreign name": lambda i, v, p: task(i, p, b"," + v + b":1"),
    "event": lambda i, v, p: task(i, p, b',"event":' + v),
    "updatedParameterName": lambda i, v, p: task(
        i, p, b',"updatedParameterName":' + v),
    "whole": lambda i, v, p: v,
    "behind": lambda i, v, p: task(i, p) + v,
}
PLACES.update({"value of " + name: with_value(name) for name in NAMES})
PLACES.update({"event " + name: event(name) for name in EVENTS})
