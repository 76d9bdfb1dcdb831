"""Numbers that identify people: checked, normalized and masked."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PHONE = re.compile(r"^1[3-9]\d{9}$")
_ID_NUMBER = re.compile(r"^\d{17}[\dX]$")
_EMAIL = re.compile(r"^[^@\s<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_USERNAME = re.compile(r"^[a-z][a-z0-9_.-]{2,31}$")


def normal_phone(text: str) -> str:
    """Strip what people put between the digits and the country code."""
    digits = re.sub(r"[\s\-()]", "", text)
    return digits[3:] if digits.startswith("+86") else digits


def is_phone_number(text: str) -> bool:
    """Tell whether `text` is an 11-digit mobile number of the mainland."""
    return _PHONE.match(text) is not None and text.isascii()


def is_email(text: str) -> bool:
    """Tell whether `text` looks like an e-mail address; only a letter would prove it."""
    return len(text) <= 254 and _EMAIL.match(text) is not None


def is_username(text: str) -> bool:
    """Tell whether `text` can be a username: 3-32 of a-z 0-9 _ . -, a letter first, so never a phone or e-mail."""
    return _USERNAME.match(text) is not None


def normal_id_number(text: str) -> str:
    """Upper-case X, no blanks."""
    return re.sub(r"\s", "", text).upper()


def is_id_number(text: str) -> bool:
    """Check an 18-digit citizen identity number by GB 11643-1999: a real birthday and the check digit."""
    if not _ID_NUMBER.match(text) or not text.isascii():
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == text[17]


def masked_id_number(text: str | None) -> str:
    """Show only the first six and the last two characters: 330324********21."""
    if not text:
        return ""
    return f"{text[:6]}{'*' * max(len(text) - 8, 0)}{text[-2:]}" if len(text) > 8 else "*" * len(text)


def masked_phone(text: str | None) -> str:
    """Show only the first three and the last four digits."""
    if not text:
        return ""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else "*" * len(text)
