"""Layouts of papers: written by one person, tested, put in force by another; what was issued keeps its own."""

from __future__ import annotations

import importlib
import io
from dataclasses import replace

import peewee
import pytest
from PIL import Image
from pypdf import PdfReader

from certificates import services
from certificates.errors import SamePerson, TemplateFails
from certificates.paper import crests, design, drawing, markup, press, qr, render, samples, versions
from certificates.paper.design import LANDSCAPE, PORTRAIT, Box, usual
from certificates.paper.models import PaperTemplate
from certificates.services.templates import PUT_IN_FORCE
from lms import approvals
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid, NotAllowed
from tests.certificates.test_press import an_address


@pytest.fixture(autouse=True)
def _forget():
    """A version never changes while the program runs; between tests it does."""
    versions._kept.cache_clear()
    press._shelf = press.Shelf()


def in_force(school, changed=None, orientation=LANDSCAPE) -> PaperTemplate:
    row = services.begin_template("Mẫu mới", "certificate", by=school.officer, orientation=orientation)
    if changed:
        services.change_template(row, changed, "Mẫu mới", by=school.officer)
    approvals.approve(
        services.propose_template(PaperTemplate.get_by_id(row.id), by=school.officer), by=school.head
    )
    return PaperTemplate.get_by_id(row.id)


def moved(area: str, box: Box, of: design.Design | None = None) -> design.Design:
    of = of or usual(LANDSCAPE)
    return replace(of, boxes={**of.boxes, area: box})


def codes(one: design.Design) -> list[tuple[str, tuple[str, ...]]]:
    return [(problem.code, problem.about) for problem in one.problems()]


@pytest.mark.once
@pytest.mark.parametrize("orientation", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("english", [True, False], ids=["with English", "Vietnamese alone"])
def test_the_house_layouts_pass_their_own_test_with_the_longest_and_the_shortest_name(
    app, monkeypatch, orientation, english
):
    from certificates.paper import html

    monkeypatch.setattr(html, "english", lambda: english)
    assert usual(orientation).problems() == []
    samples.examine(usual(orientation), "certificate")
    pdf = samples.drawn(usual(orientation), "completion", "longest")
    text = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert ("CERTIFICATE OF COMPLETION" in text) is english
    assert "CHỨNG NHẬN" in text and "KHÔNG CÓ GIÁ TRỊ" in text


@pytest.mark.once
@pytest.mark.parametrize("orientation", [LANDSCAPE, PORTRAIT])
def test_papers_of_a_layout_are_filled_like_those_of_the_first(school, orientation):
    row = in_force(school, orientation=orientation)
    for name, size in (("Trần Đặng Quỳnh Như", 117), ("Lê An", 96)):
        values = replace(samples.sample("certificate", "longest"), template_version=row.number, name=name)
        ready = press.learnt(values)
        assert ready is not None
        symbol = qr.symbol(an_address(size))
        assert press.same(ready.made(values, symbol), drawing.full(values, symbol), 150)


def test_a_layout_goes_from_draft_to_force_by_two_people_and_papers_keep_their_version(school):
    before = school.issued("Nguyễn Văn An")[0]
    row = services.begin_template("Mẫu 2026", "certificate", by=school.officer)
    assert row.number == 2 and versions.in_force("certificate") == 1
    changed = replace(usual(LANDSCAPE), colour="#7a1f1f")
    services.change_template(row, changed, "Mẫu 2026", by=school.officer)
    asked = services.propose_template(PaperTemplate.get_by_id(row.id), by=school.officer)
    with pytest.raises(NotAllowed):
        approvals.approve(asked, by=school.officer)
    for deed in (
        lambda: services.change_template(row, changed, "Khác", by=school.officer),
        lambda: services.discard_template(row, by=school.officer),
        lambda: services.propose_template(PaperTemplate.get_by_id(row.id), by=school.head),
    ):
        with pytest.raises(Conflict):
            deed()
    approvals.approve(asked, by=school.head)
    after = school.issued("Trần Thị Bình")[0]
    assert (before.template_version, after.template_version) == (1, 2)
    assert "Trần Thị Bình" in PdfReader(io.BytesIO(render.paper(after))).pages[0].extract_text()
    second = in_force(school, orientation=PORTRAIT)
    assert versions.in_force("certificate") == second.number == 3
    assert versions.in_force("completion") == 1
    assert PaperTemplate.get_by_id(row.id).state == "retired"
    old, new = (PdfReader(io.BytesIO(render.paper(one))).pages[0].mediabox for one in (after, school.issued("Lê Ba")[0]))  # fmt: skip
    assert old.width > old.height and new.width < new.height
    deeds = [one.deed for one in AuditRow.select().where(AuditRow.deed.startswith("certificates.template"))]
    assert {"certificates.template_begun", "certificates.template_proposed", "certificates.template_in_force"} <= set(deeds)  # fmt: skip


def test_who_changed_a_layout_does_not_put_it_in_force_though_another_put_it_forward(school):
    row = services.begin_template("Mẫu chung", "certificate", by=school.officer)
    services.change_template(row, replace(usual(LANDSCAPE), colour="#7a1f1f"), "Mẫu chung", by=school.head)
    asked = services.propose_template(PaperTemplate.get_by_id(row.id), by=school.officer)
    with pytest.raises(SamePerson):
        approvals.approve(asked, by=school.head)
    assert PaperTemplate.get_by_id(row.id).state == "draft"
    assert approvals.latest(PUT_IN_FORCE, row).state == "waiting"  # the yes went with the deed


def test_a_layout_that_waited_before_is_a_draft_after_the_step(tmp_path):
    step = importlib.import_module("migrations.certificates.0012_layouts_by_approval")
    db = peewee.SqliteDatabase(tmp_path / "old.db")
    db.execute_sql("CREATE TABLE certificates_template (number, state)")
    db.execute_sql(
        "INSERT INTO certificates_template VALUES (2, 'retired'), (3, 'in_force'), (4, 'proposed'), (5, 'draft')"
    )
    step.up(None, db)
    states = [row[0] for row in db.execute_sql("SELECT state FROM certificates_template ORDER BY number")]
    db.close()
    assert states == ["retired", "in_force", "draft", "draft"]


def test_the_database_refuses_to_change_or_delete_a_layout_that_was_in_force(school):
    row = in_force(school)
    tries = (
        PaperTemplate.update(design=usual(PORTRAIT).data()).where(PaperTemplate.id == row.id),
        PaperTemplate.update(state="draft").where(PaperTemplate.id == row.id),
        PaperTemplate.delete().where(PaperTemplate.id == row.id),
    )
    for attempt in tries:
        with (
            pytest.raises((peewee.IntegrityError, peewee.DatabaseError)),
            PaperTemplate._meta.database.atomic(),
        ):
            attempt.execute()
    assert PaperTemplate.get_by_id(row.id).design == usual(LANDSCAPE).data()


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<p style="color:red">x</p>', '<p style="color:red">'),
        ('<img src="file:///etc/passwd">', "<img>"),
        ('<p class="x">a</p>', '<p class="x">'),
        ("<pdf:barcode value='1'/>", "<pdf:barcode>"),
        ("{certificate.token}", "{certificate.token}"),
        ("{{ 7*7 }}", "{"),
        ("<p>never closed", "<p>"),
        ("<!-- hidden -->", "<!-- -->"),
        ('<td width="900%">x</td>', '<td width="900%">'),
    ],
)
def test_only_the_listed_tags_and_fields_are_taken(text, named):
    with pytest.raises(markup.NotAllowed) as refused:
        markup.read(text, design.FIELDS)
    assert refused.value.what == named


@pytest.mark.once
def test_threat_22_a_name_is_words_on_the_paper_never_markup():
    tree = markup.read(
        '<p class="name">{name}</p><p>{grade}</p><p>Lớp {class|upper} &amp; <b>x</b></p>', design.FIELDS
    )
    values = dict.fromkeys(design.FIELDS, "") | {"name": '<b onload="x">&{grade}', "class": "a1"}
    assert markup.written(tree, values, True) == (
        '<p class="name">&lt;b onload="x"&gt;&amp;{grade}</p><p>Lớp A1 &amp; <b>x</b></p>'
    )


@pytest.mark.once
def test_without_english_no_hole_is_left_before_the_colon():
    tree = markup.read("<p>Lớp <en>/ Class</en>: <b>{class}</b></p>", design.FIELDS)
    values = dict.fromkeys(design.FIELDS, "") | {"class": "A1"}
    assert markup.written(tree, values, False) == "<p>Lớp: <b>A1</b></p>"
    assert markup.written(tree, values, True) == '<p>Lớp <span class="en">/ Class</span>: <b>A1</b></p>'


@pytest.mark.once
@pytest.mark.parametrize(
    ("area", "box", "problem"),
    [
        ("sign", Box(50, 150, 80, 40), ("touches", ("sign", "qr"))),
        ("seal", Box(40, 150, 38, 38), ("touches", ("seal", "qr"))),
        ("head_left", Box(5, 20, 104, 26), ("outside", ("head_left",))),
        ("body", Box(28, 48, 241, 120), ("touches", ("body", "qr"))),
        ("beside", Box(0, 158, 82, 60), ("outside", ("beside",))),
    ],
)  # fmt: skip
def test_areas_never_touch_the_code_and_stay_on_the_paper(area, box, problem):
    assert problem in codes(moved(area, box))


@pytest.mark.once
@pytest.mark.parametrize(
    "letters", ["漢字", "\u202e", "\u200b"], ids=["not in the font", "turns the line", "invisible"]
)
def test_a_letter_that_cannot_be_printed_is_named(letters):
    usual_texts = usual(LANDSCAPE).texts
    wrong = replace(
        usual(LANDSCAPE), texts={**usual_texts, "sign": usual_texts["sign"] + f"<p>{letters}</p>"}
    )
    assert [code for code, _about in codes(wrong)] == ["letters"]


@pytest.mark.once
def test_the_seal_may_cover_the_signature_and_nothing_else():
    assert codes(moved("seal", Box(160, 145, 38, 38))) == []
    assert ("touches", ("body", "seal")) in codes(moved("seal", Box(160, 120, 38, 38)))


def test_a_layout_that_hides_a_line_does_not_pass(school):
    row = services.begin_template("Chật", "certificate", by=school.officer)
    without = {**usual(LANDSCAPE).texts, "beside": "<p>{code} {host} {register}</p>"}
    with pytest.raises(Invalid, match=r"\{serial\}"):
        services.change_template(row, replace(usual(LANDSCAPE), texts=without), "Chật", by=school.officer)
    small = moved("body", Box(28, 48, 241, 30))
    services.change_template(row, small, "Chật", by=school.officer)
    with pytest.raises(TemplateFails):
        services.propose_template(PaperTemplate.get_by_id(row.id), by=school.officer)
    assert PaperTemplate.get_by_id(row.id).state == "draft"


def a_picture(size: tuple[int, int], kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "red").save(file, kind)
    return file.getvalue()


def test_threat_29_a_picture_is_bounded_in_kind_bytes_and_pixels_and_stands_on_the_paper(app):
    for content in (b"%PDF-1.7", a_picture((60, 60)), a_picture((2400, 300)), a_picture((300, 300), "GIF"), b"\x89PNG" + bytes(2_000_000)):  # fmt: skip
        with pytest.raises(Invalid):
            crests.take(content)
    mark = crests.take(a_picture((400, 300), "JPEG"))
    assert crests.path(mark).read_bytes().startswith(b"\x89PNG")
    samples.examine(replace(usual(LANDSCAPE), crest=mark), "certificate")


def test_the_editor_shows_both_papers_keeps_a_draft_and_names_what_is_wrong(school, login, client):
    login(school.officer)
    client.post(
        "/certificates/templates", data={"title": "Mẫu dọc", "kind": "certificate", "orientation": "portrait"}
    )
    row = PaperTemplate.get()
    page = client.get(f"/certificates/templates/{row.id}").text
    assert page.count("data:image/png;base64,") == 2
    fields = {name: value for name, value in _form_values(row).items()}
    wrong = client.post(
        f"/certificates/templates/{row.id}/preview", data=fields | {"sign_left": "25", "sign_top": "230"}
    )
    assert "chạm nhau" in wrong.text
    refused = client.post(
        f"/certificates/templates/{row.id}", data=fields | {"body_text": "<script>x</script>"}
    )
    assert refused.status_code == 422 and "&lt;script&gt;" in refused.text
    kept = client.post(f"/certificates/templates/{row.id}", data=fields | {"colour": "#112233"})
    assert kept.status_code == 303 and PaperTemplate.get().design["colour"] == "#112233"
    assert client.get(f"/certificates/templates/{row.id}/shortest.pdf").data.startswith(b"%PDF")
    client.post(f"/certificates/templates/{row.id}/propose")
    client.post(f"/certificates/templates/{row.id}/force")
    assert PaperTemplate.get().state == "draft"  # nobody agrees to a request of his own
    assert "Mẫu dọc" not in client.get("/approvals").text
    assert "Chờ người thứ hai" in client.get("/certificates/templates").text
    login(school.head)
    waiting = client.get("/approvals").text
    assert "Mẫu dọc" in waiting and f"/certificates/templates/{row.id}" in waiting
    client.post(f"/certificates/templates/{row.id}/back")
    login(school.officer)
    client.post(f"/certificates/templates/{row.id}/propose")
    login(school.head)
    client.post(f"/approvals/{approvals.latest(PUT_IN_FORCE, row).id}/approve")
    assert "Mẫu dọc" not in client.get("/approvals").text
    assert PaperTemplate.get().state == "in_force"


def test_others_do_not_reach_the_layouts(school, make, login, client):
    for role in ("trainee", "training_officer", "inspector"):
        login(make.user(role))
        assert client.get("/certificates/templates").status_code in {403, 404}


def _form_values(row: PaperTemplate) -> dict[str, str]:
    from certificates.paper.forms import DesignForm

    form = DesignForm.of(design.read(row.design), row.title)
    return {field.name: "y" if field.data is True else str(field.data) for field in form if field.name not in {"csrf_token", "crest", "no_crest"} and field.data is not False}  # fmt: skip
