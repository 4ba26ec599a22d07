"""Sign, print and pack a batch in the background."""

from __future__ import annotations

import zipfile
from typing import Any

from flask_babel import gettext as _

from certificates import queries, services
from certificates.models import Batch, Certificate
from lms import clock
from lms.config import settings
from lms.jobs import JobRun, job


@job("certificates.sign_and_print")
def sign_and_print(run: JobRun, *, batch_id: int) -> dict[str, Any]:
    """Sign what is unsigned, print what is not printed, then pack all papers of the batch in register order.

    Called again after a crash it goes on with what is left.
    """
    batch = queries.batch_or_404(batch_id)
    certificates = queries.of_batch(batch)
    run.total(2 * len(certificates))
    for one in certificates:
        services.sign(one)
        run.advance(1, note=_("Signing %(serial)s", serial=one.serial))
    for one in queries.of_batch(batch):
        services.print_paper(one)
        run.tell(f"{one.serial} · {one.name}", True, _("Signed and printed"))
        run.advance(1, note=_("Printing %(serial)s", serial=one.serial))
    name = f"{batch.klass.code}-{batch.id}.zip"
    _pack(run, name, queries.of_batch(batch))
    Batch.update(state="issued", completed_at=clock.now()).where(
        Batch.id == batch.id, Batch.state == "approved"
    ).execute()
    return {"file": str((run.file_path(name)).relative_to(settings().files)), "filename": name}


def _pack(run: JobRun, name: str, certificates: list[Certificate]) -> None:
    # PDFs are compressed inside; storing them is quicker and as small.
    draft = run.file_path(f"{name}.new")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for one in certificates:
            archive.write(settings().files / str(one.pdf_path), f"{one.register_number:03d}-{one.serial}.pdf")
    draft.replace(run.file_path(name))
