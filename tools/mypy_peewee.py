"""A mypy plugin for what types-peewee does not know.

`klass = ForeignKeyField(…)` in a model also declares `klass_id`, and a query in the form of `.tuples()` or
`.dicts()` gives rows of those, not models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mypy.nodes import AssignmentStmt, CallExpr, ClassDef, MemberExpr, NameExpr
from mypy.plugin import ClassDefContext, MethodContext, Plugin
from mypy.plugins.common import add_attribute_to_class
from mypy.types import AnyType, Instance, Type, TypeOfAny, get_proper_type

ROW_FORMS = {"tuples", "dicts", "namedtuples"}


class Peewee(Plugin):
    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return declare_ids if fullname.rpartition(".")[2] in {"BaseModel", "Model"} else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        package, _, method = fullname.partition(".")
        return rows_of_anything if package == "peewee" and method.rpartition(".")[2] in ROW_FORMS else None


def rows_of_anything(context: MethodContext) -> Type:
    query = get_proper_type(context.default_return_type)
    if not isinstance(query, Instance):
        return query
    return query.copy_modified(args=[AnyType(TypeOfAny.special_form)] * len(query.args))


def declare_ids(context: ClassDefContext) -> None:
    for name in foreign_keys(context.cls):
        add_attribute_to_class(context.api, context.cls, f"{name}_id", AnyType(TypeOfAny.special_form))


def foreign_keys(model: ClassDef) -> Iterator[str]:
    for line in model.defs.body:
        match line:
            case AssignmentStmt(
                lvalues=[NameExpr(name=name)],
                rvalue=CallExpr(callee=NameExpr(name="ForeignKeyField") | MemberExpr(name="ForeignKeyField")),
            ):
                yield name


def plugin(_version: str) -> type[Plugin]:
    return Peewee
