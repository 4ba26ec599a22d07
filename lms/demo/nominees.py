"""Officials the agencies' sample list names: most are on record, two serve elsewhere, two differ in a detail.

The list itself (`tests/fixtures/danh-sach-cu-di-hoc.xlsx`) is generated; nobody in it exists.
"""

#: staff code, name, birth date or year, sex, citizen id, position, organisation
NOMINEES = (
    ("085320", "Trần Văn Ỷ", "1976-03-13", "M", "038305040048", "Phó Trưởng phòng", "xa-hoang-hoa"),
    ("075643", "Hà Minh Chi", "1986-10-02", "M", "038082113815", "Chủ tịch UBND xã", "so-tu-phap"),
    ("073973", "Trần Xuân Khánh", "1983-12-03", "F", "038643542762", "Phó Chủ tịch UBND xã", "xa-hoang-loc"),
    ("037741", "Lương Văn Giang", "1976-12-15", "F", "038139490578", "Phó Giám đốc", "xa-hoang-hoa"),
    ("059796", "Lê Văn Long", "1985-08-19", "F", "038607356478", "Phó Giám đốc", "xa-hoang-hoa"),
    ("015348", "Lý Thị Khánh", "1977-03-20", "F", "038123804588", "Phó Chủ tịch UBND xã", "xa-hoang-loc"),
    ("096966", "Trần Quốc Sơn", "1985-11-22", "F", "038316002130", "Trưởng phòng", "xa-hoang-hoa"),
    ("080444", "Nguyễn Văn Khánh", "1983-02-21", "F", "038123318944", "Phó Trưởng phòng", "xa-hoang-loc"),
    ("034703", "Lý Bá Hiếu", "1989-06-24", "M", "038293697260", "Phó Chủ tịch UBND xã", "xa-hoang-hoa"),
    ("029202", "Mai Thị Phương Vinh", "1971-06-25", "F", "038667712481", "Chuyên viên chính", "so-tu-phap"),
    ("036624", "Lý Thị Thu Hương", "1966-01-26", "F", "038499932212", "Trưởng phòng", "xa-hoang-loc"),
    ("060995", "Cầm Hữu Tuấn", "1966-03-19", "F", "038150771719", "Chủ tịch UBND xã", "xa-hoang-hoa"),
    ("065689", "Vũ Nga", "1974-04-10", "F", "038580786858", "Chuyên viên", "xa-hoang-loc"),
    ("012812", "Trịnh Quốc Ánh", "1974-01-25", "M", "038465564549", "Phó Chủ tịch UBND xã", "xa-hoang-hoa"),
    ("054610", "Phạm Minh Tiến", "1992", "F", "038020678176", "Chuyên viên", "xa-hoang-loc"),
    ("081780", "Đặng Thị Phương Cường", "1978-06-17", "M", "038979120721", "Hiệu trưởng", "xa-hoang-hoa"),
    ("067474", "Hà Quốc Nga", "1978-03-18", "M", "038271820026", "Chủ tịch UBND xã", "xa-hoang-loc"),
    ("035458", "Đỗ Ánh", "1982", "F", "038005952466", "Chuyên viên chính", "xa-hoang-hoa"),
    ("028205", "Vũ Ngọc Hường", "1982", "M", "038430107210", "Hiệu trưởng", "xa-hoang-loc"),
)
