"""Sources and their runs, notices and their documents, cases, exposures, searches and lots in stock."""

from .cases import Case, CaseNote, ResponseTime, SharedNumber
from .exposures import Exposure
from .notices import Notice, SourceDocument
from .searches import Candidate, Search, SearchedModel
from .sources import Refusal, Run, Source
from .supplies import Supply

__all__ = [
    "Candidate",
    "Case",
    "CaseNote",
    "Exposure",
    "Notice",
    "Refusal",
    "ResponseTime",
    "Run",
    "Search",
    "SearchedModel",
    "SharedNumber",
    "Source",
    "SourceDocument",
    "Supply",
]
