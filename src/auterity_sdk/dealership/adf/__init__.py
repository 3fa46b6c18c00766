"""ADF 1.0 (Auto-lead Data Format): a reader for what senders really write, and a strict writer."""

from auterity_sdk.dealership.adf.reader import AdfResult, parse_adf
from auterity_sdk.dealership.adf.refusal import AdfNotWritable, AdfRefused, AdfUnreadable
from auterity_sdk.dealership.adf.repair import REPAIRS, Repair
from auterity_sdk.dealership.adf.writer import write_adf

__all__ = [
    "REPAIRS",
    "AdfNotWritable",
    "AdfRefused",
    "AdfResult",
    "AdfUnreadable",
    "Repair",
    "parse_adf",
    "write_adf",
]
