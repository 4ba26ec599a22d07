"""Tables out: spreadsheets whose cells cannot run anything."""

from lms.exporting.xlsx import Column, workbook

__all__ = ["Column", "workbook"]
