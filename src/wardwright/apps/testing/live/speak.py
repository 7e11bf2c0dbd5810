"""The process that speaks with one instrument: ``python -m wardwright.apps.testing.live.speak``. Knows no Django.

A process of its own, because drivers of buses and drip-feeding machines can hold or take down the one that asks: it
can be ended whatever it waits for, and what it has heard until then is on its standard output, a line of JSON for each
question. What is to be asked comes as one JSON object on standard input.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing, suppress
from typing import Any

from wardwright.kernel.scpi import mismatch, parse_identity

WHO = "*IDN?"
OBJECTIONS = "SYST:ERR?"
ENDS = {"lf": "\n", "cr": "\r", "crlf": "\r\n"}
LONGEST = 4096


def tell(**heard: Any) -> None:
    sys.stdout.write(json.dumps(heard) + "\n")
    sys.stdout.flush()


def speak(
    library: str, resource: str, timeout_ms: int, line_end: str, baud: int, serial: str, expected: str,
    questions: list[str],
) -> None:  # fmt: skip
    """Ask who answers, and only if it is the right one, every question; stop at the first that brings nothing."""
    import pyvisa
    from pyvisa.resources import SerialInstrument, TCPIPSocket

    options: dict[str, Any] = {"baud_rate": baud} if resource.upper().startswith("ASRL") else {}
    with closing(pyvisa.ResourceManager(library)) as bus:
        instrument: Any = bus.open_resource(
            resource,
            open_timeout=timeout_ms,
            timeout=timeout_ms,
            read_termination=ENDS[line_end],
            write_termination=ENDS[line_end],
            **options,
        )
        if isinstance(instrument, SerialInstrument):
            with suppress(Exception):  # what an earlier question left behind; not every driver can
                instrument.flush(pyvisa.constants.BufferOperation.discard_read_buffer)
        elif not isinstance(instrument, TCPIPSocket):  # a new connection holds nothing old
            with suppress(Exception):
                instrument.clear()
        answer = ask(instrument, WHO)
        if answer is None or not is_right(answer, serial, expected):
            return
        for question in questions:
            if ask(instrument, question) is None:
                ask(instrument, OBJECTIONS)
                return


def is_right(answer: str, serial: str, expected: str) -> bool:
    try:
        found = parse_identity(answer)
        return not mismatch(found, serial=serial, expected=parse_identity(expected) if expected else None)
    except ValueError:
        return False


def ask(instrument: Any, question: str) -> str | None:
    """One question, and the answer if one came; no more of it than any measurement needs."""
    from pyvisa.errors import VisaIOError

    began = time.perf_counter()
    heard: dict[str, Any] = {"question": question}
    try:
        instrument.write(question)
        heard["answer"] = instrument.read_bytes(LONGEST, break_on_termchar=True).decode("latin-1").strip()
    except VisaIOError as error:
        heard["trouble"] = "timeout" if error.abbreviation == "VI_ERROR_TMO" else error.abbreviation
    except (OSError, UnicodeError, AttributeError) as error:
        heard["trouble"] = type(error).__name__
    tell(**heard, ms=round(1000 * (time.perf_counter() - began)))
    return heard.get("answer")


def main() -> None:
    given = json.load(sys.stdin)
    try:
        speak(**given)
    except ImportError as error:
        tell(trouble="not-installed", words=str(error))
    except Exception as error:  # drivers raise anything at all; whoever asked puts it into words
        tell(trouble="no-connection", words=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
