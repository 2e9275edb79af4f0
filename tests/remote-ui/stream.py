# SPDX-License-Identifier: GPL-2.0-or-later
"""Who follows the page live, without a browser."""

import select

from probes import wait_until


class Stream:
    """A client of the event stream that reads when it is told to."""

    def __init__(self, ui, edition=None, unix=True):
        self.socket = ui.connect(unix)
        query = f"?since={edition}" if edition else ""
        self.socket.sendall(f"GET /events{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read(self, seconds=0.0):
        """What is there, or comes soon."""
        while select.select([self.socket], [], [], seconds)[0]:
            chunk = self.socket.recv(1 << 16)
            if not chunk:
                break
            self.text += chunk.decode()
            seconds = 0.0
        return self.text

    def wait_for(self, words, seconds=10):
        return wait_until(lambda: words in self.read(0.05), seconds)

    @property
    def status(self):
        return int(self.text.split()[1])

    def edition(self):
        return self.text.rpartition("event: edition\ndata: ")[2].partition("\n")[0]

    def parts(self):
        return [part.partition("\n")[0] for part in self.text.split("event: part\ndata: ")[1:]]
