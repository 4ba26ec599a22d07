"""The organisations of the demonstration province. Names of kinds that exist; the province is a demonstration."""

from __future__ import annotations

from datetime import date

TWO_LEVELS = date(2025, 7, 1)
LAST_DISTRICT_DAY = date(2025, 6, 30)

#: code, name, kind, parent code
STANDING = (
    ("tinh", "UBND tỉnh", "province", None),
    ("snv", "Sở Nội vụ", "department", "tinh"),
    ("tct", "Trường Chính trị tỉnh", "school", "tinh"),
    ("vp-ubnd", "Văn phòng UBND tỉnh", "agency", "tinh"),
    ("so-tu-phap", "Sở Tư pháp", "agency", "tinh"),
    ("so-tai-chinh", "Sở Tài chính", "agency", "tinh"),
    ("so-nnmt", "Sở Nông nghiệp và Môi trường", "agency", "tinh"),
    ("chi-cuc-kiem-lam", "Chi cục Kiểm lâm", "unit", "so-nnmt"),
    ("so-gddt", "Sở Giáo dục và Đào tạo", "agency", "tinh"),
    ("thpt-lam-son", "Trường THPT Lam Sơn", "unit", "so-gddt"),
    ("so-y-te", "Sở Y tế", "agency", "tinh"),
    ("so-xay-dung", "Sở Xây dựng", "agency", "tinh"),
    ("so-cong-thuong", "Sở Công Thương", "agency", "tinh"),
    ("so-vhttdl", "Sở Văn hoá, Thể thao và Du lịch", "agency", "tinh"),
    ("so-khcn", "Sở Khoa học và Công nghệ", "agency", "tinh"),
    ("so-dtc", "Sở Dân tộc và Tôn giáo", "agency", "tinh"),
    ("thanh-tra", "Thanh tra tỉnh", "agency", "tinh"),
    ("bql-kkt", "Ban Quản lý Khu kinh tế", "agency", "tinh"),
)

#: Communes and wards since 1 July 2025, each with the district it came from.
COMMUNES = (
    ("xa-hoang-hoa", "UBND xã Hoằng Hoá", "huyen-hoang-hoa"),
    ("xa-hoang-loc", "UBND xã Hoằng Lộc", "huyen-hoang-hoa"),
    ("xa-hoang-tien", "UBND xã Hoằng Tiến", "huyen-hoang-hoa"),
    ("xa-quang-trung", "UBND xã Quang Trung", "huyen-ngoc-lac"),
    ("xa-ngoc-lac", "UBND xã Ngọc Lặc", "huyen-ngoc-lac"),
    ("xa-thach-lap", "UBND xã Thạch Lập", "huyen-ngoc-lac"),
    ("xa-muong-lat", "UBND xã Mường Lát", "huyen-muong-lat"),
    ("xa-pu-nhi", "UBND xã Pù Nhi", "huyen-muong-lat"),
    ("xa-quan-son", "UBND xã Quan Sơn", "huyen-quan-son"),
    ("xa-son-thuy", "UBND xã Sơn Thuỷ", "huyen-quan-son"),
    ("xa-tho-xuan", "UBND xã Thọ Xuân", "huyen-tho-xuan"),
    ("xa-sao-vang", "UBND xã Sao Vàng", "huyen-tho-xuan"),
    ("phuong-hac-thanh", "UBND phường Hạc Thành", "tp-thanh-hoa"),
    ("phuong-dong-son", "UBND phường Đông Sơn", "tp-thanh-hoa"),
    ("phuong-sam-son", "UBND phường Sầm Sơn", "tp-sam-son"),
)

#: Districts on record: they ended on 30 June 2025.
DISTRICTS = (
    ("huyen-hoang-hoa", "UBND huyện Hoằng Hoá"),
    ("huyen-ngoc-lac", "UBND huyện Ngọc Lặc"),
    ("huyen-muong-lat", "UBND huyện Mường Lát"),
    ("huyen-quan-son", "UBND huyện Quan Sơn"),
    ("huyen-tho-xuan", "UBND huyện Thọ Xuân"),
    ("tp-thanh-hoa", "UBND thành phố Thanh Hoá"),
    ("tp-sam-son", "UBND thành phố Sầm Sơn"),
)

POSITIONS = {
    "province": ("Chuyên viên",),
    "department": ("Chuyên viên", "Chuyên viên", "Chuyên viên chính", "Phó Trưởng phòng", "Trưởng phòng", "Phó Giám đốc"),
    "school": ("Giảng viên", "Giảng viên chính", "Phó Trưởng khoa", "Trưởng phòng"),
    "agency": ("Chuyên viên", "Chuyên viên", "Chuyên viên", "Chuyên viên chính", "Phó Trưởng phòng", "Trưởng phòng", "Phó Giám đốc"),
    "unit": ("Viên chức", "Viên chức", "Giáo viên", "Phó Hiệu trưởng", "Tổ trưởng"),
    "commune": ("Công chức", "Công chức", "Chuyên viên", "Phó Trưởng phòng", "Trưởng phòng", "Phó Chủ tịch UBND xã", "Chủ tịch UBND xã"),
    "district": ("Chuyên viên",),
}  # fmt: skip
