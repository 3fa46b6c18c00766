"""For tests of workflows and of stores: rehearsals, a clock moved by hand, and what every store must do."""

from auterity_sdk.testing.rehearsal import Rehearsal
from auterity_sdk.testing.scripted_model import ScriptedModel
from auterity_sdk.testing.scripts import outcome, raises, returns
from auterity_sdk.testing.virtual_clock import VirtualClock

__all__ = ["Rehearsal", "ScriptedModel", "VirtualClock", "outcome", "raises", "returns"]
