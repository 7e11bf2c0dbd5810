"""Import sessions: every step of the wizard is one operation, and so is the command line's whole import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.tabular.groups import Group
from wardwright.kernel.tabular.table import Table
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, allowed, authorize
from wardwright.platform.attachments import store
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow, Refused
from wardwright.platform.core.values import as_id

from . import progress as shown
from .files import error_csv
from .models import ImportSession, SavedMapping, SessionState
from .plan import Progress
from .reading import MAX_BYTES, date_decisions, layout_key, propose, read_bytes, read_stored, target_of
from .report import error_lines, samples
from .run import Prepared, check_recognised, decide, finish_answer, import_table, new_context, prepare, silent
from .targets import ImportTarget

NAMED = 100
OPEN_STATES = (SessionState.READING, SessionState.MAPPING, SessionState.CHECKED, SessionState.FAILED)


# The wizard, step by step -----------------------------------------------------------------------------------------


@operation()
def start_session(*, by: Any, target: str, file_name: str, data: bytes) -> ImportSession:
    """Take a file in, read it and propose what its columns mean.

    Raises:
        Invalid: when the file cannot be read as a table, with what is wrong and what to do.
    """
    wanted = target_of(target)
    authorize(by, wanted.permission)
    name = store.safe_name(file_name)
    table = read_bytes(data, name)
    session = ImportSession(
        target=wanted.key,
        file_name=name,
        sha256=store.put(data, max_bytes=MAX_BYTES),
        owner_id=by.id,
        owner_name=str(by)[:120],
    )
    _propose(by, session, table, wanted)
    session.save(force_insert=True)
    return session


@operation()
def set_options(
    *, by: Any, session_id: int, options: dict[str, Any], expected_version: int | None = None
) -> ImportSession:
    """Read the file anew with another encoding, delimiter, sheet or heading row; the columns are proposed anew."""
    session, target = _open(by, session_id)
    table = read_stored(session.sha256, session.file_name, options)
    before = _copy(session)
    session.options = options
    _propose(by, session, table, target)
    return _save(session, before, expected_version)


@operation()
def set_mapping(
    *,
    by: Any,
    session_id: int,
    columns: dict[str, str],
    dates: dict[str, str] | None = None,
    patterns: list[dict[str, Any]] | None = None,
    use_groups: bool = True,
    defaults: dict[str, Any] | None = None,
    remember: bool = True,
    expected_version: int | None = None,
) -> ImportSession:
    """Say what each column means. ``columns``: index → field ("" leaves it out); ``dates``: index → order.

    With ``remember`` the next file with the same headings starts from here.
    """
    session, target = _open(by, session_id)
    table = session_table(session)
    _check_columns(columns, target, table)
    check_recognised(table, target, [*columns.values(), *(item.get("field", "") for item in patterns or [])])
    before = _copy(session)
    decisions = dict(session.decisions)
    decisions["dates"] = _with_orders(date_decisions(table, columns, _groups(decisions)), dates or {})
    decisions.update(use_groups=use_groups, defaults=defaults or {}, patterns=patterns or [])
    session.mapping, session.decisions, session.state = columns, decisions, SessionState.MAPPING
    session.counts, session.report = {}, {}  # what an earlier check found no longer holds
    if remember:
        _remember(by, session, table)
    return _save(session, before, expected_version)


@operation()
def keep_check(*, by: Any, session_id: int, counts: dict[str, Any], report: dict[str, Any]) -> ImportSession:
    """Keep what a dry run found; the session may be committed from now on."""
    session, _target = _open(by, session_id)
    before = _copy(session)
    session.counts, session.report, session.state, session.error = counts, report, SessionState.CHECKED, ""
    return _save(session, before, None)


def dry_run(*, by: Any, session_id: int, progress: Progress = silent) -> ImportSession:
    """Check every row against the database and keep the result; no register is changed."""
    started = perf_counter()
    session = _seen(by, session_id)
    prepared = _prepared(by, session, progress)
    counts = finish_answer(prepared, started)
    return keep_check(by=by, session_id=session_id, counts=counts, report=_report(session, prepared))


@operation()
def begin_commit(*, by: Any, session_id: int) -> ImportSession:
    """Put the session among the running ones, so that it is imported once."""
    session, _target = _open(by, session_id)
    if session.state not in (SessionState.CHECKED, SessionState.FAILED) or not session.counts:
        raise NotNow(_("This import has not been checked yet."), _("Check it first; you will see what would change."))
    apply_edit(session, {"state": SessionState.RUNNING, "error": ""})
    return session


@operation()
def write_session(
    *, by: Any, session_id: int, prepared: Prepared, started: float, progress: Progress = silent
) -> ImportSession:
    """Write the rows and the session's result: one change."""
    session = lock(ImportSession.objects.visible_to(by), session_id)
    if session.state == SessionState.DONE:
        return session
    written = import_table(by=by, prepared=prepared, progress=progress)
    session.counts, session.report = finish_answer(written, started), _report(session, written)
    session.state = SessionState.DONE
    session.version += 1
    session.save()
    return session


@operation()
def fail_session(*, by: Any, session_id: int, error: str) -> ImportSession:
    """Say why a session could not be imported; nothing of it was written."""
    session = lock(ImportSession.objects.visible_to(by), session_id)
    authorize(by, target_of(session.target).permission)
    apply_edit(session, {"state": SessionState.FAILED, "error": error[:2000]})
    return session


@operation()
def discard_session(*, by: Any, session_id: int) -> ImportSession:
    """Give a session up; what was imported already stays."""
    session, _target = _open(by, session_id)
    apply_edit(session, {"state": SessionState.FAILED, "error": _("Given up by %(who)s.") % {"who": by}})
    return session


def commit_session(*, by: Any, session_id: int, progress: Progress | None = None) -> ImportSession:
    """Import a checked session. Asking again for one that is done changes nothing."""
    session = _seen(by, session_id)
    if session.state == SessionState.DONE:
        return session
    if session.state != SessionState.RUNNING:
        begin_commit(by=by, session_id=session_id)
    started = perf_counter()
    tell = progress or (lambda done, total, words: shown.show_progress(session_id, done, total, words))
    try:
        prepared = _prepared(by, session, tell)
        return write_session(by=by, session_id=session_id, prepared=prepared, started=started, progress=tell)
    except Exception as error:
        words = (
            str(error)
            if isinstance(error, Refused)
            else _("Something broke: %(what)s.") % {"what": type(error).__name__}
        )
        fail_session(by=System("import"), session_id=session_id, error=words)
        raise
    finally:
        shown.forget_progress(session_id)


# The command line, in one go ---------------------------------------------------------------------------------------


def import_file(
    *,
    by: Any,
    target: str,
    path: str | Path | None = None,
    data: bytes | None = None,
    file_name: str = "",
    options: Mapping[str, Any] | None = None,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    site_code: str | None = None,
    dry_run: bool = False,
    error_file: str | Path | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Import a whole file without questions: what is proposed is taken, ``mapping`` (heading → field) corrects it.

    Returns the answer: rows, imported, updated, unchanged, skipped, refused, reasons, warnings, merges_queued,
    schedules,
    seconds, and how dates were read. ``site_code`` is where rows belong that name no site. With ``dry_run`` no
    register is
    changed. ``error_file`` gets the rows that were not taken and the cells that were not used.
    Raises Invalid for a file that cannot be read, Denied without the permission.
    """
    started = perf_counter()
    name = store.safe_name(file_name or Path(path or "file").name)
    table = read_bytes(_bytes_of(path, data), name, options)
    found, decided = decide(table, target_of(target), mapping)
    check_recognised(table, found, [*decided["columns"].values(), *(item["field"] for item in decided["patterns"])])
    context = new_context(by, table, name, {**(defaults or {}), **({"site_code": site_code} if site_code else {})})
    prepared = prepare(table, found, decided, context)
    if not dry_run:
        prepared = import_table(by=by, prepared=prepared, progress=progress)
    result = finish_answer(prepared, started)
    result["file"], result["dry_run"] = name, dry_run
    result["columns"] = {table.headings[int(i)]: field for i, field in decided["columns"].items() if field}
    result["dates"] = {
        item["heading"]: {"order": item["order"], "evidence": item["evidence"], "ambiguous": item["ambiguous"]}
        for item in decided["dates"].values()
    }
    result["notes"] = [*table.warnings, *result["notes"]]
    result["near"] = [item._asdict() for item in prepared.plan.near[:NAMED]]
    result["merges"] = prepared.plan.merges[:NAMED]
    if error_file is not None:
        Path(error_file).write_bytes(error_csv(error_lines(prepared.sheet, prepared.plan)))
    if found.key != target:
        result["notes"].append(_("The file lists %(noun)s; it was imported as such.") % {"noun": found.noun[1]})
    return result


def _bytes_of(path: str | Path | None, data: bytes | None) -> bytes:
    if data is not None:
        return data
    source = Path(path or "")
    try:
        if source.stat().st_size > MAX_BYTES:
            raise Invalid(
                _("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, _("Split it.")
            )
        return source.read_bytes()
    except OSError as error:
        raise Invalid(
            _("%(path)s cannot be opened: %(why)s.") % {"path": source, "why": error.strerror or error},
            _("Check the name of the file."),
        ) from None


# Parts ---------------------------------------------------------------------------------------------------------------


def session_table(session: ImportSession) -> Table:
    """The session's file as a table, read with its options."""
    return read_stored(session.sha256, session.file_name, session.options)


def decided(session: ImportSession) -> dict[str, Any]:
    """What was decided about the session's columns."""
    return {**session.decisions, "columns": session.mapping}


def _seen(by: Any, session_id: int) -> ImportSession:
    session = ImportSession.objects.visible_to(by).filter(pk=session_id).first()
    if session is None:
        raise NotFound(_("There is no such import, or you may not see it."))
    return session


def open_session(by: Any, session_id: int) -> ImportSession:
    """The session, locked and authorized, if its columns may still be changed."""
    return _open(by, session_id)[0]


def _open(by: Any, session_id: int) -> tuple[ImportSession, ImportTarget]:
    session = lock(ImportSession.objects.visible_to(by), session_id)
    target = target_of(session.target)
    authorize(by, target.permission)
    if session.state not in OPEN_STATES:
        raise NotNow(
            _("This file is %(state)s.") % {"state": session.get_state_display()},
            _("Start a new import to change something else."),
        )
    return session, target


def _propose(by: Any, session: ImportSession, table: Table, target: ImportTarget) -> None:
    """Fill mapping and decisions from the proposal, or from what somebody saved for the same headings."""
    target, proposal = propose(table, target)
    session.target = target.key
    saved = SavedMapping.objects.visible_to(by).filter(target=target.key, headings_key=layout_key(table)).first()
    session.mapping = dict(saved.mapping) if saved else proposal["columns"]
    decisions = {name: proposal[name] for name in ("groups", "dates", "patterns", "guesses")}
    if saved:
        orders = saved.decisions.get("orders", {})
        dates = date_decisions(table, session.mapping, _groups(decisions))
        decisions["dates"] = _with_orders(dates, {i: o for i, o in orders.items() if dates.get(i, {}).get("ambiguous")})
        decisions.update(
            patterns=saved.decisions.get("patterns", decisions["patterns"]),
            saved_name=_name_of(by, saved),
            saved_by_other=not _may_replace(by, saved),
        )
    decisions["use_groups"] = saved.decisions.get("use_groups", True) if saved else True
    decisions["defaults"] = saved.decisions.get("defaults", {}) if saved else {}
    decisions["layout"] = {
        "rows": len(table.rows),
        "kind": table.kind,
        "encoding": table.encoding or "",
        "delimiter": table.delimiter or "",
        "sheet": ", ".join(info.name for info in table.sheets if info.used),
        "sheets": [info.name for info in table.sheets],
        "heading_row": table.heading_row,
        "set_aside": table.set_aside_counts,
        "warnings": list(table.warnings),
    }
    session.decisions, session.state, session.counts, session.report = decisions, SessionState.MAPPING, {}, {}


def _name_of(by: Any, saved: SavedMapping) -> str:
    if saved.owner_id == by.id:
        return saved.name
    owner = User.objects.filter(pk=saved.owner_id or 0).values_list("name", flat=True).first()
    return f"{saved.name} ({owner})" if owner else saved.name


def _may_replace(by: Any, saved: SavedMapping) -> bool:
    return saved.owner_id == by.id or allowed(by, target_of(saved.target).permission, Scope())


def _groups(decisions: Mapping[str, Any]) -> list[Group]:
    return [Group(g["label"], g["order"], g["columns"], g["is_month"]) for g in decisions.get("groups", [])]


def _with_orders(dates: dict[str, dict[str, Any]], orders: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The user's word on the order of day and month, where it was given."""
    for index, order in orders.items():
        if index in dates and order in ("day-first", "month-first") and dates[index]["order"] != order:
            dates[index].update(order=order, chosen=True)
    return dates


def _check_columns(columns: Mapping[str, str], target: ImportTarget, table: Table) -> None:
    fields = target.all_fields()
    seen: dict[str, str] = {}
    for index, name in columns.items():
        number = as_id(index)
        heading = table.headings[number] if number is not None and number < len(table.headings) else None
        if heading is None or (name and name != "ignore" and name not in fields):
            raise Invalid(_("A column or field of this form is not known."), _("Reload the page and choose again."))
        if name and name != "ignore" and name in seen:
            raise Invalid(
                _("“%(one)s” and “%(two)s” cannot both be “%(field)s”.")
                % {"one": seen[name], "two": heading, "field": fields[name].label},
                _("Leave one of them out, or choose another field for it."),
                fields={f"column_{index}": _("Chosen twice.")},
            )
        seen[name] = heading


def _remember(by: Any, session: ImportSession, table: Table) -> None:
    """Keep the mapping for the next file. Somebody else's is replaced only by those who import for all sites."""
    orders = {index: item["order"] for index, item in session.decisions["dates"].items()}
    kept = {name: session.decisions[name] for name in ("patterns", "use_groups", "defaults")}
    values = {
        "name": session.file_name[:120],
        "mapping": session.mapping,
        "decisions": {**kept, "orders": orders},
    }
    key = {"target": session.target, "headings_key": layout_key(table)}
    saved = SavedMapping.objects.visible_to(System("import")).filter(**key).first()
    if saved is None:
        SavedMapping.objects.create(**key, **values, owner_id=by.id)
    elif _may_replace(by, saved):
        apply_edit(saved, values)


def _prepared(by: Any, session: ImportSession, progress: Progress) -> Prepared:
    progress(0, 3, _("Reading the file"))
    table = session_table(session)
    context = new_context(by, table, session.file_name, session.decisions.get("defaults"))
    progress(1, 3, _("Checking every row"))
    return prepare(table, target_of(session.target), decided(session), context)


def _report(session: ImportSession, prepared: Prepared) -> dict[str, Any]:
    found = samples(prepared.sheet, prepared.plan)
    found["error_file"] = store.put(error_csv(error_lines(prepared.sheet, prepared.plan)), max_bytes=MAX_BYTES)
    return found


def _copy(session: ImportSession) -> int:
    return session.version


def _save(session: ImportSession, before: int, expected: int | None) -> ImportSession:
    from wardwright.platform.core.edits import check_version

    check_version(session, expected)
    session.version = before + 1
    session.save()
    return session
