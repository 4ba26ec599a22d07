"""Pages of scores: load, form, one service, answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from courses.models import Klass
from courses.queries import certificate_rule, class_or_404
from courses.routes.blueprint import frame
from lms.access import can, current_user, requires
from lms.access.guard import acting_user
from lms.errors import Conflict, Invalid, NotFound
from lms.plugins import is_on
from plugins.assessment import marks, queries, services
from plugins.assessment.forms import KIND_LABELS, Key, Pasted, TestForm, read_cells, read_paste, seen
from plugins.assessment.models import Test
from plugins.assessment.services import Entered

bp = Blueprint(
    "assessment", __name__, template_folder="templates", static_folder="static", url_prefix="/assessment"
)


@bp.get("/classes/<int:class_id>")
@requires("assessment.view")
def scores(class_id: int) -> str:
    """The scores of a class."""
    return _grid_page(class_or_404(class_id, current_user))


@bp.post("/classes/<int:class_id>")
@requires("assessment.enter")
def enter(class_id: int) -> Any:
    """Check or save what was typed; with one wrong cell nothing is saved and nothing typed is lost."""
    klass = class_or_404(class_id, current_user)
    cells = read_cells(request.form)
    if request.form.get("deed") == "check":
        return _grid_page(
            klass, services.judge(queries.grid(klass, certificate_rule(klass)), cells), checked=True
        )
    try:
        entered = services.enter_scores(klass, cells, by=acting_user())
    except Conflict as why:
        flash(str(why), "error")
        return _grid_page(klass), why.status
    if entered.wrong:
        return _grid_page(klass, entered), 422
    _say(entered)
    return redirect(url_for("assessment.scores", class_id=class_id), 303)


@bp.post("/classes/<int:class_id>/paste")
@requires("assessment.enter")
def paste(class_id: int) -> Any:
    """Spread a pasted column over the grid, judged and not yet saved."""
    klass = class_or_404(class_id, current_user)
    grid = queries.grid(klass, certificate_rule(klass))
    text = request.form.get("pasted", "")
    pasted = read_paste(text, grid, request.form.get("test", 0, type=int))
    if not pasted.typed and not pasted.unmatched:
        flash(_("Nothing was pasted. Copy the column from Excel, then paste it into the box."), "warning")
    cells = [services.Cell(*key, typed=typed, seen=None) for key, typed in pasted.typed.items()]
    return _grid_page(klass, services.judge(grid, cells), pasted=pasted, text=text)


@bp.route("/classes/<int:class_id>/tests/new", methods=["GET", "POST"])
@requires("assessment.plan")
def plan(class_id: int) -> Any:
    """Add a test to the class."""
    klass = class_or_404(class_id, current_user)
    form = TestForm()
    if form.validate_on_submit() and (scale := form.scale()) is not None:
        try:
            test = services.plan_test(
                klass, form.title.data, scale_max=scale, by=acting_user(), **_facts(form)
            )
        except Invalid as wrong:
            _beside(form, wrong)
        else:
            flash(_("“%(title)s” was added.", title=test.title), "success")
            return redirect(url_for("assessment.scores", class_id=class_id), 303)
    return render_template(
        "assessment/test.html", klass=klass, form=form, test=None
    ), 422 if form.errors else 200


@bp.route("/tests/<int:test_id>", methods=["GET", "POST"])
@requires("assessment.plan")
def change(test_id: int) -> Any:
    """Change a test."""
    test = _test(test_id)
    form = TestForm(
        title=test.title, kind=test.kind, scale_max=marks.write(test.scale_max), weight=test.weight,
        held_on=test.held_on, required=test.required,
    )  # fmt: skip
    if form.validate_on_submit() and (scale := form.scale()) is not None:
        try:
            services.change_test(test, form.title.data, scale_max=scale, by=acting_user(), **_facts(form))
        except Invalid as wrong:
            _beside(form, wrong)
        except Conflict as why:
            form.scale_max.errors = [*form.scale_max.errors, str(why)]
        else:
            flash(_("“%(title)s” was changed.", title=form.title.data), "success")
            return redirect(url_for("assessment.scores", class_id=test.klass_id), 303)
    return render_template(
        "assessment/test.html", klass=test.klass, form=form, test=test
    ), 422 if form.errors else 200


@bp.post("/tests/<int:test_id>/cancel")
@requires("assessment.plan")
def cancel(test_id: int) -> Response:
    """Call a test off."""
    test = _test(test_id)
    try:
        services.cancel_test(test, by=acting_user())
    except Conflict as why:
        flash(str(why), "error")
    else:
        flash(_("“%(title)s” was called off.", title=test.title), "success")
    return redirect(url_for("assessment.scores", class_id=test.klass_id), 303)


def _test(test_id: int) -> Test:
    test = queries.test_or_404(test_id, current_user)
    if not is_on("assessment", test.klass_id):
        raise NotFound(_("Assessment is switched off for this class."))
    return test


def _grid_page(
    klass: Klass,
    entered: Entered | None = None,
    *,
    checked: bool = False,
    pasted: Pasted | None = None,
    text: str = "",
) -> str:
    rule = certificate_rule(klass)
    grid = queries.grid(klass, rule)
    judged: dict[Key, services.Judged] = {one.cell.key: one for one in entered.judged} if entered else {}
    writable = klass.state not in ("closed", "cancelled") and can(current_user, "assessment.enter")
    return render_template(
        "assessment/scores.html",
        grid=grid,
        rule=rule,
        judged=judged,
        entered=entered,
        checked=checked,
        pasted=pasted,
        pasted_text=text,
        seen=seen(grid),
        write=marks.write,
        kinds=KIND_LABELS,
        may_enter=writable,
        may_plan=can(current_user, "assessment.plan") and klass.state not in ("closed", "cancelled"),
        corrections=queries.corrections(klass),
        **frame(klass, "assessment.scores") | {"active_nav": "classes"},
    )


def _facts(form: TestForm) -> dict[str, Any]:
    return {
        "kind": form.kind.data,
        "weight": form.weight.data,
        "held_on": form.held_on.data,
        "required": bool(form.required.data),
    }


def _beside(form: Any, wrong: Invalid) -> None:
    """Put a service's sentences beside the fields they are about."""
    for name, sentence in wrong.fields.items():
        field = getattr(form, name)
        field.errors = [*field.errors, sentence]


def _say(entered: Entered) -> None:
    new, changed, withdrawn = (entered.count(one) for one in ("new", "changed", "withdrawn"))
    if not new + changed + withdrawn:
        flash(_("Nothing was changed."), "info")
        return
    parts = [
        ngettext("%(num)s score entered", "%(num)s scores entered", new) if new else "",
        ngettext("%(num)s changed", "%(num)s changed", changed) if changed else "",
        ngettext("%(num)s taken back", "%(num)s taken back", withdrawn) if withdrawn else "",
    ]
    flash(", ".join(part for part in parts if part) + ".", "success")
