"""People who do not exist. Their names say so, their numbers are out of any range in use."""

from typing import NamedTuple

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Nông", "Danh")
MIDDLES = ("Văn", "Thị")
GIVEN = ("Ví Dụ", "Mô Phỏng", "Giả Định", "Thử Nghiệm", "Minh Họa", "Không Có Thật")


class Person(NamedTuple):
    """What a real source would tell about an applicant."""

    name: str
    email: str
    phone: str
    identity: str


def person(key: int) -> Person:
    """The applicant of a dossier, by its key."""
    number = key % 1_000_000_007
    name = f"{FAMILIES[key % 10]} {MIDDLES[key // 16 % 2]} {GIVEN[key // 64 % 6]}"
    return Person(
        name=name,
        email=f"nguoi.{number}@mo-phong.invalid",
        phone=f"00{number % 100_000_000:08d}",
        identity=f"999{number % 1_000_000_000:09d}",
    )


def official(key: int) -> str:
    """Somebody who works at a desk."""
    return f"Cán bộ {GIVEN[key // 8 % 6]} {key % 97}"
