"""What enrolment does: `judging` looks a list over, `nominating` puts officials forward, `deciding` lets them in."""
