"""Personal data: what is kept and why, requests of the people concerned, who saw citizen ids, what is due to go.

Law 91/2025/QH15 on personal data protection, in force from 1 January 2026. `register` collects what every module keeps,
`export` puts a copy together, `services` records requests and erases with two pairs of eyes.
"""
