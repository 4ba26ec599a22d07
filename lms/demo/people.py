"""Generated names of every shape the province writes, and their birth dates and citizen ids. No real person."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

FAMILY = (
    ("Nguyễn", 30), ("Trần", 11), ("Lê", 18), ("Phạm", 8), ("Hoàng", 5), ("Huỳnh", 1), ("Vũ", 4), ("Đỗ", 4),
    ("Đặng", 3), ("Bùi", 4), ("Trịnh", 6), ("Mai", 3), ("Hà", 3), ("Lưu", 2), ("Cao", 2), ("Đinh", 1), ("Lương", 2),
)  # fmt: skip
MIDDLE_M = ("Văn", "Hữu", "Đức", "Quốc", "Minh", "Xuân", "Ngọc", "Bá", "Công", "Thế", "Đình", "Trọng", "")
MIDDLE_F = (
    "Thị",
    "Thị Thu",
    "Thị Phương",
    "Ngọc",
    "Thị Hồng",
    "Thị Thanh",
    "Minh",
    "Thị Kim",
    "Bích",
    "Thuý",
    "",
)
GIVEN_M = (
    "An", "Ánh", "Bình", "Cường", "Dũng", "Đạt", "Đức", "Giang", "Hải", "Hiếu", "Hoà", "Hùng", "Huy", "Khánh", "Kiên",
    "Lâm", "Long", "Nam", "Nghĩa", "Phúc", "Quân", "Quang", "Sơn", "Tâm", "Thắng", "Thành", "Tiến", "Toàn", "Trung",
    "Tuấn", "Tùng", "Việt", "Vinh", "Ước", "Ỷ",
)  # fmt: skip
GIVEN_F = (
    "Anh", "Ánh", "Chi", "Duyên", "Dung", "Giang", "Hà", "Hằng", "Hạnh", "Hiền", "Hoa", "Hương", "Huyền", "Lan", "Liên",
    "Linh", "Loan", "Mai", "Nga", "Ngân", "Nhung", "Oanh", "Phương", "Quỳnh", "Quỳnh Như", "Tâm", "Thảo", "Thu",
    "Thuỷ", "Trang", "Trinh", "Tuyết", "Uyên", "Vân", "Yến",
)  # fmt: skip
#: (ethnicity, men's names, women's names): names whose shape a careless program breaks.
MINORITIES = (
    ("Mường", ("Bùi Văn Ịnh", "Phạm Bá Đón", "Quách Công Lợi", "Trương Văn Ỏn"), ("Bùi Thị Ỉn", "Quách Thị Ủn", "Cao Thị Ẹn")),
    ("Thái", ("Lò Văn Păn", "Vi Văn Ọt", "Hà Văn Ỏm", "Lương Văn Ún"), ("Lò Thị Ính", "Vi Thị Ọc", "Hà Thị Ỉn")),
    ("Mông", ("Giàng A Sùng", "Thao Văn Pó", "Sùng A Dơ", "Hơ Văn Lâu"), ("Sùng Thị Dợ", "Giàng Thị Mỷ", "Thao Thị Pà")),
    ("Dao", ("Triệu Văn Ốm", "Phùng Quang Ỏn", "Bàn Phúc Y"), ("Triệu Mùi Ghến", "Phùng Thị Mẩy")),
    ("Thổ", ("Lê Văn Ạng", "Trương Công Ẻng"), ("Lê Thị Ẹt",)),
    ("Khơ Mú", ("Cút Văn Ón", "Lường Văn Ìn"), ("Cút Thị Ỉm",)),
    ("Ê Đê", ("Y Bliă Êban", "Y Thịnh Niê Kđăm"), ("H'Hen Niê", "H'Linh Ayŭn")),
    ("Gia Rai", ("Rơ Châm Y Phương", "Ksor Phước"), ("Siu H'Bơ Rơ Châm Krông", "Rmah H'Bé")),
)  # fmt: skip
RARE = (
    ("M", "Nguyễn"), ("F", "Lý"),
    ("F", "Công Tằng Tôn Nữ Thị Phương Thảo"),
    ("F", "Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh"),
    ("M", "Lê An"), ("F", "Đỗ Ý"), ("M", "Đoàn Nguyễn Hoàng Long"), ("F", "Trần Đặng Quỳnh Như"),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    name: str
    gender: str
    ethnicity: str
    birth_date: date | None
    birth_year: int
    cccd: str


def generate(rng: random.Random, count: int, *, today: date) -> list[Person]:
    """`count` different people; about one in eight of an ethnic minority, one in thirty with only a birth year."""
    people: list[Person] = []
    used: set[str] = set()
    for number in range(count):
        gender, name, ethnicity = _name(rng, number)
        birth = date(today.year - 58, 1, 1) + timedelta(days=rng.randrange(33 * 365))
        cccd = _cccd(rng, gender, birth.year, used)
        people.append(
            Person(name, gender, ethnicity, None if rng.random() < 1 / 30 else birth, birth.year, cccd)
        )
    return people


def _name(rng: random.Random, number: int) -> tuple[str, str, str]:
    if number < len(RARE):
        gender, name = RARE[number]
        return gender, name, "Kinh"
    gender = "F" if rng.random() < 0.46 else "M"
    if rng.random() < 0.125:
        ethnicity, men, women = rng.choices(MINORITIES, weights=(30, 25, 12, 6, 6, 3, 2, 2))[0]
        return gender, rng.choice(women if gender == "F" else men), ethnicity
    family = rng.choices([name for name, _ in FAMILY], weights=[weight for _, weight in FAMILY])[0]
    middle = rng.choice(MIDDLE_F if gender == "F" else MIDDLE_M)
    given = rng.choice(GIVEN_F if gender == "F" else GIVEN_M)
    return gender, " ".join(filter(None, (family, middle, given))), "Kinh"


def _cccd(rng: random.Random, gender: str, year: int, used: set[str]) -> str:
    """Twelve digits of the official shape: province 038, a digit for century and sex, two for the year, six free."""
    century = (0 if year < 2000 else 2) + (1 if gender == "F" else 0)
    while True:
        number = f"038{century}{year % 100:02d}{rng.randrange(1_000_000):06d}"
        if number not in used:
            used.add(number)
            return number
