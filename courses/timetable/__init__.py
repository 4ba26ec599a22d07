"""Timetables as schools keep them in spreadsheets: `reading` understands the lines, `judging` compares them with the class."""
