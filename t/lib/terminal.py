#!/usr/bin/env python3
"""Plays a dialogue with a command on a pseudo terminal.

Standard input is JSON: {"command": [...], "env": {...}, "rows": 24, "steps":
[[KIND, VALUE, SECONDS], ...]}.  A step is ["send", TEXT], ["expect", PATTERN,
SECONDS], ["signal", NUMBER] or ["end", STATUS, SECONDS].  For each step but
"send" one line of JSON is printed: [good, what was seen].  What was matched is
forgotten for the next step; escape sequences of the terminal are taken out."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][AB0]?|\r|\x07")


class Terminal:
    def __init__(self, play):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(play.get("env", {}))
            os.execvp(play["command"][0], play["command"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", play.get("rows", 24), 80, 0, 0))
        self.text = ""

    def read(self, seconds):
        """False at the end."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)

    def expect(self, pattern, seconds):
        until = time.monotonic() + seconds
        going = True
        while True:
            clean = ESCAPES.sub("", self.text)
            found = re.search(pattern, clean, re.S)
            if found:
                self.text = clean[found.end():]
                return True, clean
            if not going or time.monotonic() > until:
                return False, clean
            going = self.read(min(0.2, until - time.monotonic()))

    def end(self, status, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid, code = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(code)
                return code == status, "status %d" % code
            if not self.read(0.05):
                time.sleep(0.02)
        return False, "still runs: " + ESCAPES.sub("", self.text)


def main():
    play = json.load(sys.stdin)
    terminal = Terminal(play)
    for step in play["steps"]:
        if step[0] == "send":
            os.write(terminal.fd, step[1].encode())
            continue
        if step[0] == "signal":
            os.kill(terminal.pid, step[1])
            result = True, ""
        elif step[0] == "expect":
            result = terminal.expect(step[1], step[2])
        else:
            result = terminal.end(step[1], step[2])
        print(json.dumps(result), flush=True)
    try:
        os.kill(terminal.pid, signal.SIGKILL)
    except OSError:
        pass


main()
