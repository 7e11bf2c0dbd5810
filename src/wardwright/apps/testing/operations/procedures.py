"""Writing and approving procedures: versions whose steps never change once they are approved."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.testing.data import shipped_procedures
from wardwright.apps.testing.events import ProcedureApproved
from wardwright.apps.testing.models import Procedure, ProcedureVersion, Step
from wardwright.apps.testing.permissions import APPROVE, WRITE
from wardwright.apps.testing.queries import newest_version
from wardwright.apps.testing.states import VERSION_TRANSITIONS, VersionState
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, check_version, lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.events.registry import publish
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign

from .steps import checked_steps


@operation()
def create_procedure(*, by: Any, code: str, title: str, device_type_id: int | None = None) -> Procedure:
    """Begin a procedure, with an empty first draft.

    Raises:
        Invalid: no code or title, or a code that is taken.
    """
    authorize(by, WRITE)
    procedure = Procedure()
    given = {"code": code, "title": title, "device_type_id": device_type_id}
    for name, value in cleaned(procedure, given, tuple(given)).items():
        setattr(procedure, name, value)
    reachable(DeviceType.objects, device_type_id, "device_type_id")
    with unique_or_invalid(procedure):
        procedure.save()
    ProcedureVersion.objects.create(procedure=procedure, number=1)
    return procedure


@operation()
def draft_version(*, by: Any, procedure_id: int) -> ProcedureVersion:
    """Begin the next version with the steps of the newest; a draft that is there already is returned as it is."""
    authorize(by, WRITE)
    procedure = _procedure(procedure_id)
    newest = newest_version(procedure.pk)
    if newest is not None and newest.state == VersionState.DRAFT:
        return newest
    number = (ProcedureVersion.objects.filter(procedure=procedure).aggregate(n=Max("number"))["n"] or 0) + 1
    draft = ProcedureVersion(procedure=procedure, number=number)
    if newest is not None:
        draft.minutes, draft.source, draft.needs_certificate = newest.minutes, newest.source, newest.needs_certificate
    draft.save()
    if newest is not None:
        _write_steps(draft, checked_steps(newest.frozen_steps()))
    return draft


@operation()
def change_draft(
    *,
    by: Any,
    version_id: int,
    expected_version: int | None = None,
    minutes: int | None = None,
    source: str | None = None,
    needs_certificate: bool | None = None,
    steps: list[dict[str, Any]] | None = None,
) -> ProcedureVersion:
    """Change a draft; ``steps`` replaces all of its steps (the form of ``Step.as_data``), None leaves them.

    Raises:
        Invalid: a step that makes no sense; ``fields`` names it by its number. NotNow: when it is approved already.
    """
    version = _lock_version(version_id)
    authorize(by, WRITE)
    if version.state != VersionState.DRAFT:
        raise NotNow(_("This version is approved, so its steps no longer change."), _("Begin a new version from it."))
    check_version(version, expected_version)
    entries = {"minutes": minutes, "source": source, "needs_certificate": needs_certificate}
    given = {name: value for name, value in entries.items() if value is not None}
    values = cleaned(version, given, tuple(entries))
    if steps is not None:
        _write_steps(version, checked_steps(steps))
    if not apply_edit(version, values) and steps is not None:
        version.version += 1
        version.save(update_fields=["version", "updated_at"])
    return version


@operation()
def approve_version(*, by: Any, version_id: int, password: str) -> ProcedureVersion:
    """Put a version in force under a signature that means approved; the version before it is retired.

    Raises:
        Invalid: an empty version or a wrong password. NotNow: when it is no draft any more.
    """
    version = _lock_version(version_id)
    authorize_everywhere(by, APPROVE)  # a procedure holds at every site
    if not Step.objects.filter(procedure_version=version).exists():
        raise Invalid(_("This version has no steps."), _("Write its steps first."))
    _move(version, VersionState.APPROVED)
    for former in ProcedureVersion.objects.filter(procedure_id=version.procedure_id, state=VersionState.APPROVED):
        _move(former, VersionState.RETIRED)
        apply_edit(former, {"state": VersionState.RETIRED})
    apply_edit(
        version,
        {"state": VersionState.APPROVED, "approved_at": timezone.now(), "approved_by_name": str(by)[:120]},
    )
    sign(version, by=by, meaning=Meaning.APPROVED, password=password)
    publish(ProcedureApproved(procedure_id=version.procedure_id, version_id=version.pk))
    return version


@operation()
def replace_type(*, by: Any, lost_id: int, kept_id: int) -> int:
    """Point the procedures of a merged device type at the one that was kept; returns how many."""
    authorize(by, WRITE)
    procedures = list(Procedure.objects.filter(device_type_id=lost_id))
    for procedure in procedures:
        apply_edit(procedure, {"device_type_id": kept_id})
    return len(procedures)


@operation()
def load_procedures(*, by: Any) -> int:
    """Add the shipped sample procedures that are missing, as drafts to be read, changed and approved."""
    authorize(by, WRITE)
    there = set(Procedure.objects.values_list("code", flat=True))
    types = {name.casefold(): pk for pk, name in DeviceType.objects.values_list("pk", "name")}
    added = [entry for entry in shipped_procedures() if entry["code"] not in there]
    for entry in added:
        type_id = next((types[name.casefold()] for name in entry["types"] if name.casefold() in types), None)
        procedure = create_procedure(by=by, code=entry["code"], title=entry["title"], device_type_id=type_id)
        draft = newest_version(procedure.pk)
        assert draft is not None
        values = {"minutes": entry["minutes"], "source": entry["source"], "steps": entry["steps"]}
        change_draft(by=by, version_id=draft.pk, **values)
    return len(added)


def _procedure(procedure_id: int) -> Procedure:
    found = Procedure.objects.filter(pk=procedure_id).first()
    if found is None:
        raise NotFound(_("There is no such procedure."), _("Go back to the list."))
    return found


def _lock_version(version_id: int) -> ProcedureVersion:
    try:
        return lock(ProcedureVersion.objects, version_id)
    except ProcedureVersion.DoesNotExist:
        raise NotFound(_("There is no such version."), _("Go back to the procedure.")) from None


def _move(version: ProcedureVersion, state: VersionState) -> None:
    """Refuse a step that the transition table does not have."""
    if state not in VERSION_TRANSITIONS[version.state]:
        raise NotNow(
            _("Version %(number)s is %(state)s.") % {"number": version.number, "state": version.get_state_display()},
            _("Begin a new version from it."),
        )


def _write_steps(version: ProcedureVersion, steps: list[dict[str, Any]]) -> None:
    """Bring the steps of a draft in line with ``steps``; a step that did not change is not touched."""
    there = {step.key: step for step in Step.objects.filter(procedure_version=version)}
    same = [there[s["key"]].as_data() == _as_data(s) for s in steps] if [*there] == [s["key"] for s in steps] else []
    if there and len(same) == len(there) and all(same):
        return
    Step.objects.filter(procedure_version=version).delete()
    Step.objects.bulk_create(Step(procedure_version=version, position=n, **s) for n, s in enumerate(steps, 1))


def _as_data(step: dict[str, Any]) -> dict[str, Any]:
    return Step(**step).as_data()
