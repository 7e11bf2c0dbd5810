"""The sentences that wardwright.js says; here so that they are translated with everything else."""

from django.utils.translation import gettext_lazy as _

SCRIPT_WORDS = {
    "draft_kept": _("Not saved yet. What you typed before is back in the form."),
    "draft_discard": _("Empty the form"),
    "no_answer": _("The server did not answer, so this may not be saved. What you typed is still here: try again."),
    "failed": _(
        "That did not work (error %s) and is probably not saved. Try again, or tell your administrator the number."
    ),
    "forbidden": _("You may not do this, so nothing was changed. Ask the person who manages access."),
    "signed_out": _(
        "You are signed out. Sign in again in another tab, then repeat this. What you typed is still here."
    ),
    "conflict": _("Somebody changed this in the meantime. Nothing was saved. Reload the page to see their change."),
    "offline": _("No connection. What you type stays in this tab; save it when the connection is back."),
    "within": _("Within the limit"),
    "above": _("Above the limit of %s"),
    "below": _("Below the limit of %s"),
    "not_a_number": _("Not a number. Enter it like 85 or 0.5"),
    "read_as": _("read as %s"),
    "passed": _("%s marked as passed. Undo"),
    "nothing_missing": _("Nothing is missing."),
    "one_missing": _("1 step is missing: "),
    "missing": _("%s steps are missing: "),
    "and_more": _("and %s more"),
    "selected_one": _("1 selected"),
    "selected": _("%s selected"),
    "working": _("Working"),
    "dismiss": _("Dismiss"),
}
