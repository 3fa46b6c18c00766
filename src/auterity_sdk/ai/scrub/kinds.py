"""The kinds of personal data that are looked for in a text, by the names of the STAR standard where it has one."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from auterity_sdk.dealership.classification import DataClass


class Kind(StrEnum):
    """What was found. Of two that overlap, the one named first here counts."""

    SOCIAL_SECURITY_NUMBER = "SOCIAL_SECURITY_NUMBER"
    CREDIT_CARD_NUMBER = "CREDIT_CARD_NUMBER"
    BANK_ACCOUNT_NUMBER = "BANK_ACCOUNT_NUMBER"
    DRIVER_LICENSE_NUMBER = "DRIVER_LICENSE_NUMBER"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    INCOME = "INCOME"
    CREDIT_SCORE = "CREDIT_SCORE"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    VEHICLE_IDENTIFICATION_NUMBER = "VEHICLE_IDENTIFICATION_NUMBER"
    PHONE_NUMBER = "PHONE_NUMBER"
    HOME_ADDRESS = "HOME_ADDRESS"
    PERSON_NAME = "PERSON_NAME"


CLASSES = {
    Kind.SOCIAL_SECURITY_NUMBER: DataClass.GOVERNMENT_ID,
    Kind.CREDIT_CARD_NUMBER: DataClass.CREDIT,
    Kind.BANK_ACCOUNT_NUMBER: DataClass.CREDIT,
    Kind.DRIVER_LICENSE_NUMBER: DataClass.GOVERNMENT_ID,
    Kind.DATE_OF_BIRTH: DataClass.PROHIBITED_BASIS,
    Kind.INCOME: DataClass.CREDIT,
    Kind.CREDIT_SCORE: DataClass.CREDIT,
    Kind.EMAIL_ADDRESS: DataClass.CONTACT,
    Kind.VEHICLE_IDENTIFICATION_NUMBER: DataClass.IDENTITY,
    Kind.PHONE_NUMBER: DataClass.CONTACT,
    Kind.HOME_ADDRESS: DataClass.CONTACT,
    Kind.PERSON_NAME: DataClass.IDENTITY,
}
"""The class of each kind."""


class Found(Struct, frozen=True):
    """Personal data in a text. `start` and `end` (exclusive) count its characters."""

    start: int
    end: int
    kind: Kind
