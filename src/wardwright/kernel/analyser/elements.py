"""XML from strangers: elements with the line they stand in; no entities, no document types, no endless depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from wardwright.kernel.said import say

from .records import Problems

MOST_ELEMENTS = 2_000_000
DEEPEST = 200


@dataclass(slots=True)
class Element:
    """An element; names without their namespace. ``closed`` is False where the file ends inside it."""

    name: str
    row: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""
    closed: bool = False

    def walk(self) -> Iterator[Element]:
        """This and all below, in the order of the file."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))

    def all(self, name: str) -> Iterator[Element]:
        return (element for element in self.walk() if element.name.casefold() == name.casefold())

    def first(self, *path: str) -> Element | None:
        """The first element at a path of children, each found at any depth."""
        found: Element | None = self
        for name in path:
            found = next((one for one in found.all(name) if one is not found), None) if found else None
        return found

    def child(self, name: str) -> str:
        """The text of a child, "" where there is none."""
        return next((one.text.strip() for one in self.children if one.name.casefold() == name.casefold()), "")

    def attribute(self, name: str) -> str:
        return next((value.strip() for key, value in self.attributes.items() if key.casefold() == name.casefold()), "")


class _Forbidden(Exception):
    """A declaration that no analyser needs and attacks are made of."""


def parse_xml(data: bytes, problems: Problems) -> Element:
    """The root. A file cut off gives what stands before the cut, with a problem. Raises Refused for what is no XML,
    declares a document type, or is too large."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    open_elements: list[Element] = []
    roots: list[Element] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS or len(open_elements) >= DEEPEST:
            raise _Forbidden
        plain = {key.rsplit(" ", 1)[-1]: value for key, value in attributes.items()}
        element = Element(name.rsplit(" ", 1)[-1], parser.CurrentLineNumber, plain)
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop().closed = True

    def words(text: str) -> None:
        if open_elements:
            open_elements[-1].text += text

    def forbidden(*_: object) -> Any:
        raise _Forbidden

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = forbidden
    try:
        parser.Parse(data, True)
    except _Forbidden:
        raise problems.refuse(
            "forbidden-xml",
            say("The file declares a document type or entities, or is nested without end. No analyser does this."),
            say("Export the results again from the analyser's own program."),
            row=parser.CurrentLineNumber,
        ) from None
    except expat.ExpatError as error:
        if not roots:
            raise problems.refuse(
                "not-xml",
                say("Line {line} is not XML: {why}.", line=error.lineno, why=expat.ErrorString(error.code)),
                say("Export the results again; if the file was opened in an editor, use the original."),
                row=error.lineno,
            ) from None
        if not roots[0].closed:
            problems.add(
                "truncated",
                say(
                    "The file ends or breaks in line {line} ({why}).",
                    line=error.lineno,
                    why=expat.ErrorString(error.code),
                ),
                say("What stands before is read; export again for the rest."),
                row=error.lineno,
            )
    return roots[0]
