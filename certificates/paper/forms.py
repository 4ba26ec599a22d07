"""What an officer may set on a template of papers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, FloatField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from certificates.paper.design import LANDSCAPE, PORTRAIT, TEXTS, Box, Design

BOXES = ("head_left", "head_right", "crest", "body", "sign", "seal", "beside")
EDGES = ("left", "top", "width", "height")
_EDGE_NAMES = {
    "left": _l("From the left (mm)"),
    "top": _l("From the top (mm)"),
    "width": _l("Width (mm)"),
    "height": _l("Height (mm)"),
}
#: The words beside the code follow it; only their height is chosen.
_FOLLOWS = {("beside", "left")}


class BeginForm(FlaskForm):
    """A new template: for which paper, on which sheet."""

    title = StringField(_l("Name of the template"), validators=[InputRequired(_l("Please give the template a name.")), Length(max=120)])  # fmt: skip
    kind = SelectField(
        _l("Kind of paper"),
        choices=[
            SelectChoice("certificate", _l("Certificates")),
            SelectChoice("completion", _l("Certificates of completion")),
        ],
    )
    orientation = RadioField(
        _l("Sheet"),
        default=LANDSCAPE,
        choices=[SelectChoice(LANDSCAPE, _l("A4 landscape")), SelectChoice(PORTRAIT, _l("A4 portrait"))],
    )


class DesignForm(FlaskForm):
    """A design as fields; places and sizes in millimetres, letters in points."""

    title = StringField(_l("Name of the template"), validators=[InputRequired(_l("Please give the template a name.")), Length(max=120)])  # fmt: skip
    framed = BooleanField(_l("Frame of interlaced lines"))
    colour = StringField(_l("Colour of the heading"), validators=[InputRequired(), Length(max=7)])
    title_size = FloatField(_l("Heading (pt)"), validators=[InputRequired(), NumberRange(20, 60)])
    name_size = FloatField(_l("Name, at most (pt)"), validators=[InputRequired(), NumberRange(14, 48)])
    programme_size = FloatField(
        _l("Programme, at most (pt)"), validators=[InputRequired(), NumberRange(11, 30)]
    )
    crest = FileField(
        _l("Picture at the top"),
        validators=[Optional()],
        description=_l("PNG or JPEG, 120 to 2000 pixels a side, up to 1 MB."),
    )
    no_crest = BooleanField(_l("Without a picture"))
    code_left = FloatField(_l("From the left (mm)"), validators=[InputRequired(), NumberRange(0, 297)])
    code_bottom = FloatField(
        _l("Lower edge from the top (mm)"), validators=[InputRequired(), NumberRange(0, 297)]
    )

    @classmethod
    def of(cls, design: Design, title: str) -> DesignForm:
        """The form of a design as it is kept."""
        plain = {name: getattr(design, name) for name in ("framed", "colour", "title_size", "name_size", "programme_size", "code_left", "code_bottom")}  # fmt: skip
        boxes = {f"{area}_{edge}": getattr(box, edge) for area, box in design.boxes.items() for edge in EDGES}
        texts = {f"{area}_text": text for area, text in design.texts.items()}
        return cls(formdata=None, data=plain | boxes | texts | {"title": title})

    def design(self, before: Design, crest: str = "") -> Design:
        """The design as sent; sheet and kind stay, so does the picture unless another came or it is taken away."""
        boxes = {
            area: Box(*(before.boxes[area].left if (area, edge) in _FOLLOWS else self[f"{area}_{edge}"].data for edge in EDGES))
            for area in BOXES
        }  # fmt: skip
        return Design(
            orientation=before.orientation,
            framed=self.framed.data,
            colour=self.colour.data.strip().lower(),
            title_size=self.title_size.data,
            name_size=self.name_size.data,
            programme_size=self.programme_size.data,
            crest="" if self.no_crest.data else crest or before.crest,
            code_left=self.code_left.data,
            code_bottom=self.code_bottom.data,
            boxes=boxes,
            texts={area: self[f"{area}_text"].data.replace("\r\n", "\n").strip() for area in TEXTS},
        )

    def edges(self, area: str) -> list[Any]:
        """The fields of an area's place and size."""
        return [self[f"{area}_{edge}"] for edge in EDGES if f"{area}_{edge}" in self]


for _area in BOXES:
    for _edge in EDGES:
        if (_area, _edge) not in _FOLLOWS:
            setattr(
                DesignForm,
                f"{_area}_{_edge}",
                FloatField(_EDGE_NAMES[_edge], validators=[InputRequired(), NumberRange(0, 297)]),
            )
for _area in TEXTS:
    setattr(DesignForm, f"{_area}_text", TextAreaField(_l("Words and fields"), validators=[Length(max=4000)]))
