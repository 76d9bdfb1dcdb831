"""lib0's number and string encoding, as far as the protocol needs it."""


class Truncated(ValueError):
    """The data ends before the value does, or the value is longer than any honest one."""


def read_uint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at `at` and the position behind it."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Truncated
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def write_uint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_uint(data, at)
    if at + length > len(data):
        raise Truncated
    return data[at : at + length], at + length


def write_bytes(value: bytes) -> bytes:
    return write_uint(len(value)) + value
