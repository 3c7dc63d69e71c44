"""Words of messages."""


def counted(count: int, one: str, many: str = "") -> str:
    """`1 class`, `2 classes`. one, many: what follows the number; without many, one and an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"
