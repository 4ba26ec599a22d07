"""Ways into a class: agencies nominate their officials (cử đi học), the school decides."""
