"""How many actions the everyday deeds take; a count that grows fails (the targets are part of the product)."""

from __future__ import annotations

import re

from certificates.jobs import sign_and_print
from certificates.models import Batch, Certificate
from certificates.token import address, typed_code
from certificates.token.base32 import decode
from lms import jobs
from lms.config import settings


class Actions:
    """A person at a desk: every page opened and every form sent counts, an unfolded question too."""

    def __init__(self, client):
        self.client, self.count, self.page = client, 0, ""

    def open(self, url: str) -> str:
        self.count += 1
        answer = self.client.get(url, follow_redirects=True)
        assert answer.status_code == 200, url
        self.page = answer.text
        return self.page

    def follow(self, pattern: str) -> str:
        """Open the one link of the page that matches."""
        links = {link.replace("&amp;", "&") for link in re.findall(rf'href="({pattern})"', self.page)}
        assert len(links) == 1, links
        return self.open(links.pop())

    def send(self, pattern: str) -> str:
        """Send the one form of the page that matches; its question, when it has one, is on the same page."""
        forms = set(re.findall(rf'action="({pattern})"', self.page))
        assert len(forms) == 1, forms
        self.count += 1
        self.page = self.client.post(forms.pop(), follow_redirects=True).text
        return self.page


def test_a_class_is_issued_in_four_actions_and_never_twice(school, login):
    """Class, issue list, approve, all papers (features: at most four clicks)."""
    klass = school.closed_class("Nguyễn Văn An", "Trần Thị Bình", failed=("Lê Trượt",))
    batch = school.prepared(klass)
    head = Actions(login(school.head))
    head.open(f"/classes/{klass.id}")
    page = head.follow(rf"/certificates/classes/{klass.id}")
    assert "001/2025 – 002/2025" in page and "Lê Trượt" in page and "sample.pdf" in page
    head.send(rf"/certificates/batches/{batch.id}/approve")
    run = jobs.JobRun.get_by_id(Batch.get_by_id(batch.id).run_id)
    jobs.JobRun.update(result=sign_and_print(run, batch_id=batch.id)).where(
        jobs.JobRun.id == run.id
    ).execute()
    head.page = head.client.get(f"/certificates/classes/{klass.id}").text  # the page renews itself
    with head.client.get(re.search(r'href="(/certificates/batches/\d+/zip)"', head.page).group(1)) as papers:
        assert papers.data[:2] == b"PK"
    assert head.count + 1 == 4
    again = head.client.post(f"/certificates/batches/{batch.id}/approve", follow_redirects=True)
    assert again.status_code == 200 and Certificate.select().count() == 2


def test_one_paper_is_checked_by_one_scan_or_two_actions_by_hand(school, client):
    """The first answer to a scan says the verdict; by hand the form, then the verdict."""
    row = school.issued("Nguyễn Thị Phương Thảo")[0]
    scan = address(settings().base_url, bytes(row.token)).partition("#")[0]
    assert "verdict-title" in client.get(scan.removeprefix(settings().base_url)).text
    by_hand = Actions(client)
    assert 'name="code"' in by_hand.open("/c/")
    typed = {"code": typed_code(decode(row.id16)), "birth_year": "1980"}
    assert "verdict-title" in client.post("/c/", data=typed, follow_redirects=True).text
    assert by_hand.count + 1 == 2
