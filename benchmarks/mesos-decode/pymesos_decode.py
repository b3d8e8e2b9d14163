"""Decodes RecordIO streams of scheduler events with pymesos's own Connection. Protocol: see contender.ts.

The HTTP parser that pymesos needs no longer compiles. It is replaced by one that hands bytes on, and the socket by
one that gives 64 KiB at a time (pymesos asks for 4 KiB), so that only the cutting and parsing of records is timed.
"""

import sys
import time
import types

CHUNK_BYTES = 64 * 1024


class HandOn:
    def execute(self, data, length):
        self.data = data
        return length

    def is_partial_body(self):
        return True

    def is_headers_complete(self):
        return True

    def is_message_complete(self):
        return False

    def recv_body(self):
        return self.data


http_parser = types.ModuleType("http_parser")
http = types.ModuleType("http_parser.http")
http.HttpParser = HandOn
sys.modules["http_parser"] = http_parser
sys.modules["http_parser.http"] = http

from pymesos.process import Connection  # noqa: E402


class Chunks:
    def __init__(self, stream):
        self.stream = stream
        self.at = 0

    def recv(self, _size):
        chunk = self.stream[self.at : self.at + CHUNK_BYTES]
        self.at += len(chunk)
        return chunk


class Count:
    offers = 0
    finished = 0

    def process_event(self, event):
        if event["type"] == "OFFERS":
            for offer in event["offers"]["offers"]:
                if offer["hostname"]:
                    self.offers += 1
        elif event["type"] == "UPDATE":
            if event["update"]["status"]["state"] == "TASK_FINISHED":
                self.finished += 1


def decode(stream):
    connection = Connection.__new__(Connection)
    connection._sock = chunks = Chunks(stream)
    connection._parser = HandOn()
    connection._callback = count = Count()
    connection._stream_id = ""
    connection._response = b""
    while chunks.at < len(stream):
        connection.read()
    return count


files = {}
for line in sys.stdin:
    path = line.strip()
    if path not in files:
        with open(path, "rb") as file:
            files[path] = file.read()
    start = time.perf_counter()
    count = decode(files[path])
    print(time.perf_counter() - start, count.offers, count.finished, flush=True)
