"""Labels: matrix symbols, where each thing stands on a label, and the text that a label printer understands."""

from .layout import Layout, Line, PlacedSymbol, PlacedText, Sheet, lay_out
from .symbols import Symbol, SymbolError, data_matrix, gs1_data_matrix, qr_code
from .zpl import DOTS_PER_MM, zpl

__all__ = [
    "DOTS_PER_MM",
    "Layout",
    "Line",
    "PlacedSymbol",
    "PlacedText",
    "Sheet",
    "Symbol",
    "SymbolError",
    "data_matrix",
    "gs1_data_matrix",
    "lay_out",
    "qr_code",
    "zpl",
]
