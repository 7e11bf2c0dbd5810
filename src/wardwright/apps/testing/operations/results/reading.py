"""Taking a file of an analyser up: kept as it came, its form told, its records laid out to be looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.apps.testing.models import ResultFile, ResultMapping, TestRecord
from wardwright.apps.testing.permissions import RESULTS
from wardwright.apps.testing.states import FILE_TRANSITIONS, FileState, RecordState
from wardwright.kernel.analyser import (
    FORMATS,
    TABLE,
    Mapping,
    MappingError,
    Problem,
    fits,
    format_of,
    load_mapping,
    plain_record,
    propose,
    read_results,
    read_tables_of,
)
from wardwright.kernel.analyser import ResultFile as Read
from wardwright.kernel.analyser import TestRecord as Told
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.table import MEBIBYTE, Table
from wardwright.platform.access.scope import Scope, allowed, authorize, authorize_everywhere
from wardwright.platform.attachments import store
from wardwright.platform.attachments.verify import refers
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import unique_or_invalid
from wardwright.platform.core.words import moment_words, said_words

from .examining import Examiner, arrival_of, moment_of, plain_problem

MOST_BYTES = 50 * MEBIBYTE
_LONGEST = 120
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_KINDS = frozenset({"text/plain", "text/html", "application/xml", "application/zip"})


def _kept_files() -> Iterable[tuple[int, str, str]]:
    for pk, parts in ResultFile.objects.visible_to(System("files")).values_list("pk", "parts"):
        yield from ((pk, part["sha256"], part["name"]) for part in parts)


refers("analyser's file", _kept_files)


def form_words(form: str) -> str:
    """The name of a form of file."""
    return next((one.title for one in FORMATS if one.name == form), _("table"))


def receive_results(by: Any, site_id: int | None, files: Iterable[Any]) -> list[dict[str, str]]:
    """What ``read_result_file`` takes: the uploaded files, kept; nothing for somebody who may not take files in.

    Raises:
        Invalid: too many, or larger than 50 MiB.
    """
    given = list(files)
    if not allowed(by, RESULTS, Scope(site_id=site_id)):
        return []
    if not 1 <= len(given) <= 2:
        words = _("Choose one file, or two tables that belong together.")
        raise Invalid(words, fields={"files": words})
    return [
        {"sha256": store.keep(file.chunks(), max_bytes=MOST_BYTES).sha256, "name": store.safe_name(file.name or "")}
        for file in given
    ]


def digest_of(files: list[dict[str, str]]) -> str:
    """By what the same upload is known again, whatever its names."""
    hashes = sorted(one["sha256"] for one in files)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


@operation()
def read_result_file(*, by: Any, site_id: int, files: list[dict[str, str]], mapping_name: str = "") -> ResultFile:
    """Take kept files (``receive_results``: ``sha256`` and ``name`` of each) up as one file of an analyser.

    The form is told by the content. A table is read by the mapping named, else by a saved one whose columns it has;
    without either it waits for its columns to be named (``map_result_file``).

    Raises:
        Invalid: nothing of it can be read; ``fields`` says why. NotNow: the same file was taken up before. Denied.
    """
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise Invalid(_("There is no such site."), fields={"site_id": _("Choose one from the list.")})
    authorize(by, RESULTS, Scope(site_id=site.pk))
    if not 1 <= len(files) <= 2:
        words = _("Choose one file, or two tables that belong together.")
        raise Invalid(words, fields={"files": words})
    digest = digest_of(files)
    _refuse_repeated(digest)
    given = [(one["name"], store.read(one["sha256"])) for one in files]
    _refuse_other_kinds(given)
    form = format_of(*given[0]) if len(given) == 1 else None
    file = ResultFile(
        site=site, name=", ".join(name for name, _data in given)[:240], digest=digest,
        parts=[{**one, "size": len(data)} for one, (_name, data) in zip(files, given, strict=True)],
        form=form.name if form else TABLE, came_at=timezone.now(), came_by_name=str(by)[:_LONGEST],
    )  # fmt: skip
    if form is None:
        saved = _saved(mapping_name, tables_of(given))
        if saved is None:
            file.state = FileState.MAPPING
            file.mapping = propose(tables_of(given)).plain()
            return keep_file(file)
        file.mapping, file.mapping_name = saved.mapping, saved.name
    _lay_out(by, file, given)
    return file


def _refuse_repeated(digest: str) -> None:
    there = ResultFile.objects.filter(digest=digest).first()
    if there is not None:
        raise NotNow(
            _("This very file came in on %(at)s already, from %(who)s: %(name)s, number %(pk)s.")
            % {"at": moment_words(there.came_at), "who": there.came_by_name, "name": there.name, "pk": there.pk},
            _("Go on with that one; nothing was taken in twice."),
        )


def keep_file(file: ResultFile) -> ResultFile:
    """Save a file. Raises NotNow when the very same came in meanwhile."""
    try:
        with transaction.atomic():
            file.save()
    except IntegrityError:
        if file.pk is None:
            _refuse_repeated(file.digest)
        raise
    return file


def _refuse_other_kinds(given: list[tuple[str, bytes]]) -> None:
    """Pictures, paper and programs hold no records, whatever their names say."""
    for name, data in given:
        if not data.startswith(_OLD_WORKBOOK) and store.sniff(data[:4096]) not in _KINDS:
            raise _unreadable(
                _("“%(name)s” is neither a table nor a file of an analyser.") % {"name": name},
                _("Export CSV, a workbook, XML or JSON, and send that."),
            )


def tables_of(given: list[tuple[str, bytes]]) -> list[Table]:
    """The tables in kept files. Raises Invalid, in words, for what cannot be read as one."""
    try:
        return [table for name, data in given for table in read_tables_of(name, data)]
    except TableError as error:
        raise _unreadable(said_words(error.what), said_words(error.remedy)) from None


def _unreadable(what: str, remedy: str) -> Invalid:
    return Invalid(what, remedy, fields={"files": f"{what} {remedy}".strip()})


def _saved(name: str, tables: list[Table]) -> ResultMapping | None:
    """The saved mapping asked for, else the newest whose columns the tables have."""
    if name:
        row = ResultMapping.objects.filter(name=name).first()
        if row is None:
            known = ", ".join(ResultMapping.objects.values_list("name", flat=True)) or "–"
            words = _("There is no mapping “%(name)s”. There are: %(known)s.") % {"name": name, "known": known}
            raise Invalid(words, fields={"mapping_name": words})
        return row
    headings = tuple(heading for table in tables for heading in table.headings)
    rows = ResultMapping.objects.order_by("-updated_at")
    return next((row for row in rows if fits(load_mapping(row.mapping), headings)), None)


def checked_mapping(plain: Any) -> Mapping:
    """A mapping that may be used. Raises Invalid, in words."""
    try:
        mapping = load_mapping(plain)
    except MappingError as error:
        words = said_words(error.args[0])
        raise Invalid(words, fields={"mapping": words}) from None
    if not mapping.rules and not mapping.checks:
        words = _("No column holds a reading or a check.")
        raise Invalid(words, _("Say of at least one column which test it holds."), fields={"mapping": words})
    return mapping


def read_by(file: ResultFile, given: list[tuple[str, bytes]]) -> Read:
    """All records of the kept bytes, by the file's mapping where it is a table."""
    mapping = load_mapping(file.mapping) if file.form == TABLE else None
    return read_results(given, mapping=mapping, arrival=arrival_of(file))


def kept_bytes(file: ResultFile) -> list[tuple[str, bytes]]:
    return [(part["name"], store.read(part["sha256"])) for part in file.parts]


def _lay_out(by: Any, file: ResultFile, given: list[tuple[str, bytes]]) -> None:
    """Read the file and write its records, examined. Raises Invalid where nothing of it can be read."""
    read = read_by(file, given)
    of_file = [problem for problem in read.problems if problem.record is None]
    if not read.records:
        problem = next((one for one in read.problems if one.holds), None)
        if problem is not None:
            raise _unreadable(said_words(problem.what), said_words(problem.remedy))
    found: dict[int, list[Problem]] = {}
    for problem in read.problems:
        if problem.record is not None:
            found.setdefault(problem.record, []).append(problem)
    file.problems = [plain_problem(problem) for problem in of_file]
    file.state = FileState.REVIEW
    file.version += 1 if file.pk else 0
    keep_file(file)
    rows = [_row(file, told, found.pop(told.number, [])) for told in read.records]
    rows += [_unread(file, number, problems) for number, problems in found.items()]
    Examiner(by, file, rows).examine()
    TestRecord.objects.bulk_create(rows, batch_size=500)


def _row(file: ResultFile, told: Told, problems: list[Problem]) -> TestRecord:
    plain = plain_record(told)
    return TestRecord(
        file=file, number=told.number, row=str(told.row or "")[:40], state=RecordState.LOOK,
        tag=told.device.asset_tag[:_LONGEST], serial=told.device.serial[:_LONGEST],
        analyser=_analyser(told)[:160], tested_at=moment_of(told), tester=told.tester[:_LONGEST],
        said_verdict=_said(told), record=orjson.loads(orjson.dumps(plain)),
        found=[plain_problem(one) for one in problems],
        fingerprint=fingerprint_of(told),
    )  # fmt: skip


def _unread(file: ResultFile, number: int, problems: list[Problem]) -> TestRecord:
    """A record that departs from its form: there is nothing of it but why."""
    return TestRecord(
        file=file, number=number, row=str(problems[0].row or problems[0].path)[:40], state=RecordState.REFUSED,
        found=[plain_problem(one) for one in problems],
        fingerprint=hashlib.sha256(f"{file.digest}/{number}".encode()).hexdigest(),
    )  # fmt: skip


def _analyser(told: Told) -> str:
    one = told.analyser
    return " ".join(filter(None, (one.maker, one.model, one.serial)))


def _said(told: Told) -> str:
    if told.verdict:
        return told.verdict
    said = [*(one.verdict for one in told.readings), *(one.verdict for one in told.checks)]
    if "fail" in said:
        return "fail"
    return "pass" if said and all(one == "pass" for one in said) else ""


def fingerprint_of(told: Told) -> str:
    """The same for the same sitting in whatever file: device, moment and everything that was found."""
    plain = plain_record(told)
    kept = {name: plain.get(name) for name in ("device", "tested_at", "readings", "checks", "verdict")}
    device = kept["device"] or {}
    kept["device"] = [str(device.get(name, "")).casefold() for name in ("asset_tag", "serial")]
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


# Mappings -------------------------------------------------------------------------------------------------------


@operation()
def save_mapping(*, by: Any, name: str, mapping: dict[str, Any], expected_version: int | None = None) -> ResultMapping:
    """Keep a mapping by its name for the next file of its kind; the same name again is its next version, which only
    those may save who may everywhere: all sites share it.

    Raises:
        Invalid: no name, or a mapping that cannot be used. StaleEdit. Denied.
    """
    authorize(by, RESULTS)
    wanted = name.strip()
    if not wanted or len(wanted) > _LONGEST:
        raise Invalid(_("Give the mapping a name."), fields={"name": _("Enter up to 120 letters.")})
    plain = checked_mapping(mapping).plain()
    row = ResultMapping.objects.select_for_update(of=("self",)).filter(name=wanted).first()
    if row is None:
        row = ResultMapping(name=wanted, mapping=plain, saved_by_name=str(by)[:_LONGEST])
        with unique_or_invalid(row):
            row.save()
        return row
    check_version(row, expected_version)
    if row.mapping != plain:
        authorize_everywhere(by, RESULTS)
        row.mapping, row.saved_by_name, row.version = plain, str(by)[:_LONGEST], row.version + 1
        row.save()
    return row


@operation()
def map_result_file(
    *, by: Any, result_file_id: int, mapping: dict[str, Any], save_as: str = "", expected_version: int | None = None
) -> ResultFile:
    """Read a table by this mapping, and lay its records out anew; ``save_as`` also keeps the mapping by that name,
    which must be new or that of the very same mapping.

    Raises:
        Invalid: a mapping that cannot be used, or a name of another. NotNow: the file is no table, or some of
            its records are taken in.
    """
    file = take_file(by, result_file_id, expected_version)
    if file.form != TABLE:
        raise NotNow(
            _("This file says itself what its parts are; it has no columns to name."), _("Look at its records.")
        )
    if TestRecord.objects.filter(file=file, state=RecordState.TAKEN).exists():
        raise NotNow(
            _("Records of this file are taken in; its columns cannot be named anew."),
            _("Leave out what is wrong, export it again and send the new file."),
        )
    file.mapping = checked_mapping(mapping).plain()
    file.mapping_name = save_as.strip()[:_LONGEST]
    if file.mapping_name:
        _refuse_name_of_another(file.mapping_name, file.mapping)
        save_mapping(by=by, name=file.mapping_name, mapping=mapping)
    TestRecord.objects.filter(file=file).delete()
    _lay_out(by, file, kept_bytes(file))
    return file


def _refuse_name_of_another(name: str, plain: dict[str, Any]) -> None:
    row = ResultMapping.objects.filter(name=name).first()
    if row is not None and row.mapping != plain:
        words = _("“%(name)s” is the name of other columns. Choose another name.") % {"name": name}
        raise Invalid(words, fields={"save_as": words})


def take_file(by: Any, result_file_id: int, expected_version: int | None = None) -> ResultFile:
    """The file, locked, for somebody who may take it in. Raises NotFound, Denied, StaleEdit."""
    file: ResultFile = lock(ResultFile.objects, result_file_id)
    authorize(by, RESULTS, file)
    check_version(file, expected_version)
    return file


def settle_file(file: ResultFile, *, waiting: bool) -> None:
    """Done when no record waits any more. Within an open change."""
    wanted = FileState.REVIEW if waiting else FileState.DONE
    if file.state != wanted and wanted in FILE_TRANSITIONS[file.state]:
        file.state = wanted
    file.version += 1
    file.save()
