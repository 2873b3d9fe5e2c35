"""How often series of like length and size reached such a multiple: no law of growth at all."""

from tradetarget.models.reference_class.model import BaseRate, ReferenceClass

__all__ = ["BaseRate", "ReferenceClass"]
