"""What enrolment does, by subject.

`nominating` puts one official forward, `lists` many at once (`reading` and `judging` look a list over, `records` fetches
what it is compared with), `deciding` lets them in.
"""
