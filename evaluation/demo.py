"""The demonstration: one closed evaluation with generated ballots, one open, both through the real services."""

from __future__ import annotations

import random

from courses.models import Klass
from courses.queries import learner_count
from evaluation import queries, services
from evaluation.models import Campaign, Item
from evaluation.schemes import grounds
from lms import clock
from lms.access.models import User
from lms.demo import Context
from lms.plugins import setting

#: How well each object did, so that the results have something to say.
_LEVELS = {"chuong_trinh": 8.3, "giang_vien": 8.8, "co_so_vat_chat": 6.1, "khoa_boi_duong": 8.0}
_COMMENTS = (
    "Nên tăng thời gian thảo luận tình huống thực tế ở cơ sở.",
    "Phòng học tầng 3 hơi nóng vào buổi chiều, màn chiếu mờ.",
    "Tài liệu gửi trước một tuần rất tiện cho việc chuẩn bị.",
    "Đề nghị bố trí chỗ nghỉ trưa cho học viên ở xa.",
    "Bài kiểm tra sát nội dung đã học.",
)


def fill(context: Context) -> None:
    """Close an evaluation of a class under review and leave one open in a running class, where there are such."""
    officer = context.users["academic_officer"]
    for state, finish in (("reviewing", True), ("running", False)):
        klass = _class_in(state)
        if klass is not None:
            _evaluate(klass, officer, context.rng, finish=finish)


def _class_in(state: str) -> Klass | None:
    smallest = setting("evaluation.smallest_group")
    for klass in Klass.select().where(Klass.state == state).order_by(Klass.starts_on, Klass.id):
        if learner_count(klass) >= max(smallest, 10) and queries.campaign_of(klass) is None:
            return klass
    return None


def _evaluate(klass: Klass, officer: User, rng: random.Random, *, finish: bool) -> None:
    on = min(klass.ends_on or clock.today(), clock.today())
    with clock.frozen(on):
        campaign = _open(klass, officer)
        questionnaire = queries.questionnaires(campaign)[0]
        codes = services.print_slips(questionnaire, by=officer, printings=0)
        answering = codes[: round(len(codes) * (0.9 if finish else 0.4))]
        lines = queries.items(questionnaire)
        for number, code in enumerate(answering):
            _answer(code, lines, rng, number, sloppy=finish and number < 2)
        if finish:
            services.close_campaign(campaign, by=officer)


def _open(klass: Klass, officer: User) -> Campaign:
    if queries.scheme_choice(klass).ready:
        return services.open_campaign(klass, by=officer)
    ground = grounds()[0]
    return services.open_campaign(klass, by=officer, scheme_code=ground["scheme"], reason=ground["reason"])


def _answer(code: str, lines: list[Item], rng: random.Random, number: int, *, sloppy: bool) -> None:
    marks = {line.id: _mark(line, rng) for line in lines}
    for line in rng.sample(lines, 5 if sloppy else rng.choice((0, 0, 1))):
        del marks[line.id]
    comment = _COMMENTS[number // 4] if number % 4 == 0 and number // 4 < len(_COMMENTS) else ""
    services.cast_ballot(code, marks, comment=comment, knowingly_invalid=sloppy)


def _mark(line: Item, rng: random.Random) -> int:
    wanted = _LEVELS.get(line.indicator.criterion.object_code, 8.0)
    return max(1, min(10, round(rng.gauss(wanted, 1.2))))
