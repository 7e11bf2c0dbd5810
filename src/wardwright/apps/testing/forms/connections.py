"""The form of where an instrument is reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from wardwright.apps.testing.models import InstrumentConnection
from wardwright.apps.testing.operations import CONNECTION_FIELDS
from wardwright.apps.testing.states import LineEnd
from wardwright.web.views import OnceForm

PLAIN = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


class ConnectionForm(OnceForm):
    resource = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, widget=forms.TextInput(attrs=PLAIN),
        help_text=gettext_lazy(
            "Over the network TCPIP::10.0.0.7::5025::SOCKET or TCPIP::10.0.0.7::INSTR, over USB"
            " USB::0x2A8D::0x1301::SERIAL::INSTR, on a serial port ASRL/dev/ttyUSB0::INSTR."
        ),
    )  # fmt: skip
    line_end = forms.ChoiceField(
        label=gettext_lazy("End of a line"), choices=LineEnd.choices, initial=LineEnd.LF,
        help_text=gettext_lazy("Most end a line with a line feed; on a serial port some with both."),
    )  # fmt: skip
    baud = forms.IntegerField(
        label=gettext_lazy("Baud rate"), initial=9600, min_value=300, max_value=1_000_000,
        help_text=gettext_lazy("Counts only on a serial port."),
    )  # fmt: skip
    timeout_ms = forms.IntegerField(
        label=gettext_lazy("Longest wait for an answer (ms)"), initial=3000, min_value=100, max_value=15_000
    )

    def __init__(self, row: InstrumentConnection | None, *args: Any, **kwargs: Any):
        initial = {name: getattr(row, name) for name in CONNECTION_FIELDS} if row else {}
        super().__init__(*args, initial=initial, **kwargs)
